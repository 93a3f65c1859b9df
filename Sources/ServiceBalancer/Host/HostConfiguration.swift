package import NetworkTypes

/// What can be set of how the balancer sees its host.
package struct HostConfiguration: Hashable, Sendable {
    package var choice: ProxyChoice
    /// Addresses of this node that Linnet itself holds: those of cluster DNS, and those that are given by `--localip`.
    package var ownAddresses: Set<IPAddress>
    /// The ports of TCP that Linnet's ingress has on this node, be it that it does not listen yet.
    package var ingressPorts: Set<UInt16>

    package init(
        choice: ProxyChoice = ProxyChoice(),
        ownAddresses: Set<IPAddress> = [],
        ingressPorts: Set<UInt16> = []
    ) {
        self.choice = choice
        self.ownAddresses = ownAddresses
        self.ingressPorts = ingressPorts
    }
}
