import Netlink
import NetworkTypes

/// The steps to a tunnel's IPv6 route that the kernel refuses with EINVAL in one.
///
/// Although the gateway is said to be on the link, IPv6 looks it up in the main table, and refuses it if the most
/// specific route but the default leads to another interface (`ip6_route_check_nh_onlink`). That is so whenever a peer
/// goes from the direct way to the tunnel, since its own network holds its gateway, and under anybody's wider route.
/// So for that moment a host route leads the gateway to the tunnel. Should the process be killed in between, the next
/// thorough pass takes it away, as any other route of ours that no peer has.
struct OnLinkDetour: Hashable, Sendable {
    /// To the gateway alone.
    let help: Route
    let route: Route

    /// Nil if the route needs no such help.
    init?(to route: Route) {
        guard route.isOnLink, let gateway = route.gateway, gateway.family == .ipv6 else { return nil }
        // With a metric of its own, so that nobody's route is replaced, and the first to be taken.
        help = Route(destination: IPPrefix(host: gateway), interface: route.interface, metric: 1)
        self.route = route
    }

    var operations: [NetlinkOperation] { [.addRoute(help), .replaceRoute(route), .deleteRoute(help)] }
}

extension NetlinkOperation {
    /// What to do instead if the kernel found the operation invalid. Nil if nothing would help.
    var onLinkDetour: OnLinkDetour? {
        if case .replaceRoute(let route) = self { OnLinkDetour(to: route) } else { nil }
    }
}

extension PeerContents {
    /// Whether the route is there for a moment only, on the way to the one that a peer's network is to have.
    func isDetour(_ route: Route, over links: PeerLinks) -> Bool {
        guard let tunnel = links.tunnel, route.interface == tunnel else { return false }
        return neighbours[route.destination.base] != nil
            && route.destination.length == route.destination.family.bitWidth
            && route.metric == 1 && route.gateway == nil
    }
}
