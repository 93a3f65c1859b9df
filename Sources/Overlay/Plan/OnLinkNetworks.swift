package import Netlink
package import NetworkTypes

/// Which addresses an interface reaches without a router between, as the main table says.
package struct OnLinkNetworks: Hashable, Sendable {
    /// The networks that are on the link.
    package var networks: Set<IPPrefix> = []
    /// The networks inside of those that are reached in another way, or not at all.
    package var exceptions: Set<IPPrefix> = []

    package init() {}

    /// Reads them from routes of one family. Our own say nothing: they follow from what is decided here.
    package init(of link: InterfaceIndex, among routes: [Route]) {
        let others = routes.filter { $0.table == .main && $0.routeProtocol != .linnet }
        networks = Set(others.filter { $0.isOnLink(of: link) }.map(\.destination))
        exceptions = Set(others.map(\.destination).filter { isInside($0) && !networks.contains($0) })
    }

    /// Whether the most specific route to the address leads onto the link itself.
    package func contains(_ address: IPAddress) -> Bool {
        guard let network = networks.longest(around: address) else { return false }
        return (exceptions.longest(around: address) ?? -1) < network
    }

    /// Whether a route with this destination would be an exception.
    func isInside(_ destination: IPPrefix) -> Bool {
        networks.contains { $0.length < destination.length && $0.contains(destination) }
    }
}

extension Route {
    /// Whether the destination is on the link itself.
    func isOnLink(of link: InterfaceIndex) -> Bool {
        interface == link && gateway == nil && !isMultipath && type == .unicast
    }
}

extension Set<IPPrefix> {
    /// The length of the most specific network that contains the address.
    fileprivate func longest(around address: IPAddress) -> Int? {
        lazy.filter { $0.contains(address) }.map(\.length).max()
    }
}
