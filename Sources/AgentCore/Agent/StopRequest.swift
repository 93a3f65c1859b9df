import Synchronization

/// That the agent is to stop: remembered from when it was asked for, whether anybody waits for it or not.
final class StopRequest: Sendable {
    private struct State {
        var isMade = false
        var waiting: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    var isMade: Bool { state.withLock(\.isMade) }

    func make() {
        let waiting = state.withLock { state in
            state.isMade = true
            return state.waiting
        }
        waiting?.finish()
    }

    /// Returns once the request is made, or the task is cancelled. One caller at a time.
    func wait() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let isMade = state.withLock { state in
            state.waiting = continuation
            return state.isMade
        }
        guard !isMade else { return }
        for await _ in stream {}
    }
}
