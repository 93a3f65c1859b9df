package import Netlink
package import NetworkTypes

/// What a look at the node shows of who has ports, before anything is decided.
package struct PortHolders: Sendable {
    /// Addresses at which no load balancer is served: who listens only there is not in the way.
    package var heldAddresses: Set<IPAddress>
    package var listeners: [Listener]
    /// Host ports of pods, with the pod's name.
    package var hostPorts: [HeldPort: String]
    /// The ports of TCP of our own ingress, which starts after the balancer.
    package var ingressPorts: Set<UInt16>

    package init(
        heldAddresses: Set<IPAddress>,
        listeners: [Listener] = [],
        hostPorts: [HeldPort: String] = [:],
        ingressPorts: Set<UInt16> = []
    ) {
        self.ingressPorts = ingressPorts
        self.heldAddresses = heldAddresses
        self.listeners = listeners
        self.hostPorts = hostPorts
    }

    /// Who has which of the ports.
    ///
    /// - Parameter name: what a listener's program is called; asked only of those that are in the way.
    package func holders(
        of wanted: Set<HeldPort>,
        naming name: (Listener) -> String
    ) -> [HeldPort: PortHolder] {
        var holders: [HeldPort: PortHolder] = [:]
        for port in wanted {
            let isIngress = port.transport == .tcp && ingressPorts.contains(port.port)
            holders[port] = isIngress ? .ingress : hostPorts[port].map { .pod($0) }
        }
        for listener in listeners where !isApart(listener.address) {
            for family in listener.families {
                let port = HeldPort(family, listener.transport, listener.port)
                guard wanted.contains(port), holders[port] == nil else { continue }
                holders[port] = .program(name(listener))
            }
        }
        return holders
    }

    private func isApart(_ address: IPAddress) -> Bool { address.isLoopback || heldAddresses.contains(address) }
}
