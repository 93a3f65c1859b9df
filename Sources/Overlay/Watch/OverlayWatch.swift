import ClusterState
import LinuxSystem
package import Netlink
import NetworkTypes
import Synchronization

/// What the loop believes the kernel to hold, so that whoever hears of a change can tell whether it matters.
///
/// Without it our own writes would wake the loop, and so would every pod's interface.
package final class OverlayWatch: Sendable {
    private let state = Mutex(Expectation())

    package init() {}

    /// The object of ours that the notification contradicts, so that a pass has to look; nil if it is none of our concern.
    package func concern(of notification: NetlinkNotification) -> OverlayObject? {
        state.withLock { $0.contradicted(by: notification) }
    }

    /// The first file or setting that is not as it was left; nil if all are.
    func alteredFileOrSetting(_ kernel: any OverlayKernel, _ configuration: OverlayConfiguration) -> OverlayObject? {
        // Reading may take a while: not under the lock.
        state.withLock { $0 }.alteredFileOrSetting(kernel, configuration)
    }

    /// The settings that are to hold, with a number that changes whenever they were compared.
    var settings: (number: UInt64, rules: [SysctlRule]) {
        state.withLock { ($0.number, $0.host?.sysctls ?? []) }
    }

    /// A thorough pass begins. Until it has found or made the links, those of the last one count: what others do to them
    /// after the pass has read them would be missed.
    func expect(_ host: HostPlan, _ underlays: PerFamily<Underlay>, _ contents: PerFamily<PeerContents>) {
        state.withLock { state in
            state.number += 1
            state.host = host
            state.underlays = underlays
            state.contents = contents
        }
    }

    /// The links are made.
    func found(
        tunnels: PerFamily<InterfaceIndex>,
        bridge: InterfaceIndex?,
        address: MACAddress?,
        made: Set<InterfaceIndex>
    ) {
        state.withLock { state in
            state.made = made
            state.tunnels = tunnels
            state.bridge = bridge
            state.bridgeAddress = address
        }
    }

    /// What stays only because others use it may go when one of these links changes.
    func waitFor(_ users: Set<InterfaceIndex>) {
        state.withLock { $0.users = users }
    }

    /// The files are written, but for those that could not be, beside these that runtimes take first.
    func announced(_ files: [PlannedFile], unwritable: Set<String>, rivals: [String]) {
        state.withLock { state in
            state.files = files
            state.unwritable = unwritable
            state.rivals = rivals
        }
    }

    /// These are the addresses of peers that are routed to directly if they are on the link.
    func expect(endpoints: Set<IPAddress>) {
        state.withLock { $0.endpoints = endpoints }
    }

    /// Some peers change.
    func expect(instead old: [PeerPath], _ new: [PeerPath], _ family: AddressFamily) {
        state.withLock { state in
            for path in old { state.contents[family]?.remove(path) }
            for path in new { state.contents[family]?.insert(path) }
        }
    }

    /// Nothing of ours is to be there.
    func expectNothing() {
        state.withLock { state in
            let number = state.number + 1
            state = Expectation(number: number)
        }
    }
}

/// What should be in the kernel.
struct Expectation: Sendable {
    var number: UInt64 = 0
    var host: HostPlan?
    var underlays = PerFamily<Underlay>()
    var contents = PerFamily<PeerContents>()
    /// The addresses of peers, where it matters whether they are on the link.
    var endpoints: Set<IPAddress> = []
    var tunnels = PerFamily<InterfaceIndex>()
    var bridge: InterfaceIndex?
    /// The hardware address by which pods know their gateway.
    var bridgeAddress: MACAddress?
    /// Those that were written; empty before the first announcement.
    var files: [PlannedFile] = []
    /// Those that could not be written.
    var unwritable: Set<String> = []
    var rivals: [String] = []
    /// The links in use that we made.
    var made: Set<InterfaceIndex> = []
    /// Links that are no longer needed and stay since others use them, and those others.
    var users: Set<InterfaceIndex> = []

    func contradicted(by notification: NetlinkNotification) -> OverlayObject? {
        if let link = notification.link, users.contains(link.index) { return .link(link.name) }
        guard let host else { return nil }
        switch notification {
        case .resynchronise: return .everything
        case .link(let link):
            return contradicts(link, host) ? .link(link.name) : nil
        case .linkRemoved(let link):
            let isWanted = isOurs(link.name, host) || underlays.values.contains { $0.index == link.index }
            return isWanted ? .link(link.name) : nil
        case .address(let address):
            return contradicts(appeared: address, host) ? .address(address.address) : nil
        case .addressRemoved(let address):
            return contradicts(gone: address, host) ? .address(address.address) : nil
        case .route(let route):
            return decides(route) || contradicts(appeared: route, host) ? .route(route.destination) : nil
        case .routeRemoved(let route):
            return decides(route) || contradicts(gone: route, host) ? .route(route.destination) : nil
        case .neighbour(let neighbour):
            return contradicts(appeared: neighbour) ? .neighbour(neighbour.address) : nil
        case .neighbourRemoved(let neighbour): return wants(neighbour) ? .neighbour(neighbour.address) : nil
        case .forwardingEntry(let entry):
            return contradicts(appeared: entry) ? .forwardingEntry(entry.linkAddress) : nil
        case .forwardingEntryRemoved(let entry): return wants(entry) ? .forwardingEntry(entry.linkAddress) : nil
        case .configuration(let change): return contradicted(by: change, host)
        }
    }

    private func family(of link: InterfaceIndex) -> AddressFamily? {
        tunnels.families.first { tunnels[$0] == link }
    }
}

extension NetlinkNotification {
    /// The link that it is about, if it is about one itself.
    fileprivate var link: Link? {
        switch self {
        case .link(let link), .linkRemoved(let link): link
        default: nil
        }
    }
}

// MARK: - Links and addresses

extension Expectation {
    private func isOurs(_ name: LinkName, _ host: HostPlan) -> Bool {
        name == host.bridge.name || host.tunnels.values.contains { $0.name == name }
    }

    private func contradicts(_ link: Link, _ host: HostPlan) -> Bool {
        if let underlay = underlays.values.first(where: { $0.index == link.index }) {
            return underlay.mtu != link.mtu || underlay.name != link.name || underlay.isUp != link.isUp
        }
        if link.name == host.bridge.name {
            guard let bridge else { return false }
            let isMade = made.contains(link.index)
            return link.index != bridge || !link.isUp || link.address != bridgeAddress
                || !host.bridge.linkOperations(observed: link, pinned: bridgeAddress, isMade: isMade).isEmpty
        }
        // Under another name.
        if link.index == bridge || (family(of: link.index).map { host.tunnels[$0]?.name != link.name } ?? false) {
            return true
        }
        for family in host.tunnels.families {
            guard let plan = host.tunnels[family], plan.name == link.name else { continue }
            guard let index = tunnels[family] else { return false }
            return link.index != index || !link.isUp
                || !plan.linkOperations(observed: link, isMade: made.contains(link.index)).isEmpty
        }
        return false
    }

    private func contradicts(appeared address: Address, _ host: HostPlan) -> Bool {
        if let family = host.lease.underlay.families.first(where: { host.lease.underlay[$0] == address.address.address }
        ) {
            guard let underlay = underlays[family], underlay.hasAddress else { return true }
            return underlay.index != address.interface
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

// MARK: - Files and settings

extension Expectation {
    private func contradicted(by change: ConfigurationChange, _ host: HostPlan) -> OverlayObject? {
        guard host.lease.podCIDRs[change.family] != nil else { return nil }
        switch change.scope {
        case .all:
            if change.isForwarding == false {
                return .setting(change.family == .ipv4 ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding")
            }
            return change.reversePathFilter == 1 ? .setting("net/ipv4/conf/all/rp_filter") : nil
        case .interface(let index):
            guard index == bridge || family(of: index) != nil else { return nil }
            if change.isForwarding == false { return .setting("net/\(change.family.label)/conf/\(index)/forwarding") }
            return change.reversePathFilter == 1 ? .setting("net/ipv4/conf/\(index)/rp_filter") : nil
        case .initial:
            return nil
        }
    }

    func alteredFileOrSetting(_ kernel: any OverlayKernel, _ configuration: OverlayConfiguration) -> OverlayObject? {
        for file in files {
            let isRight: Bool
            do throws(SystemCallError) {
                isRight = try kernel.holds(file)
            } catch {
                // What cannot be read is a pass's to report. One that did tries again by itself.
                isRight = unwritable.contains(file.path)
            }
            if !isRight { return .file(file.path) }
        }
        if !files.isEmpty, (try? kernel.rivals(of: configuration)) != rivals {
            return .file(configuration.cniConfigurationDirectory)
        }
        for rule in host?.sysctls ?? [] {
            let correction = try? rule.correction { name throws(SystemCallError) in try kernel.readSysctl(name) }
            if correction != nil { return .setting(rule.name.path) }
        }
        return nil
    }
}

// MARK: - Peers

extension Expectation {
    private func links(_ family: AddressFamily, _ host: HostPlan) -> PeerLinks {
        PeerLinks(tunnel: tunnels[family], underlay: host.direct[family])
    }

    private func contradicts(appeared route: Route, _ host: HostPlan) -> Bool {
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

    private func contradicts(gone route: Route, _ host: HostPlan) -> Bool {
        let family = route.destination.family
        guard let wanted = contents[family]?.route(to: route.destination, over: links(family, host)) else {
            return false
        }
        return route.comparable == wanted.asReported
    }

    /// Whether the route bears on which peers are on the link.
    private func decides(_ route: Route) -> Bool {
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
