package import Netlink
import NetworkTypes

extension TunnelContents {
    /// What must be done so that the link carries just this: first what is missing, then what is too much.
    ///
    /// For each peer the route comes last and goes first, so that the kernel never asks the tunnel who has the address.
    package func difference(from observed: ObservedContents, on link: InterfaceIndex) -> [NetlinkOperation] {
        additions(to: observed, on: link) + removals(from: observed, on: link)
    }

    private func additions(to observed: ObservedContents, on link: InterfaceIndex) -> [NetlinkOperation] {
        let present = Present(observed, on: link)
        var operations: [NetlinkOperation] = []
        var told: Set<MACAddress> = []
        for destination in routes.sorted() {
            if let linkAddress = neighbours[destination.base] {
                if present.neighbours[destination.base] != linkAddress {
                    operations.append(.replaceNeighbour(neighbour(destination.base, linkAddress, link)))
                }
                if let endpoint = forwarding[linkAddress], present.forwarding[linkAddress] != endpoint,
                    told.insert(linkAddress).inserted
                {
                    operations.append(.setForwardingEntry(entry(linkAddress, endpoint, link)))
                }
            }
            let route = destination.tunnelRoute(over: link)
            if !present.routes.contains(route.asReported) { operations.append(.replaceRoute(route)) }
        }
        return operations
    }

    private func removals(from observed: ObservedContents, on link: InterfaceIndex) -> [NetlinkOperation] {
        var operations: [NetlinkOperation] = []
        for route in observed.routes.sorted(by: { $0.destination < $1.destination }) {
            guard route.isTunnelRoute(over: link), !isReplaced(route) else { continue }
            operations.append(.deleteRoute(route))
        }
        let foreignEntries = observed.forwarding.filter {
            $0.interface == link && $0.place == .own && $0.isPermanent && forwarding[$0.linkAddress] == nil
        }
        operations += foreignEntries.sorted { $0.linkAddress < $1.linkAddress }.map { .deleteForwardingEntry($0) }
        let foreignNeighbours = observed.neighbours.filter {
            $0.interface == link && $0.state == .permanent && !$0.isProxy && neighbours[$0.address] == nil
        }
        operations += foreignNeighbours.sorted { $0.address < $1.address }.map { .deleteNeighbour($0) }
        return operations
    }

    /// Whether the wanted route with this destination takes the place of the one found: the kernel tells routes apart
    /// by destination and metric.
    private func isReplaced(_ route: Route) -> Bool {
        guard routes.contains(route.destination), let interface = route.interface else { return false }
        let wanted = route.destination.tunnelRoute(over: interface)
        return route.table == wanted.table && route.effectiveMetric == wanted.effectiveMetric
    }

    private func neighbour(_ address: IPAddress, _ linkAddress: MACAddress, _ link: InterfaceIndex) -> Neighbour {
        Neighbour(interface: link, address: address, linkAddress: linkAddress)
    }

    private func entry(_ linkAddress: MACAddress, _ endpoint: IPAddress, _ link: InterfaceIndex) -> ForwardingEntry {
        ForwardingEntry(interface: link, linkAddress: linkAddress, destination: endpoint)
    }

    /// What was found and is as we make it.
    private struct Present {
        var neighbours: [IPAddress: MACAddress] = [:]
        var forwarding: [MACAddress: IPAddress] = [:]
        var routes: Set<Route> = []

        init(_ observed: ObservedContents, on link: InterfaceIndex) {
            for neighbour in observed.neighbours where neighbour.interface == link && neighbour.state == .permanent {
                neighbours[neighbour.address] = neighbour.linkAddress
            }
            for entry in observed.forwarding where entry.interface == link && entry.isOurs {
                forwarding[entry.linkAddress] = entry.destination
            }
            routes = Set(observed.routes.map { $0.comparable })
        }
    }
}

extension ForwardingEntry {
    /// Whether the entry is of the form that peers' entries have.
    var isOurs: Bool {
        place == .own && isPermanent && vlan == nil && port == nil && vni == nil
    }
}

extension Route {
    /// Whether the route was made for a peer, by us or by flannel, which leaves no other sign of its own than the form.
    func isTunnelRoute(over link: InterfaceIndex) -> Bool {
        if routeProtocol == .linnet { return interface == link }
        return interface == link && isOnLink && gateway == destination.base && routeProtocol != .kernel
    }

    /// The route without what does not make it another one.
    var comparable: Route {
        var route = asReported
        route.source = nil
        return route
    }
}
