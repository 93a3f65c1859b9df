import Netlink
import NetworkTypes
import Synchronization
import Testing

/// The kernel's network, with something that happens once, just before the first change: who makes it stood still then.
final class InterruptedNetwork: RouteNetlink {
    private let network: any RouteNetlink
    private let interruption: @Sendable () throws -> Void
    private let happened = Atomic<Bool>(false)

    init(_ network: any RouteNetlink, by interruption: @escaping @Sendable () throws -> Void) {
        self.network = network
        self.interruption = interruption
    }

    func perform(_ operations: [NetlinkOperation]) -> [NetlinkError?] {
        if !happened.exchange(true, ordering: .relaxed) { #expect(throws: Never.self) { try interruption() } }
        return network.perform(operations)
    }

    func links() throws(NetlinkError) -> [Link] { try network.links() }

    func link(named name: LinkName) throws(NetlinkError) -> Link? { try network.link(named: name) }

    func link(_ index: InterfaceIndex) throws(NetlinkError) -> Link? { try network.link(index) }

    func addresses(of interface: InterfaceIndex?) throws(NetlinkError) -> [Address] {
        try network.addresses(of: interface)
    }

    func routes(_ filter: RouteFilter) throws(NetlinkError) -> [Route] { try network.routes(filter) }

    func routeLookup(to destination: IPAddress) throws(NetlinkError) -> Route {
        try network.routeLookup(to: destination)
    }

    func neighbours(of interface: InterfaceIndex?, family: AddressFamily?) throws(NetlinkError) -> [Neighbour] {
        try network.neighbours(of: interface, family: family)
    }

    func forwardingEntries(of interface: InterfaceIndex?) throws(NetlinkError) -> [ForwardingEntry] {
        try network.forwardingEntries(of: interface)
    }
}
