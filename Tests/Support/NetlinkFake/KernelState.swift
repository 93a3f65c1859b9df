import LinuxSystem
import Netlink
import NetworkTypes

/// What is in the namespace, and the rules by which it changes.
struct KernelState {
    var links: [InterfaceIndex: Link] = [:]
    var addresses: [Address] = []
    var routes: [Route] = []
    var neighbours: [Neighbour] = []
    var forwardingEntries: [ForwardingEntry] = []
    private var notifications: [NetlinkNotification] = []
    private var nextIndex: Int32 = 1
    private var nextAddress: UInt64 = 1

    init() {
        let index = freeIndex()
        links[index] = Link(
            index: index,
            name: LinkName(rawValue: "lo") ?? Self.unreachableName,
            mtu: 65536,
            isUp: true,
            isLoopback: true
        )
    }

    mutating func apply(_ operation: NetlinkOperation) throws(Errno) {
        switch operation {
        case .createLink(let request): try createLink(request)
        case .deleteLink(let link): deleteLink(try resolve(link))
        case .setLink(let link, let change): try setLink(try resolve(link), change)
        case .setBridgePort(let link, let change): try setBridgePort(try resolve(link), change)
        case .addAddress(let address): try setAddress(address, mayReplace: false)
        case .replaceAddress(let address): try setAddress(address, mayReplace: true)
        case .deleteAddress(let address): try deleteAddress(address)
        case .addRoute(let route): try setRoute(route, mayReplace: false)
        case .replaceRoute(let route): try setRoute(route, mayReplace: true)
        case .deleteRoute(let route): try deleteRoute(route)
        case .replaceNeighbour(let neighbour): try replaceNeighbour(neighbour)
        case .deleteNeighbour(let neighbour): try deleteNeighbour(neighbour)
        case .setForwardingEntry(let entry): try setForwardingEntry(entry)
        case .appendForwardingEntry(let entry): try appendForwardingEntry(entry)
        case .deleteForwardingEntry(let entry): try deleteForwardingEntry(entry)
        }
    }

    mutating func notify(_ notification: NetlinkNotification) {
        notifications.append(notification)
    }

    /// The notifications since the last call.
    mutating func takeNotifications() -> [NetlinkNotification] {
        defer { notifications = [] }
        return notifications
    }

    func existing(_ index: InterfaceIndex) throws(Errno) -> Link {
        guard let link = links[index] else { throw .noDevice }
        return link
    }

    func resolve(_ reference: LinkReference) throws(Errno) -> InterfaceIndex {
        switch reference {
        case .index(let index): return try existing(index).index
        case .name(let name):
            guard let link = links.values.first(where: { $0.name == name }) else { throw .noDevice }
            return link.index
        }
    }

    /// The next index that no link has.
    mutating func freeIndex() -> InterfaceIndex {
        while links[InterfaceIndex(nextIndex)] != nil { nextIndex += 1 }
        defer { nextIndex += 1 }
        return InterfaceIndex(nextIndex)
    }

    /// A hardware address as the kernel draws one, but always the same sequence.
    mutating func freeAddress() -> MACAddress {
        defer { nextAddress += 1 }
        return .locallyAdministered(0x0200_fa4e_0000 | nextAddress)
    }

    private static var unreachableName: LinkName { preconditionFailure("'lo' is a valid name") }
}
