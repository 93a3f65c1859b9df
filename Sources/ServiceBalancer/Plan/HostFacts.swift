package import NetworkTypes

/// Which traffic to services is ours.
package struct BalancerScope: Hashable, Sendable {
    /// Ports of load balancers on this node's addresses, and the addresses that they are published with.
    package var loadBalancers: Bool
    /// Everything else of services: cluster addresses, node ports, external addresses. False beside kube-proxy.
    package var services: Bool

    package init(loadBalancers: Bool, services: Bool) {
        self.loadBalancers = loadBalancers
        self.services = services
    }

    package static let all = BalancerScope(loadBalancers: true, services: true)
    package static let none = BalancerScope(loadBalancers: false, services: false)

    package var isEmpty: Bool { self == .none }
}

/// What the plan depends on beside the cluster and the ports that are held: what this host is like at the moment.
package struct HostFacts: Hashable, Sendable {
    package var scope: BalancerScope
    /// Addresses of this node at which neither node ports nor load balancers are served: those held for something else.
    /// Loopback need not be among them.
    package var heldAddresses: Set<IPAddress>
    /// The addresses that this node has, beside those that its Node tells: without those that are held, and without
    /// link-local ones.
    package var nodeAddresses: Set<IPAddress>
    /// The families whose packets between pods of one bridge never meet the firewall, so that answers keep the address of
    /// the pod that sent them.
    package var unfilteredBridges: Set<AddressFamily>

    package init(
        scope: BalancerScope = .all,
        heldAddresses: Set<IPAddress> = [],
        nodeAddresses: Set<IPAddress> = [],
        unfilteredBridges: Set<AddressFamily> = []
    ) {
        self.scope = scope
        self.heldAddresses = heldAddresses
        self.nodeAddresses = nodeAddresses
        self.unfilteredBridges = unfilteredBridges
    }
}
