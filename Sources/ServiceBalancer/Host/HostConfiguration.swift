package import NetworkTypes

/// What can be set of how the balancer sees its host.
package struct HostConfiguration: Hashable, Sendable {
    package var choice: ProxyChoice
    /// Addresses of this node that Linnet itself holds: those of cluster DNS, and those that are given by `--localip`.
    package var ownAddresses: Set<IPAddress>

    package init(choice: ProxyChoice = ProxyChoice(), ownAddresses: Set<IPAddress> = []) {
        self.choice = choice
        self.ownAddresses = ownAddresses
    }
}
