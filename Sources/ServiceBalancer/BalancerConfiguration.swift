package import ClusterState
package import NetworkTypes

/// What can be set of the service balancer.
package struct BalancerConfiguration: Sendable, Equatable {
    /// The name of this node.
    package var node: NodeName
    /// The networks that all pods are in: traffic from them is of the cluster, not of the outside.
    package var clusterCIDRs: PerFamily<IPPrefix>
    /// The networks that services have addresses of.
    package var serviceCIDRs: PerFamily<IPPrefix>

    package init(node: NodeName, clusterCIDRs: PerFamily<IPPrefix>, serviceCIDRs: PerFamily<IPPrefix>) {
        self.node = node
        self.clusterCIDRs = clusterCIDRs
        self.serviceCIDRs = serviceCIDRs
    }

    /// The families of services.
    package var families: [AddressFamily] { serviceCIDRs.families }
}
