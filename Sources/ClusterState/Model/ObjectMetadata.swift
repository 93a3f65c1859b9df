/// What objects of all kinds have. Of what an API server adds, only the time of creation is kept.
package struct ObjectMetadata: Hashable, Sendable {
    package var name: String
    /// Nil for kinds that are not in a namespace.
    package var namespace: String?
    package var labels: [String: String]
    package var annotations: [String: String]
    /// In seconds since 1970. Of two objects that want the same, the older one gets it.
    package var createdAt: Int64?

    package init(
        name: String,
        namespace: String? = nil,
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        createdAt: Int64? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.annotations = annotations
        self.createdAt = createdAt
    }

    /// The name with the namespace, `default` if none is given.
    package var namespacedName: NamespacedName { NamespacedName(namespace: namespace ?? "default", name: name) }
}

/// The name of an object that is in a namespace.
package struct NamespacedName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let namespace: String
    package let name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package static func < (left: NamespacedName, right: NamespacedName) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }

    package var description: String { "\(namespace)/\(name)" }
}

/// A transport protocol that services have ports of.
package enum TransportProtocol: String, Hashable, Sendable, CaseIterable {
    case tcp = "TCP"
    case udp = "UDP"
    case sctp = "SCTP"
}

/// A port by number or by name.
package enum PortReference: Hashable, Sendable {
    case number(UInt16)
    case name(String)
}
