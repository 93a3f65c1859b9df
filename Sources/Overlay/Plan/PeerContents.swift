package import Netlink
package import NetworkTypes

/// What the kernel must hold for the peers of one family, by the keys under which it keeps that.
package struct PeerContents: Hashable, Sendable {
    /// The hardware address of each peer's end of the tunnel.
    package var neighbours: [IPAddress: MACAddress] = [:]
    /// Where frames to a hardware address are sent.
    package var forwarding: [MACAddress: IPAddress] = [:]
    /// The networks that are reached by their own first address through the tunnel.
    package var tunnelled: Set<IPPrefix> = []
    /// The networks that are reached over the underlay's interface itself, by the address of their node.
    package var direct: [IPPrefix: IPAddress] = [:]

    package init() {}

    /// What peers want.
    package init(_ paths: some Sequence<PeerPath>) {
        for path in paths { insert(path) }
    }

    package mutating func insert(_ path: PeerPath) {
        guard let linkAddress = path.linkAddress else {
            direct[path.podCIDR] = path.endpoint
            return
        }
        neighbours[path.podCIDR.base] = linkAddress
        forwarding[linkAddress] = path.endpoint
        tunnelled.insert(path.podCIDR)
    }

    package mutating func remove(_ path: PeerPath) {
        guard let linkAddress = path.linkAddress else {
            direct[path.podCIDR] = nil
            return
        }
        neighbours[path.podCIDR.base] = nil
        forwarding[linkAddress] = nil
        tunnelled.remove(path.podCIDR)
    }

    /// Whether peers have this network, in whatever way it is reached.
    func contains(_ destination: IPPrefix) -> Bool {
        tunnelled.contains(destination) || direct[destination] != nil
    }

    /// The route to the network, nil if nobody has it or the link that it takes is not there.
    func route(to destination: IPPrefix, over links: PeerLinks) -> Route? {
        if tunnelled.contains(destination) { return links.tunnel.map { destination.tunnelRoute(over: $0) } }
        guard let gateway = direct[destination] else { return nil }
        return links.underlay.map { destination.directRoute(via: gateway, over: $0) }
    }
}

/// The links that lead to the peers of one family.
package struct PeerLinks: Hashable, Sendable {
    /// Nil without a tunnel.
    package var tunnel: InterfaceIndex?
    /// The interface that direct routes leave by; nil while none can be made.
    package var underlay: InterfaceIndex?

    package init(tunnel: InterfaceIndex? = nil, underlay: InterfaceIndex? = nil) {
        self.tunnel = tunnel
        self.underlay = underlay
    }
}

/// What was found for the peers of one family.
package struct ObservedContents: Hashable, Sendable {
    package var neighbours: [Neighbour] = []
    package var forwarding: [ForwardingEntry] = []
    /// The routes over the tunnel, and those that we made, wherever they lead.
    package var routes: [Route] = []

    package init() {}

    /// What the contents look like in the kernel.
    package init(_ contents: PeerContents, on links: PeerLinks) {
        if let tunnel = links.tunnel {
            neighbours = contents.neighbours.map {
                Neighbour(interface: tunnel, address: $0.key, linkAddress: $0.value)
            }
            forwarding = contents.forwarding.map {
                ForwardingEntry(interface: tunnel, linkAddress: $0.key, destination: $0.value)
            }
        }
        let destinations = contents.tunnelled.union(contents.direct.keys)
        routes = destinations.compactMap { contents.route(to: $0, over: links)?.asReported }
    }
}

extension IPPrefix {
    /// The route to a peer's pods through the tunnel. The next hop is on no network of the link: nobody answers for it
    /// but the neighbour entry.
    package func tunnelRoute(over link: InterfaceIndex) -> Route {
        Route(destination: self, gateway: base, interface: link, routeProtocol: .linnet, isOnLink: true)
    }

    /// The route to a peer's pods by the peer's own address. That it is on the link is for the kernel to confirm.
    package func directRoute(via gateway: IPAddress, over link: InterfaceIndex) -> Route {
        Route(destination: self, gateway: gateway, interface: link, routeProtocol: .linnet)
    }
}
