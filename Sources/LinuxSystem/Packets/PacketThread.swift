internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread that serves packets.
package final class PacketThread: Sendable {
    private let event: SharedDescriptor
    private let isStopping = Atomic(false)
    private let ended: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: at most 15 bytes of it are the thread's name.
    ///   - service: makes what the thread serves, on the thread.
    package static func start(
        name: String,
        serving service: @escaping @Sendable () -> some PacketService & SendableMetatype
    ) throws(SystemCallError) -> PacketThread {
        let event = SharedDescriptor(adopting: try systemCall("eventfd") { linnet_event_open() })
        let epoll = SharedDescriptor(adopting: try systemCall("epoll_create1") { linnet_epoll_open() })
        let thread = PacketThread(event)
        detachThread {
            unsafe linnet_name_thread(name)
            let signalStack = unsafe linnet_signal_stack_install()
            var loop = PacketLoop(service(), PacketPorts(epoll: epoll, event: event))
            loop.run { thread.isStopping.load(ordering: .acquiring) }
            unsafe linnet_signal_stack_remove(signalStack)
            thread.end.finish()
        }
        return thread
    }

    private init(_ event: SharedDescriptor) {
        self.event = event
        (ended, end) = AsyncStream.makeStream(of: Void.self)
    }

    /// Has the service begin another round soon.
    package func wake() {
        _ = linnet_event_signal(event.rawValue)
    }

    /// Answers what has come already, ends the thread and waits until it has ended. To be called once.
    package func stop() async {
        isStopping.store(true, ordering: .releasing)
        wake()
        for await _ in ended {}
    }
}
