package import ClusterState

/// What load balancers are to be published with, as this node sees it.
package struct LoadBalancerReport: Sendable, Equatable {
    /// Who publishes it.
    package enum Publisher: Sendable, Hashable {
        /// The first node, by name, whose balancer does its job; nil while there is none.
        case first(NodeName?)
        /// Each node for itself: it knows of no other one what it refuses.
        case each
    }

    /// Of each load balancer of ours; empty if no node has its ports.
    package var addresses: [NamespacedName: [String]] = [:]
    package var publisher = Publisher.first(nil)

    package init() {}
}
