import Synchronization

/// What happened, in order, from any thread; and a way to wait for it.
final class Record: Sendable {
    private struct State {
        var entries: [String] = []
        var listeners: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    var all: [String] { state.withLock { $0.entries } }

    func add(_ entry: String) {
        let listeners = state.withLock { state in
            state.entries.append(entry)
            return state.listeners
        }
        for listener in listeners { listener.yield() }
    }

    /// Waits until the entries are as wanted.
    func until(_ isWanted: ([String]) -> Bool) async {
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        change.yield()
        state.withLock { $0.listeners.append(change) }
        for await _ in changes where isWanted(all) { return }
    }

    /// Waits until the last entry is this one.
    func untilLast(_ entry: String) async {
        await until { $0.last == entry }
    }
}
