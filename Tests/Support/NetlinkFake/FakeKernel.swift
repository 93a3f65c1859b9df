package import LinuxSystem
package import Netlink
package import NetworkTypes
import Synchronization

/// A network namespace in memory that answers netlink requests as the kernel would.
///
/// It starts with a loopback interface that is up. It refuses what the kernel refuses, takes away with a link whatever
/// hung on it, and counts what was asked, so that a test can say that a second pass writes nothing.
package final class FakeKernel: RouteNetlink {
    private let state = Mutex(KernelState())
    private let traffic = Mutex(Traffic())

    package init() {}

    /// What was asked of the kernel.
    private struct Traffic {
        var operations: [NetlinkOperation] = []
        var reads = 0
        var refusal: @Sendable (NetlinkOperation) -> Errno? = { _ in nil }
        var listeners: [AsyncStream<NetlinkNotification>.Continuation] = []
    }
}

// MARK: - Writing

extension FakeKernel {
    package func perform(_ operations: [NetlinkOperation]) -> [NetlinkError?] {
        operations.map { operation in
            let refusal = traffic.withLock { traffic in
                traffic.operations.append(operation)
                return traffic.refusal(operation)
            }
            if let refusal { return failure(of: operation, refusal) }
            return apply(operation)
        }
    }

    /// Carries out operations as somebody else: they are not counted, and no refusal holds for them.
    ///
    /// Returns one result each: nil for done.
    @discardableResult
    package func interfere(_ operations: [NetlinkOperation]) -> [NetlinkError?] {
        operations.map(apply)
    }

    /// Adds an interface of hardware that is up, as a node has one before Linnet starts.
    @discardableResult
    package func addHardware(
        _ name: LinkName,
        address: MACAddress = MACAddress(rawValue: 0x5254_0000_0001),
        mtu: Int = 1500
    ) -> InterfaceIndex {
        let request = LinkRequest(name: name, kind: .other(""), mtu: mtu, address: address, isUp: true)
        interfere([.createLink(request)])
        return state.withLock { state in state.links.values.first { $0.name == name }?.index ?? InterfaceIndex(0) }
    }

    private func apply(_ operation: NetlinkOperation) -> NetlinkError? {
        let (notifications, errno) = state.withLock { state -> ([NetlinkNotification], Errno?) in
            do throws(Errno) {
                try state.apply(operation)
                return (state.takeNotifications(), nil)
            } catch {
                return (state.takeNotifications(), error)
            }
        }
        let listeners = traffic.withLock { $0.listeners }
        for notification in notifications {
            for listener in listeners { listener.yield(notification) }
        }
        return errno.flatMap { failure(of: operation, $0) }
    }

    private func failure(of operation: NetlinkOperation, _ errno: Errno) -> NetlinkError {
        let names = state.withLock { $0.links.mapValues(\.name.rawValue) }
        let subject = operation.subject { names[$0] ?? $0.description }
        return NetlinkError(operation: operation.verb, subject: subject, errno: errno)
    }
}

// MARK: - Reading

extension FakeKernel {
    package func links() throws(NetlinkError) -> [Link] {
        read { $0.links.values.sorted { $0.index < $1.index } }
    }

    package func link(named name: LinkName) throws(NetlinkError) -> Link? {
        read { state in state.links.values.first { $0.name == name } }
    }

    package func link(_ index: InterfaceIndex) throws(NetlinkError) -> Link? {
        read { $0.links[index] }
    }

    package func addresses(of interface: InterfaceIndex?) throws(NetlinkError) -> [Address] {
        read { $0.addresses.filter { interface == nil || $0.interface == interface } }
    }

    package func routes(_ filter: RouteFilter) throws(NetlinkError) -> [Route] {
        read { $0.routes.filter(filter.matches) }
    }

    package func routeLookup(to destination: IPAddress) throws(NetlinkError) -> Route {
        let found = read { state in state.lookup(destination) }
        guard let found else {
            throw NetlinkError(operation: "look up route", subject: "to \(destination)", errno: .networkUnreachable)
        }
        return found
    }

    package func neighbours(
        of interface: InterfaceIndex?,
        family: AddressFamily?
    ) throws(NetlinkError) -> [Neighbour] {
        read { state in
            state.neighbours.filter {
                (interface == nil || $0.interface == interface) && (family ?? $0.address.family) == $0.address.family
            }
        }
    }

    package func forwardingEntries(of interface: InterfaceIndex?) throws(NetlinkError) -> [ForwardingEntry] {
        read { $0.forwardingEntries.filter { interface == nil || $0.interface == interface } }
    }

    private func read<T: Sendable>(_ body: (borrowing KernelState) -> T) -> T {
        traffic.withLock { $0.reads += 1 }
        return state.withLock { state in body(state) }
    }
}

// MARK: - What a test asks

extension FakeKernel {
    /// The operations asked for so far, refused ones too, those of `interfere` aside.
    package var operations: [NetlinkOperation] { traffic.withLock { $0.operations } }

    /// How many operations were asked for since the last `forgetTraffic`.
    package var writes: Int { traffic.withLock { $0.operations.count } }

    /// How many dumps and queries were answered since the last `forgetTraffic`.
    package var reads: Int { traffic.withLock { $0.reads } }

    /// Sets both counters back.
    package func forgetTraffic() {
        traffic.withLock { traffic in
            traffic.operations = []
            traffic.reads = 0
        }
    }

    /// From now on an operation fails with the errno that `refusal` returns for it, if it returns one.
    package func refuse(_ refusal: @escaping @Sendable (NetlinkOperation) -> Errno?) {
        traffic.withLock { $0.refusal = refusal }
    }

    /// What happens from now on, as a monitor of every group would hear it.
    package func notifications() -> AsyncStream<NetlinkNotification> {
        let (stream, continuation) = AsyncStream.makeStream(of: NetlinkNotification.self)
        traffic.withLock { $0.listeners.append(continuation) }
        return stream
    }
}
