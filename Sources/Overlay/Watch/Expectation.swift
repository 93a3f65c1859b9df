import Netlink
import NetworkTypes

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

    func family(of link: InterfaceIndex) -> AddressFamily? {
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
