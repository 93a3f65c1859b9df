internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread that serves packets.
package final class PacketThread: Sendable {
    private let event: SharedDescriptor
    private let isStopping = Atomic(false)
    private let end = Mutex(End.awaitedByNobody)

    private enum End {
        case awaitedByNobody
        case awaited(CheckedContinuation<Void, Never>)
        case reached
    }

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: at most 15 bytes of it are the thread's name.
    ///   - namespace: where its exchanges take place, if not where the caller is.
    ///   - limits: other than those that suit DNS.
    ///   - service: makes what the thread serves, on the thread.
    package static func start(
        name: String,
        in namespace: NetworkNamespace? = nil,
        limits: PacketLimits = PacketLimits(),
        serving service: @escaping @Sendable () -> some PacketService & SendableMetatype
    ) throws(SystemCallError) -> PacketThread {
        let event = SharedDescriptor(adopting: try systemCall("eventfd") { linnet_event_open() })
        let epoll = SharedDescriptor(adopting: try systemCall("epoll_create1") { linnet_epoll_open() })
        _ = try systemCall("epoll_ctl") {
            linnet_epoll_control(epoll.rawValue, Int32(LINNET_EPOLL_ADD), event.rawValue, 0)
        }
        let thread = PacketThread(event)
        // What was left for the service before it is there is taken at once.
        thread.wake()
        let work: @Sendable () -> Void = {
            unsafe linnet_name_thread(name)
            let signalStack = unsafe linnet_signal_stack_install()
            thread.serve(service(), epoll, limits)
            unsafe linnet_signal_stack_remove(signalStack)
            thread.reachEnd()
        }
        if let namespace { try namespace.detachThread(work) } else { detachThread(work) }
        return thread
    }

    private init(_ event: SharedDescriptor) {
        self.event = event
    }

    /// Has the service begin another round soon.
    package func wake() {
        _ = linnet_event_signal(event.rawValue)
    }

    /// Answers what has come already, ends the thread and waits until its sockets are closed. What waits for the answers of
    /// others, and streams that take theirs slowly, have a second for it. A task that is cancelled waits too. To be called
    /// once.
    package func stop() async {
        isStopping.store(true, ordering: .releasing)
        wake()
        await withCheckedContinuation { continuation in
            let isReached = end.withLock { end in
                if case .reached = end { return true }
                end = .awaited(continuation)
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    private func reachEnd() {
        let former = end.withLock { end in
            defer { end = .reached }
            return end
        }
        if case .awaited(let continuation) = former { continuation.resume() }
    }

    /// The work of the thread; the sockets are closed when it returns.
    private func serve(_ service: some PacketService, _ epoll: SharedDescriptor, _ limits: PacketLimits) {
        var loop = PacketLoop(service, PacketPorts(epoll: epoll, limits), limits)
        loop.run { isStopping.load(ordering: .acquiring) }
    }
}
