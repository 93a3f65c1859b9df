import Synchronization

/// Requests on their way from the loops to the log. Has bounded room, and makes no loop wait.
final class AccessLogQueue: Sendable {
    /// How many requests wait for the log.
    static let room = 2_048

    private struct State {
        var entries: [AccessEntry] = []
        /// How many were taken since the start.
        var taken: UInt64 = 0
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

    /// Takes as many requests as there is room for, and drops the others. Returns false, and does neither, if somebody else
    /// is at it.
    ///
    /// - Parameter dropped: how many were dropped before.
    func offer(_ entries: [AccessEntry], dropped: UInt64) -> Bool {
        let isTaken = state.withLockIfAvailable { state in
            let fitting = entries.prefix(Self.room - state.entries.count)
            state.entries += fitting
            let lost = dropped + UInt64(entries.count - fitting.count)
            state.dropped += lost
            state.droppedInAll += lost
            return true
        }
        guard isTaken == true else { return false }
        wake.yield()
        return true
    }

    /// The requests that wait, how many were taken before them, and how many were dropped since the last call.
    func take() -> (entries: [AccessEntry], former: UInt64, dropped: UInt64) {
        state.withLock { state in
            defer {
                state.taken += UInt64(state.entries.count)
                (state.entries, state.dropped) = ([], 0)
            }
            return (state.entries, state.taken, state.dropped)
        }
    }

    /// How many requests were dropped since the start.
    var dropped: UInt64 { state.withLock(\.droppedInAll) }
}

/// What one loop has for the log.
struct AccessLogBuffer {
    /// How many requests wait in a loop for their turn.
    private static let room = 512

    let queue: AccessLogQueue
    private var entries: [AccessEntry] = []
    private var dropped: UInt64 = 0

    init(_ queue: AccessLogQueue) {
        self.queue = queue
    }

    mutating func add(_ entry: AccessEntry) {
        if entries.count < Self.room { entries.append(entry) } else { dropped += 1 }
    }

    /// Hands over what is there. Returns whether nothing is left.
    mutating func flush() -> Bool {
        guard !entries.isEmpty || dropped > 0 else { return true }
        guard queue.offer(entries, dropped: dropped) else { return false }
        entries.removeAll(keepingCapacity: true)
        dropped = 0
        return true
    }
}
