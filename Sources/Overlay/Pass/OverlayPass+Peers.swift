import Netlink
import NetworkTypes

// What leads to other nodes.

extension OverlayPass {
    /// Makes the routes to a family's peers, and their entries in the tunnel, what they should be.
    mutating func compare(_ contents: PeerContents, _ family: AddressFamily, on links: PeerLinks) {
        do throws(NetlinkError) {
            try compareOrFail(contents, family, on: links)
        } catch {
            // The other family does not depend on it.
            causes.append(.network(error))
        }
    }

    private mutating func compareOrFail(
        _ contents: PeerContents,
        _ family: AddressFamily,
        on links: PeerLinks
    ) throws(NetlinkError) {
        var observed = ObservedContents()
        var routes = try network.routes(RouteFilter(family: family, table: .main, routeProtocol: .linnet))
        if let tunnel = links.tunnel {
            observed.neighbours = try network.neighbours(of: tunnel, family: family)
            observed.forwarding = try network.forwardingEntries(of: tunnel)
            routes += try network.routes(RouteFilter(family: family, table: .main, interface: tunnel))
                .filter { $0.routeProtocol != .linnet }
        }
        observed.routes = routes
        perform(contents.difference(from: observed, on: links))
    }
}
