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

/// What the plan depends on beside the cluster: what this host is like at the moment.
package struct HostFacts: Hashable, Sendable {
    package var scope: BalancerScope
    /// Addresses of this node at which neither node ports nor load balancers are served: those held for something else.
    /// Loopback need not be among them.
    package var heldAddresses: Set<IPAddress>
    /// Ports of this node that a program has, and that no load balancer takes from it.
    package var heldPorts: Set<HeldPort>
    /// The families whose packets between pods of one bridge never meet the firewall, so that answers keep the address of
    /// the pod that sent them.
    package var unfilteredBridges: Set<AddressFamily>

    package init(
        scope: BalancerScope = .all,
        heldAddresses: Set<IPAddress> = [],
        heldPorts: Set<HeldPort> = [],
        unfilteredBridges: Set<AddressFamily> = []
    ) {
        self.scope = scope
        self.heldAddresses = heldAddresses
        self.heldPorts = heldPorts
        self.unfilteredBridges = unfilteredBridges
    }
}

/// A port that a program of this host listens on.
package struct HeldPort: Hashable, Sendable {
    package let family: AddressFamily
    package let transport: TransportProtocol
    package let port: UInt16

    package init(_ family: AddressFamily, _ transport: TransportProtocol, _ port: UInt16) {
        self.family = family
        self.transport = transport
        self.port = port
    }
}
