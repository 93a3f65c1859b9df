import Synchronization

/// Lines on their way from the threads that answer to the log. Has bounded room, and makes no thread wait.
final class QueryLogQueue: Sendable {
    /// Octets of lines that wait for the log.
    static let room = 256 << 10

    private struct State {
        /// Each with a newline behind it.
        var lines: [UInt8] = []
        /// Since the last look.
        var dropped: UInt64 = 0
        var droppedInAll: UInt64 = 0
    }

    private let state = Mutex(State())
    /// An element when there is something to take.
    let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() {
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes lines, or drops them if there is no room. Returns false, and does neither, if somebody else is at it.
    ///
    /// - Parameters:
    ///   - lines: `count` of them, each with a newline behind it.
    ///   - dropped: how many were dropped before.
    func offer(_ lines: [UInt8], count: UInt64, dropped: UInt64) -> Bool {
        let isTaken = state.withLockIfAvailable { state in
            let fits = state.lines.count + lines.count <= Self.room
            if fits { state.lines += lines }
            let lost = dropped + (fits ? 0 : count)
            state.dropped += lost
            state.droppedInAll += lost
            return true
        }
        guard isTaken == true else { return false }
        wake.yield()
        return true
    }

    /// The lines that wait, and how many were dropped since the last call.
    func take() -> (lines: [UInt8], dropped: UInt64) {
        state.withLock { state in
            defer { (state.lines, state.dropped) = ([], 0) }
            return (state.lines, state.dropped)
        }
    }

    /// How many lines were dropped since the start.
    var dropped: UInt64 { state.withLock(\.droppedInAll) }
}
