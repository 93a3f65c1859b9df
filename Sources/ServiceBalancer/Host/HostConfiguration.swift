package import NetworkTypes

/// What can be set of how the balancer sees its host.
package struct HostConfiguration: Hashable, Sendable {
    package var choice: ProxyChoice
    /// Addresses of this node that Linnet itself holds: those of cluster DNS, and those that are given by `--localip`.
    package var ownAddresses: Set<IPAddress>
    /// Ports of TCP that no load balancer takes, whether somebody listens there or not.
    package var reservedPorts: Set<UInt16>

    package init(
        choice: ProxyChoice = ProxyChoice(),
        ownAddresses: Set<IPAddress> = [],
        reservedPorts: Set<UInt16> = Self.usualReservedPorts
    ) {
        self.choice = choice
        self.ownAddresses = ownAddresses
        self.reservedPorts = reservedPorts
    }

    /// ssh, the API server, and kubelet: without them nobody could repair the node.
    package static let usualReservedPorts: Set<UInt16> = [22, 6443, 10_250]
}
