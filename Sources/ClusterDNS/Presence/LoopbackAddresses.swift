package import Netlink
package import NetworkTypes

/// The addresses that cluster DNS answers on, which the host holds on `lo`.
///
/// They say who set them, so that those of an earlier configuration are known again and no other is touched.
package struct LoopbackAddresses: Sendable {
    private let network: any RouteNetlink

    package init(network: any RouteNetlink) {
        self.network = network
    }

    /// What a look changed.
    package struct Changes: Sendable, Equatable {
        package var added: [IPAddress] = []
        package var removed: [IPAddress] = []
        /// What the host does not take, as one without IPv6 does not take any of that. The others are held all the same.
        package var refused: [IPAddress: NetlinkError] = [:]
    }

    /// Makes these addresses, and none that we held before, those of the host.
    package func hold(_ wanted: [IPAddress]) throws(NetlinkError) -> Changes {
        let loopback = try loopback()
        let present = try network.addresses(of: loopback)
        var changes = Changes()
        // First what is new: where both are held for a moment, nobody asks in vain.
        for address in wanted where !present.contains(where: { $0.address.address == address }) {
            do throws(NetlinkError) {
                try network.addAddress(Self.held(address, on: loopback))
                changes.added.append(address)
            } catch {
                changes.refused[address] = error
            }
        }
        for address in present where address.origin == .linnet && !wanted.contains(address.address.address) {
            try network.deleteAddress(address)
            changes.removed.append(address.address.address)
        }
        return changes
    }

    /// Those that we hold, of this and any earlier configuration.
    package func held() throws(NetlinkError) -> [Address] {
        try network.addresses(of: loopback()).filter { $0.origin == .linnet }
    }

    private func loopback() throws(NetlinkError) -> InterfaceIndex {
        guard let link = try network.link(named: .loopback) else {
            throw NetlinkError.missing("find link", subject: LinkName.loopback.rawValue)
        }
        return link.index
    }

    /// As the host holds it: for this host alone, and never the source of what the host asks others.
    private static func held(_ address: IPAddress, on interface: InterfaceIndex) -> Address {
        Address(
            interface: interface,
            address: InterfaceAddress(address, length: address.family.bitWidth),
            scope: address.family == .ipv4 ? .host : .universe,
            flags: address.family == .ipv4 ? [] : [.deprecated, .noDuplicateDetection],
            origin: .linnet
        )
    }
}
