extension ClusterSnapshot {
    /// The object of any kind that has this key.
    package subscript(_ key: ObjectKey) -> ClusterObject? {
        switch key.kind {
        case .node: NodeName(rawValue: key.name).flatMap { nodes[$0] }.map(ClusterObject.node)
        case .namespace: namespaces[key.name].map(ClusterObject.namespace)
        case .ingressClass: ingressClasses[key.name].map(ClusterObject.ingressClass)
        case .service: services[key.namespacedName].map(ClusterObject.service)
        case .endpointSlice: endpointSlices[key.namespacedName].map(ClusterObject.endpointSlice)
        case .secret: secrets[key.namespacedName].map(ClusterObject.secret)
        case .configMap: configMaps[key.namespacedName].map(ClusterObject.configMap)
        case .ingress: ingresses[key.namespacedName].map(ClusterObject.ingress)
        case .middleware: middlewares[key.namespacedName].map(ClusterObject.middleware)
        }
    }

    /// The keys of all objects of a kind, in no order.
    package func keys(of kind: ObjectKind) -> [ObjectKey] {
        switch kind {
        case .node: nodes.keys.map { .node($0) }
        case .namespace: namespaces.keys.map { ObjectKey(kind, name: $0) }
        case .ingressClass: ingressClasses.keys.map { ObjectKey(kind, name: $0) }
        case .service: services.keys.map { ObjectKey(kind, $0) }
        case .endpointSlice: endpointSlices.keys.map { ObjectKey(kind, $0) }
        case .secret: secrets.keys.map { ObjectKey(kind, $0) }
        case .configMap: configMaps.keys.map { ObjectKey(kind, $0) }
        case .ingress: ingresses.keys.map { ObjectKey(kind, $0) }
        case .middleware: middlewares.keys.map { ObjectKey(kind, $0) }
        }
    }

    mutating func set(_ object: ClusterObject) {
        switch object {
        case .node(let object): nodes[object.name] = object
        case .namespace(let object): namespaces[object.metadata.name] = object
        case .ingressClass(let object): ingressClasses[object.metadata.name] = object
        case .service(let object): services[object.metadata.namespacedName] = object
        case .endpointSlice(let object): endpointSlices[object.metadata.namespacedName] = object
        case .secret(let object): secrets[object.metadata.namespacedName] = object
        case .configMap(let object): configMaps[object.metadata.namespacedName] = object
        case .ingress(let object): ingresses[object.metadata.namespacedName] = object
        case .middleware(let object): middlewares[object.metadata.namespacedName] = object
        }
    }

    mutating func remove(_ key: ObjectKey) {
        switch key.kind {
        case .node: if let name = NodeName(rawValue: key.name) { nodes[name] = nil }
        case .namespace: namespaces[key.name] = nil
        case .ingressClass: ingressClasses[key.name] = nil
        case .service: services[key.namespacedName] = nil
        case .endpointSlice: endpointSlices[key.namespacedName] = nil
        case .secret: secrets[key.namespacedName] = nil
        case .configMap: configMaps[key.namespacedName] = nil
        case .ingress: ingresses[key.namespacedName] = nil
        case .middleware: middlewares[key.namespacedName] = nil
        }
    }
}
