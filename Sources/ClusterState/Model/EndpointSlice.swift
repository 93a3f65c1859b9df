package import NetworkTypes

/// Some of the endpoints of a service (discovery.k8s.io/v1 EndpointSlice).
package struct EndpointSlice: Hashable, Sendable {
    package static let serviceNameLabel = "kubernetes.io/service-name"
    package static let triggerAnnotation = "endpoints.kubernetes.io/last-change-trigger-time"

    package var metadata: ObjectMetadata
    /// Nil for the address type FQDN, whose endpoints are not read.
    package var family: AddressFamily?
    package var endpoints: [Endpoint]
    package var ports: [EndpointPort]

    package init(
        metadata: ObjectMetadata,
        family: AddressFamily?,
        endpoints: [Endpoint] = [],
        ports: [EndpointPort] = []
    ) {
        self.metadata = metadata
        self.family = family
        self.endpoints = endpoints
        self.ports = ports
    }

    /// The service that it belongs to; nil if it has no label that says so: then it belongs to none.
    package var service: NamespacedName? {
        metadata.labels[Self.serviceNameLabel].map {
            NamespacedName(namespace: metadata.namespacedName.namespace, name: $0)
        }
    }

    /// When what the slice tells of last changed, such as a pod that became ready, in seconds since 1970; nil if the
    /// controller that wrote the slice does not say so.
    package var triggeredAt: Double? { metadata.annotations[Self.triggerAnnotation].flatMap(Timestamp.moment) }
}

/// One place where a service is answered.
package struct Endpoint: Hashable, Sendable {
    /// All of them are of one pod; only the first counts.
    package var addresses: [IPAddress]
    package var isReady = true
    package var isServing = true
    package var isTerminating = false
    package var hostname: String?
    package var nodeName: String?
    package var zone: String?
    package var zoneHints: [String] = []
    package var nodeHints: [String] = []
    /// The pod that it is a place of, in most cases; nil where nobody says.
    package var target: EndpointTarget?

    package init(addresses: [IPAddress]) { self.addresses = addresses }
}

/// A port of all endpoints of a slice.
package struct EndpointPort: Hashable, Sendable {
    /// Empty if the port has no name.
    package var name: String
    package var transport: TransportProtocol
    /// Nil stands for all ports.
    package var port: UInt16?
    package var appProtocol: String?

    package init(
        name: String = "",
        transport: TransportProtocol = .tcp,
        port: UInt16?,
        appProtocol: String? = nil
    ) {
        self.name = name
        self.transport = transport
        self.port = port
        self.appProtocol = appProtocol
    }
}
