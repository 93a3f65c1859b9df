import LinuxSystem
import NIOCore
import NIOPosix
import Supervision
import Synchronization

/// DNS over TLS for all workers, on a thread of its own that is there from the first question on.
///
/// Workers hand it packets without waiting, and hear of what came of them by `deliver`, on its thread.
final class SecureTransport: Sendable {
    private struct Running: Sendable {
        let group: MultiThreadedEventLoopGroup
        let loop: any EventLoop
        let dialer: NIOLoopBoundBox<SecureDialer>
    }

    private enum State: Sendable {
        case idle
        case running(Running)
        case stopped
    }

    private let trust: UpstreamTrust
    private let deliver: @Sendable (SecureOutcome) -> Void
    private let note: @Sendable (Upstream, String?) -> Void
    private let state = Mutex(State.idle)

    /// - Parameters:
    ///   - deliver: takes what came of a worker's packet.
    ///   - note: takes what is wrong with an upstream, or that nothing is.
    init(
        _ trust: UpstreamTrust,
        delivering deliver: @escaping @Sendable (SecureOutcome) -> Void,
        noting note: @escaping @Sendable (Upstream, String?) -> Void
    ) {
        self.trust = trust
        self.deliver = deliver
        self.note = note
    }

    /// Sends a packet. What comes of it is delivered until `end`.
    func ask(_ question: SecureQuestion) {
        guard let running = run() else { return }
        running.loop.execute { running.dialer.value.ask(question) }
    }

    /// Waits no longer for what comes of a packet.
    func end(_ id: SecureQuestion.ID) {
        guard case .running(let running) = state.withLock({ $0 }) else { return }
        running.loop.execute { running.dialer.value.end(id) }
    }

    /// How upstreams were asked; none before the first question and after the end.
    func uses() async -> [Upstream: ConnectionUses] {
        guard case .running(let running) = state.withLock({ $0 }) else { return [:] }
        return (try? await running.loop.submit { running.dialer.value.uses }.get()) ?? [:]
    }

    /// Ends all connections and the thread. Later packets are lost.
    func stop() async {
        let former = state.withLock { state in
            defer { state = .stopped }
            return state
        }
        guard case .running(let running) = former else { return }
        // What the end of a connection would begin finds no thread any more.
        try? await running.loop.submit { running.dialer.value.stop() }.get()
        try? await running.group.shutdownGracefully()
    }

    private func run() -> Running? {
        state.withLock { state in
            switch state {
            case .stopped: return nil
            case .running(let running): return running
            case .idle:
                let running = start()
                state = .running(running)
                return running
            }
        }
    }

    private func start() -> Running {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        loop.execute { CurrentThread.take(name: CapabilityName.clusterDNS.threadName) }
        let (trust, deliver, note) = (trust, deliver, note)
        let dialer = NIOLoopBoundBox.makeBoxSendingValue(
            SecureDialer(trust, on: loop, delivering: deliver, noting: note),
            eventLoop: loop
        )
        return Running(group: group, loop: loop, dialer: dialer)
    }
}
