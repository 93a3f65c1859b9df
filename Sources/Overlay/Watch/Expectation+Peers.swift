import Netlink
import NetworkTypes

// What leads to other nodes.

extension Expectation {
    private func links(_ family: AddressFamily, _ host: HostPlan) -> PeerLinks {
        PeerLinks(tunnel: tunnels[family], underlay: host.direct[family])
    }

    func contradicts(appeared route: Route, _ host: HostPlan) -> Bool {
        let family = route.destination.family
        guard route.table == .main, let contents = contents[family] else { return false }
        let links = links(family, host)
        guard contents.contains(route.destination) else {
            return route.isPeerRoute(over: links) && !contents.isDetour(route, over: links)
        }
        guard let wanted = contents.route(to: route.destination, over: links) else { return false }
        // Another metric is another route, which does not take the place of ours.
        return route.effectiveMetric == wanted.effectiveMetric && route.comparable != wanted.asReported
    }

    func contradicts(gone route: Route, _ host: HostPlan) -> Bool {
        let family = route.destination.family
        guard let wanted = contents[family]?.route(to: route.destination, over: links(family, host)) else {
            return false
        }
        return route.comparable == wanted.asReported
    }

    /// Whether the route bears on which peers are on the link.
    func decides(_ route: Route) -> Bool {
        guard !endpoints.isEmpty, route.table == .main, route.routeProtocol != .linnet else { return false }
        guard let underlay = underlays[route.destination.family] else {
            // The interface is coming back, and may be there by now.
            return route.gateway == nil && endpoints.contains { route.destination.contains($0) }
        }
        let isKnown = underlay.onLink?.networks.contains(route.destination) ?? false
        guard isKnown || route.isOnLink(of: underlay.index) || underlay.onLink?.isInside(route.destination) == true
        else { return false }
        return endpoints.contains { route.destination.contains($0) }
    }

    func contradicts(appeared neighbour: Neighbour) -> Bool {
        guard let family = family(of: neighbour.interface), !neighbour.isProxy else { return false }
        guard let wanted = contents[family]?.neighbours[neighbour.address] else { return neighbour.state == .permanent }
        return neighbour.state != .permanent || neighbour.linkAddress != wanted
    }

    func wants(_ neighbour: Neighbour) -> Bool {
        guard let family = family(of: neighbour.interface), !neighbour.isProxy else { return false }
        return contents[family]?.neighbours[neighbour.address] != nil
    }

    func contradicts(appeared entry: ForwardingEntry) -> Bool {
        guard let family = family(of: entry.interface), entry.place == .own else { return false }
        guard let wanted = contents[family]?.forwarding[entry.linkAddress] else { return entry.isPermanent }
        return !entry.isOurs || entry.destination != wanted
    }

    func wants(_ entry: ForwardingEntry) -> Bool {
        guard let family = family(of: entry.interface), entry.place == .own else { return false }
        return contents[family]?.forwarding[entry.linkAddress] == entry.destination
    }
}
