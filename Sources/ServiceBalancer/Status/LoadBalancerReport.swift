package import ClusterState

/// What load balancers are to be published with, as this node sees it.
package struct LoadBalancerReport: Sendable, Equatable {
    /// Of each load balancer of ours; empty if no node has its ports.
    package var addresses: [NamespacedName: [String]] = [:]
    /// Who publishes them: each node for itself if it knows of no other one what that refuses.
    package var publisher = AddressSpeaker.first(nil)

    package init() {}
}
