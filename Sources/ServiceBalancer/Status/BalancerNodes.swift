import ClusterState
import NetworkTypes
package import Supervision

/// A node as a place of load balancers.
struct BalancerNode: Hashable, Sendable {
    let name: NodeName
    let choice: BalancerNodeChoice
    let internalAddresses: PerFamily<IPAddress>
    let externalAddresses: PerFamily<IPAddress>
    /// The ports that somebody of it has.
    let refused: Set<HeldPort>
}

/// The nodes on which a balancer does its job, and who of them speaks for all.
struct BalancerNodes: Hashable, Sendable {
    /// In order of their names.
    let nodes: [BalancerNode]
    /// Whether nodes know of one another what they refuse. Without a registry of leases that carries it they do not.
    let areTold: Bool

    init() {
        nodes = []
        areTold = false
    }

    /// - Parameter ownRefusals: what this node refuses. It counts only where nodes are not told of one another: there all
    ///   have to come to the same.
    init(_ snapshot: ClusterSnapshot, own: NodeName, ownRefusals: Set<HeldPort>) {
        let all = snapshot.nodes.values
        let areTold = all.contains { $0.extras != nil }
        let isListed = BalancerNodeChoice.isListed(snapshot)
        self.areTold = areTold
        nodes = all.filter { !areTold || $0.hasBalancer }.sorted { $0.name < $1.name }.map { node in
            let told = Set((node.extras?.refusedPorts ?? []).compactMap { HeldPort(leaseText: $0) })
            return BalancerNode(
                name: node.name,
                choice: BalancerNodeChoice(node.labels, isListed: isListed),
                internalAddresses: node.internalAddresses,
                externalAddresses: node.externalAddresses,
                refused: areTold ? told : (node.name == own ? ownRefusals : [])
            )
        }
    }

    /// Who publishes what all have come to.
    var publisher: AddressSpeaker { areTold ? .first(nodes.first?.name) : .each }
}

extension Node {
    /// Whether its agent says that its balancer does its job.
    fileprivate var hasBalancer: Bool {
        extras?.readyCapabilities?.contains(CapabilityName.serviceBalancer.rawValue) == true
    }
}

extension CapabilityName {
    package static let serviceBalancer = CapabilityName(rawValue: "services")
}
