import Synchronization

/// That the configuration is to be read again: goes to the composition of the agent that runs, or else to the next one.
final class ReloadRequests: Sendable {
    private struct State {
        var isPending = false
        var listener: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    func make() {
        state.withLock { state in
            if let listener = state.listener, case .enqueued = listener.yield() { return }
            state.isPending = true
        }
    }

    /// The requests from now on, with the one that nobody has heard yet. The newest caller is told.
    func subscribe() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            if state.isPending { continuation.yield() }
            state = State(listener: continuation)
        }
        return stream
    }
}
