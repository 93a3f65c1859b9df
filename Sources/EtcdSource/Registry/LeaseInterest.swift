import ClusterState
import NetworkTypes

/// Which leases a node that holds one must hear of.
struct LeaseInterest: Hashable, Sendable {
    /// Its own lease.
    var key: SubnetKey
    var node: NodeName
    var publicAddresses: PerFamily<IPAddress>

    /// Whether the lease is another than the own one, and names this node or an address of it.
    func isClaimant(_ lease: RegisteredLease) -> Bool {
        guard lease.key != key else { return false }
        return lease.extras?.node == node
            || lease.record.publicAddresses.values.contains { publicAddresses[$0.family] == $0 }
    }

    /// The claimants, each with the node that it is of; nil for flanneld's.
    func claimants(among leases: some Sequence<RegisteredLease>) -> [SubnetKey: NodeName?] {
        var found: [SubnetKey: NodeName?] = [:]
        for lease in leases where isClaimant(lease) { found[lease.key] = .some(lease.extras?.node) }
        return found
    }
}
