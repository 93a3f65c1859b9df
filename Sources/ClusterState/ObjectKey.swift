/// The kinds of object that Linnet reads. The raw value is the kind's name in its API.
package enum ObjectKind: String, Sendable, Hashable, CaseIterable {
    case node = "Node"
    case namespace = "Namespace"
    case service = "Service"
    case endpointSlice = "EndpointSlice"
    case secret = "Secret"
    case configMap = "ConfigMap"
    case ingress = "Ingress"
    case ingressClass = "IngressClass"
    case middleware = "Middleware"

    /// Whether the objects are in namespaces.
    package var isNamespaced: Bool {
        switch self {
        case .node, .namespace, .ingressClass: false
        case .service, .endpointSlice, .secret, .configMap, .ingress, .middleware: true
        }
    }
}

/// What tells one object from all others.
package struct ObjectKey: Hashable, Sendable, Comparable {
    package let kind: ObjectKind
    /// Nil for kinds that are not in a namespace.
    package let namespace: String?
    package let name: String

    package init(_ kind: ObjectKind, namespace: String? = nil, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    package init(_ kind: ObjectKind, _ name: NamespacedName) {
        self.init(kind, namespace: name.namespace, name: name.name)
    }

    /// The name with the namespace, which is empty for kinds that are in none.
    package var namespacedName: NamespacedName { NamespacedName(namespace: namespace ?? "", name: name) }

    package static func node(_ name: NodeName) -> ObjectKey { ObjectKey(.node, name: name.rawValue) }

    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.kind.rawValue, left.namespace ?? "", left.name) < (right.kind.rawValue, right.namespace ?? "", right.name)
    }
}

extension ObjectKey: CustomStringConvertible {
    package var description: String {
        "\(kind.rawValue) \(namespace.map { "\($0)/" } ?? "")\(name)"
    }
}
