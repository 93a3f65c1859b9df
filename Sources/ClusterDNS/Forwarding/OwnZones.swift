import DNSWire
import NetworkTypes

/// The zones in which nobody else has a say: the cluster's, and the reverse zones of its networks. Names of nodes and of
/// NodeHosts are not among them, as they come and go.
struct OwnZones: Hashable, Sendable {
    private let cluster: DNSName
    private let networks: [IPPrefix]

    init(_ configuration: ClusterDNSConfiguration) {
        cluster = configuration.clusterDomain
        networks = configuration.podCIDRs.values + configuration.serviceCIDRs.values
    }

    /// The cluster's zone alone.
    init(cluster: DNSName) {
        self.cluster = cluster
        networks = []
    }

    func contains(_ name: DNSName) -> Bool {
        if name.isEqualOrBelow(cluster) { return true }
        let wire = name.folded.wire
        let labels = LabelPlaces(wire.span, at: 0)
        guard let reverse = ReverseName(wire.span, labels) else { return false }
        return networks.contains { reverse.apex(in: $0) != nil }
    }
}
