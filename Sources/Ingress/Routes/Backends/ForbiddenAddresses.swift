import ClusterState
import NetworkTypes

/// The addresses that are not called though a name comes to them.
struct ForbiddenAddresses: Sendable {
    /// The service by which the cluster's API server is called.
    static let apiServer = NamespacedName(namespace: "default", name: "kubernetes")

    /// Where clouds have what they tell machines beside 169.254.169.254, which is on each machine's link: Amazon, Google,
    /// Alibaba and Microsoft, as they document it.
    private static let metadata: Set<IPAddress> = [
        .v6(IPv6Address(rawValue: 0xfd00_0ec2_0000_0000_0000_0000_0000_0254)),
        .v6(IPv6Address(rawValue: 0xfd20_00ce_0000_0000_0000_0000_0000_0254)),
        .v4(IPv4Address(100, 100, 100, 200)),
        .v4(IPv4Address(168, 63, 129, 16)),
    ]

    private struct Place: Hashable, Sendable {
        let address: IPAddress
        /// Nil for all of them.
        let port: UInt16?
    }

    /// The API server's.
    private var places: Set<Place> = []
    private let nodes: NodeAddresses
    private let configuration: RouteConfiguration

    /// - Parameters:
    ///   - service: the API server's; nil if it is not there, as without Kubernetes.
    ///   - slices: those of that service.
    ///   - nodes: what nodes have.
    init(
        apiServer service: Service?,
        _ slices: [EndpointSlice],
        nodes: NodeAddresses,
        _ configuration: RouteConfiguration
    ) {
        self.nodes = nodes
        self.configuration = configuration
        for address in service?.clusterIPs ?? [] { places.insert(Place(address: address, port: nil)) }
        for slice in slices {
            for address in slice.endpoints.flatMap(\.addresses) {
                for port in slice.ports { places.insert(Place(address: address, port: port.port)) }
            }
        }
    }

    /// Why a port of an address is not called; nil if it may be.
    func refusal(of address: IPAddress, port: UInt16) -> AddressRefusal? {
        let address = address.withoutMapping
        if address.isUnspecified { return .unspecified }
        if address.isLoopback { return .loopback }
        if address.isLinkLocal { return .linkLocal }
        if Self.metadata.contains(address) { return .metadata }
        if address.isMulticast { return .multicast }
        if address.isBroadcast { return .broadcast }
        if [nil, port].contains(where: { places.contains(Place(address: address, port: $0)) }) { return .apiServer }
        return isIngress(address, port: port) ? .ingress : nil
    }

    /// Whether a request that is sent there comes to an ingress again: then it would go in a circle. All nodes have their
    /// ingress at the same ports.
    private func isIngress(_ address: IPAddress, port: UInt16) -> Bool {
        guard configuration.ports.contains(port) else { return false }
        return configuration.ownAddresses.contains(address) || nodes.contains(address)
    }
}
