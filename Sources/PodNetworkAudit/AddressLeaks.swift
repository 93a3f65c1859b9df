import Netlink
import PodNetwork

/// Addresses that nobody gave back: their pods ended with a crash or a reboot.
struct AddressLeaks: Sendable {
    let store: AddressStore
    let bridge: LinkName

    /// How often it is looked for them, at least.
    static let interval = Duration.seconds(600)
    /// A younger one may be of an ADD that has not made its link yet, in seconds.
    private static let minimumAge = 60.0

    /// Releases the addresses whose pods have no link on this node, and returns them.
    ///
    /// - Parameters:
    ///   - now: in seconds since 1970.
    ///   - uptime: the seconds since the machine started.
    func release(
        seenBy network: any RouteNetlink,
        now: Double,
        uptime: Double
    ) throws -> [Reservation] {
        // Links first: one that is made after this has an address that is too young.
        let links = try network.links().filter { $0.kind == .veth }
        let index = try network.link(named: bridge)?.index
        // A node that is a container itself has a veth too, as its uplink: that one has addresses.
        let uplinks = Set(try network.addresses(of: nil).filter { $0.scope == .universe }.map(\.interface))
        let isForeign: (Link) -> Bool = { link in
            guard link.peerNamespaceID != nil, link.alias?.hasPrefix(HostLink.prefix) != true else { return false }
            return link.master == nil ? !uplinks.contains(link.index) : link.master == index
        }
        guard !links.contains(where: isForeign) else { return [] }
        let names = Set(links.map(\.name))
        return try store.releaseLeaked { reservation, given in
            if let attachment = reservation.attachment, names.contains(HostLink.name(of: attachment)) { return false }
            return given < now - uptime || given < now - Self.minimumAge
        }
    }
}
