package import Netlink
package import NetworkTypes

/// The interface that carries tunnelled packets of one family, as it was found.
package struct Underlay: Hashable, Sendable {
    package var index: InterfaceIndex
    package var name: LinkName
    /// In bytes.
    package var mtu: Int

    package init(index: InterfaceIndex, name: LinkName, mtu: Int) {
        self.index = index
        self.name = name
        self.mtu = mtu
    }

    /// The interfaces that hold the local addresses of a lease. A family whose address is nowhere has none.
    package static func find(
        holding local: PerFamily<IPAddress>,
        links: [Link],
        addresses: [Address]
    ) -> PerFamily<Underlay> {
        local.compactMapFamilies { address in
            guard let holder = addresses.first(where: { $0.address.address == address }) else { return nil }
            guard let link = links.first(where: { $0.index == holder.interface }) else { return nil }
            return Underlay(index: link.index, name: link.name, mtu: link.mtu)
        }
    }
}

extension PerFamily {
    /// The values that `transform` makes, without those for which it makes none.
    func compactMapFamilies<Other>(_ transform: (Value) -> Other?) -> PerFamily<Other> {
        PerFamily<Other>(v4: v4.flatMap(transform), v6: v6.flatMap(transform))
    }
}
