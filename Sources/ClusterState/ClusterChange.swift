/// What a source tells the store.
package enum ClusterChange: Sendable {
    /// All objects of these kinds, and no others of them: what is not listed is gone.
    case replace(kinds: Set<ObjectKind>, with: [ClusterObject])
    /// These objects as they are now, new or changed, and these no more: one generation. A key stands in one list only.
    case update(set: [ClusterObject], remove: [ObjectKey])
}

/// An object of any kind that Linnet reads. Each is in a place of its own: in an array of them all would else take as much room
/// as the largest kind, five times that of an endpoint slice.
package indirect enum ClusterObject: Sendable, Hashable {
    case node(Node)
    case namespace(Namespace)
    case service(Service)
    case endpointSlice(EndpointSlice)
    case secret(Secret)
    case configMap(ConfigMap)
    case ingress(Ingress)
    case ingressClass(IngressClass)
    case middleware(Middleware)

    package var key: ObjectKey {
        switch self {
        case .node(let node): .node(node.name)
        case .namespace(let object): ObjectKey(.namespace, name: object.metadata.name)
        case .service(let object): ObjectKey(.service, object.metadata.namespacedName)
        case .endpointSlice(let object): ObjectKey(.endpointSlice, object.metadata.namespacedName)
        case .secret(let object): ObjectKey(.secret, object.metadata.namespacedName)
        case .configMap(let object): ObjectKey(.configMap, object.metadata.namespacedName)
        case .ingress(let object): ObjectKey(.ingress, object.metadata.namespacedName)
        case .ingressClass(let object): ObjectKey(.ingressClass, name: object.metadata.name)
        case .middleware(let object): ObjectKey(.middleware, object.metadata.namespacedName)
        }
    }
}
