package import Netlink
import NetworkTypes

extension PeerContents {
    /// What must be done so that the kernel holds just this: first what is missing, then what is too much.
    ///
    /// For each peer the route comes last and goes first, so that the kernel never asks the tunnel who has the address.
    /// A peer that changes between the tunnel and the direct way has its route replaced in one step.
    package func difference(from observed: ObservedContents, on links: PeerLinks) -> [NetlinkOperation] {
        let present = Present(observed, on: links)
        return tunnelAdditions(to: present, on: links) + directAdditions(to: present, on: links)
            + removals(from: observed, on: links)
    }

    private func directAdditions(to present: Present, on links: PeerLinks) -> [NetlinkOperation] {
        direct.keys.sorted().compactMap { destination in
            guard let route = route(to: destination, over: links) else { return nil }
            return present.routes.contains(route.asReported) ? nil : .replaceRoute(route)
        }
    }

    private func tunnelAdditions(to present: Present, on links: PeerLinks) -> [NetlinkOperation] {
        guard let link = links.tunnel else { return [] }
        var operations: [NetlinkOperation] = []
        var told: Set<MACAddress> = []
        for destination in tunnelled.sorted() {
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

    private func removals(from observed: ObservedContents, on links: PeerLinks) -> [NetlinkOperation] {
        var operations: [NetlinkOperation] = []
        for route in observed.routes.sorted(by: { $0.destination < $1.destination }) {
            guard route.isPeerRoute(over: links), !isReplaced(route) else { continue }
            operations.append(.deleteRoute(route))
        }
        guard let link = links.tunnel else { return operations }
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

    /// Whether a wanted route with this destination takes the place of the one found: the kernel tells routes apart by
    /// destination and metric. While its link is away it cannot, and the one found is better than none.
    private func isReplaced(_ route: Route) -> Bool {
        guard contains(route.destination) else { return false }
        let ours = Route(destination: route.destination)
        return route.table == ours.table && route.effectiveMetric == ours.effectiveMetric
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

        init(_ observed: ObservedContents, on links: PeerLinks) {
            for neighbour in observed.neighbours
            where neighbour.interface == links.tunnel && neighbour.state == .permanent {
                neighbours[neighbour.address] = neighbour.linkAddress
            }
            for entry in observed.forwarding where entry.interface == links.tunnel && entry.isOurs {
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
    func isPeerRoute(over links: PeerLinks) -> Bool {
        if routeProtocol == .linnet { return table == .main }
        guard let tunnel = links.tunnel, interface == tunnel else { return false }
        return isOnLink && gateway == destination.base && routeProtocol != .kernel
    }

    /// The route without what does not make it another one.
    var comparable: Route {
        var route = asReported
        route.source = nil
        return route
    }
}
