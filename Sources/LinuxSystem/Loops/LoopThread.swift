internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread that runs a loop over sockets.
package final class LoopThread: Sendable {
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
    ///   - namespace: where the sockets it opens are, if not where the caller is.
    ///   - serve: runs the loop on an epoll descriptor until the function it is given says that it is to stop. An event
    ///     of the descriptor with the number of the event descriptor means only that the loop is to look again.
    static func start(
        name: String,
        in namespace: NetworkNamespace? = nil,
        watchingBy watch: (_ epoll: SharedDescriptor, _ event: SharedDescriptor) throws(SystemCallError) -> Void,
        running serve: @escaping @Sendable (_ epoll: SharedDescriptor, _ isStopping: () -> Bool) -> Void
    ) throws(SystemCallError) -> LoopThread {
        let event = SharedDescriptor(adopting: try systemCall("eventfd") { linnet_event_open() })
        let epoll = SharedDescriptor(adopting: try systemCall("epoll_create1") { linnet_epoll_open() })
        try watch(epoll, event)
        let thread = LoopThread(event)
        // What was left for the service before it is there is taken at once.
        thread.wake()
        let work: @Sendable () -> Void = {
            unsafe linnet_name_thread(name)
            let signalStack = unsafe linnet_signal_stack_install()
            serve(epoll) { thread.isStopping.load(ordering: .acquiring) }
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

    /// Has the loop come to its end, and waits until its sockets are closed. A task that is cancelled waits too. To be
    /// called once.
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
}
