package import Netlink
package import NetworkTypes

/// The interface that carries packets of one family to other nodes, as it was found.
package struct Underlay: Hashable, Sendable {
    package var index: InterfaceIndex
    package var name: LinkName
    /// In bytes.
    package var mtu: Int
    /// Whether the interface was set up.
    package var isUp: Bool
    /// Whether the node's address is on it now. It may be away for a moment, as when it is renewed.
    package var hasAddress: Bool
    /// Whether it is the loopback interface, by which no other node is reached.
    package var isLoopback: Bool
    /// What it reaches without a router. While it is away that is what was known last; nil if nothing ever was.
    package var onLink: OnLinkNetworks?

    package init(
        index: InterfaceIndex,
        name: LinkName,
        mtu: Int,
        isUp: Bool = true,
        hasAddress: Bool = true,
        isLoopback: Bool = false,
        onLink: OnLinkNetworks? = nil
    ) {
        self.index = index
        self.name = name
        self.mtu = mtu
        self.isUp = isUp
        self.hasAddress = hasAddress
        self.isLoopback = isLoopback
        self.onLink = onLink
    }

    /// Whether nothing can be sent over it now. What is there for other nodes is kept until it is back.
    package var isAway: Bool { !isUp || !hasAddress }

    /// The interfaces that hold the local addresses of a lease.
    ///
    /// One that held the address last is taken while it does and while no other holds it; the loopback interface, to which
    /// routers' addresses are often given as well, only if none else does. A family whose address is nowhere, and never was
    /// anywhere, has none.
    ///
    /// - Parameters:
    ///   - routes: the main table's routes of both families, for what is on the link; nil if that is of no interest.
    ///   - previous: what was found the last time.
    package static func find(
        holding local: PerFamily<IPAddress>,
        links: [Link],
        addresses: [Address],
        routes: [Route]? = nil,
        previous: PerFamily<Underlay> = PerFamily()
    ) -> PerFamily<Underlay> {
        var found = PerFamily<Underlay>()
        for family in local.families {
            let holder = holder(of: local[family], links, addresses, previous[family])
            guard let index = holder?.interface ?? previous[family]?.index else { continue }
            guard let link = links.first(where: { $0.index == index }) else { continue }
            var underlay = Underlay(
                index: index,
                name: link.name,
                mtu: link.mtu,
                isUp: link.isUp,
                hasAddress: holder != nil,
                isLoopback: link.isLoopback,
                onLink: previous[family]?.index == index ? previous[family]?.onLink : nil
            )
            if !underlay.isAway {
                underlay.onLink = routes.map { routes in
                    OnLinkNetworks(of: index, among: routes.filter { $0.destination.family == family })
                }
            }
            found[family] = underlay
        }
        return found
    }

    private static func holder(
        of address: IPAddress?,
        _ links: [Link],
        _ addresses: [Address],
        _ previous: Underlay?
    ) -> Address? {
        let holders = addresses.filter { $0.address.address == address }
        let loopbacks = Set(links.filter(\.isLoopback).map(\.index))
        let others = holders.filter { !loopbacks.contains($0.interface) }
        return others.first { $0.interface == previous?.index } ?? others.first ?? holders.first
    }
}
