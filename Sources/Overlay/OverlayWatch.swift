import ClusterState
package import Netlink
import NetworkTypes
import Synchronization

/// What the loop believes the kernel to hold, so that whoever hears of a change can tell whether it matters.
///
/// Without it our own writes would wake the loop, and so would every pod's interface.
package final class OverlayWatch: Sendable {
    private let state = Mutex(Expectation())

    package init() {}

    /// Whether the notification contradicts what is expected, so that a pass has to look.
    package func concerns(_ notification: NetlinkNotification) -> Bool {
        state.withLock { $0.isContradicted(by: notification) }
    }

    /// A thorough pass begins. What it is about to make is not known by index yet, and is left alone until then.
    func expect(_ host: HostPlan, _ underlays: PerFamily<Underlay>, _ contents: PerFamily<TunnelContents>) {
        state.withLock { state in
            state = Expectation(host: host, underlays: underlays, contents: contents)
        }
    }

    /// The links are made.
    func found(tunnels: PerFamily<InterfaceIndex>, bridge: InterfaceIndex?) {
        state.withLock { state in
            state.tunnels = tunnels
            state.bridge = bridge
        }
    }

    /// Some peers change.
    func expect(instead old: [PeerTunnel], _ new: [PeerTunnel], _ family: AddressFamily) {
        state.withLock { state in
            for tunnel in old { state.contents[family]?.remove(tunnel) }
            for tunnel in new { state.contents[family]?.insert(tunnel) }
        }
    }

    /// Nothing of ours is to be there.
    func expectNothing() {
        state.withLock { $0 = Expectation() }
    }
}

/// What should be in the kernel.
struct Expectation: Sendable {
    var host: HostPlan?
    var underlays = PerFamily<Underlay>()
    var contents = PerFamily<TunnelContents>()
    var tunnels = PerFamily<InterfaceIndex>()
    var bridge: InterfaceIndex?

    func isContradicted(by notification: NetlinkNotification) -> Bool {
        guard let host else { return false }
        switch notification {
        case .resynchronise: return true
        case .link(let link): return contradicts(link, host)
        case .linkRemoved(let link):
            return isOurs(link.name, host) || underlays.values.contains { $0.index == link.index }
        case .address(let address): return contradicts(appeared: address, host)
        case .addressRemoved(let address): return contradicts(gone: address, host)
        case .route(let route): return contradicts(appeared: route)
        case .routeRemoved(let route): return contradicts(gone: route)
        case .neighbour(let neighbour): return contradicts(appeared: neighbour)
        case .neighbourRemoved(let neighbour): return wants(neighbour)
        case .forwardingEntry(let entry): return contradicts(appeared: entry)
        case .forwardingEntryRemoved(let entry): return wants(entry)
        }
    }

    private func family(of link: InterfaceIndex) -> AddressFamily? {
        tunnels.families.first { tunnels[$0] == link }
    }
}

// MARK: - Links and addresses

extension Expectation {
    private func isOurs(_ name: LinkName, _ host: HostPlan) -> Bool {
        name == host.bridge.name || host.tunnels.values.contains { $0.name == name }
    }

    private func contradicts(_ link: Link, _ host: HostPlan) -> Bool {
        if let underlay = underlays.values.first(where: { $0.index == link.index }) {
            return underlay.mtu != link.mtu || underlay.name != link.name
        }
        if link.name == host.bridge.name {
            guard let bridge else { return false }
            return link.index != bridge || !link.isUp || link.mtu != host.bridge.mtu
        }
        for family in host.tunnels.families {
            guard let plan = host.tunnels[family], plan.name == link.name else { continue }
            guard let index = tunnels[family] else { return false }
            return link.index != index || !link.isUp || !plan.linkOperations(observed: link).isEmpty
        }
        return false
    }

    private func contradicts(appeared address: Address, _ host: HostPlan) -> Bool {
        if let family = host.lease.underlay.families.first(where: { host.lease.underlay[$0] == address.address.address }
        ) {
            return underlays[family]?.index != address.interface
        }
        guard let (wanted, networks) = addresses(on: address.interface, host) else { return false }
        return !wanted.contains(address.address) && networks.contains { $0.contains(address.address.address) }
    }

    private func contradicts(gone address: Address, _ host: HostPlan) -> Bool {
        if host.lease.underlay.values.contains(address.address.address) { return true }
        return addresses(on: address.interface, host)?.wanted.contains(address.address) ?? false
    }

    private func addresses(
        on link: InterfaceIndex,
        _ host: HostPlan
    ) -> (wanted: [InterfaceAddress], networks: [IPPrefix])? {
        if link == bridge { return (host.bridge.gateways, host.bridge.networks) }
        guard let family = family(of: link), let plan = host.tunnels[family] else { return nil }
        return ([plan.address], [plan.network])
    }
}

// MARK: - Peers

extension Expectation {
    private func contradicts(appeared route: Route) -> Bool {
        let family = route.destination.family
        guard route.table == .main, let link = tunnels[family], let contents = contents[family] else { return false }
        guard contents.routes.contains(route.destination) else { return route.isTunnelRoute(over: link) }
        let wanted = route.destination.tunnelRoute(over: link)
        // Another metric is another route, which does not take the place of ours.
        return route.effectiveMetric == wanted.effectiveMetric && route.comparable != wanted.asReported
    }

    private func contradicts(gone route: Route) -> Bool {
        let family = route.destination.family
        guard let link = tunnels[family], let contents = contents[family] else { return false }
        return contents.routes.contains(route.destination)
            && route.comparable == route.destination.tunnelRoute(over: link).asReported
    }

    private func contradicts(appeared neighbour: Neighbour) -> Bool {
        guard let family = family(of: neighbour.interface), !neighbour.isProxy else { return false }
        guard let wanted = contents[family]?.neighbours[neighbour.address] else { return neighbour.state == .permanent }
        return neighbour.state != .permanent || neighbour.linkAddress != wanted
    }

    private func wants(_ neighbour: Neighbour) -> Bool {
        guard let family = family(of: neighbour.interface), !neighbour.isProxy else { return false }
        return contents[family]?.neighbours[neighbour.address] != nil
    }

    private func contradicts(appeared entry: ForwardingEntry) -> Bool {
        guard let family = family(of: entry.interface), entry.place == .own else { return false }
        guard let wanted = contents[family]?.forwarding[entry.linkAddress] else { return entry.isPermanent }
        return !entry.isOurs || entry.destination != wanted
    }

    private func wants(_ entry: ForwardingEntry) -> Bool {
        guard let family = family(of: entry.interface), entry.place == .own else { return false }
        return contents[family]?.forwarding[entry.linkAddress] == entry.destination
    }
}
