package import Netlink
package import NetworkTypes

/// What hangs on a tunnel link for its peers, by the keys under which the kernel keeps it.
package struct TunnelContents: Hashable, Sendable {
    /// The hardware address of each peer's end.
    package var neighbours: [IPAddress: MACAddress] = [:]
    /// Where frames to a hardware address are sent.
    package var forwarding: [MACAddress: IPAddress] = [:]
    /// The networks that are reached by their own first address through the tunnel.
    package var routes: Set<IPPrefix> = []

    package init() {}

    /// What peers want.
    package init(_ tunnels: some Sequence<PeerTunnel>) {
        for tunnel in tunnels { insert(tunnel) }
    }

    package mutating func insert(_ tunnel: PeerTunnel) {
        neighbours[tunnel.podCIDR.base] = tunnel.linkAddress
        forwarding[tunnel.linkAddress] = tunnel.endpoint
        routes.insert(tunnel.podCIDR)
    }

    package mutating func remove(_ tunnel: PeerTunnel) {
        neighbours[tunnel.podCIDR.base] = nil
        forwarding[tunnel.linkAddress] = nil
        routes.remove(tunnel.podCIDR)
    }
}

/// What was found on a tunnel link, and of what is wanted there elsewhere.
package struct ObservedContents: Hashable, Sendable {
    package var neighbours: [Neighbour] = []
    package var forwarding: [ForwardingEntry] = []
    /// The routes over the link, and those that we made, wherever they lead.
    package var routes: [Route] = []

    package init() {}

    /// What the contents look like in the kernel.
    package init(_ contents: TunnelContents, on link: InterfaceIndex) {
        neighbours = contents.neighbours.map { Neighbour(interface: link, address: $0.key, linkAddress: $0.value) }
        forwarding = contents.forwarding.map {
            ForwardingEntry(interface: link, linkAddress: $0.key, destination: $0.value)
        }
        routes = contents.routes.map { $0.tunnelRoute(over: link).asReported }
    }
}

extension IPPrefix {
    /// The route to a peer's pods. The next hop is on no network of the link: nobody answers for it but the neighbour
    /// entry.
    package func tunnelRoute(over link: InterfaceIndex) -> Route {
        Route(destination: self, gateway: base, interface: link, routeProtocol: .linnet, isOnLink: true)
    }
}
