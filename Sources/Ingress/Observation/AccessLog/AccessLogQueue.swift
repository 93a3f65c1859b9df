import Synchronization

/// Lines of the access log, each with its end.
struct AccessLines: Sendable {
    private(set) var octets: [UInt8] = []
    private(set) var count = 0

    init() {}

    /// None, with the memory that others took.
    init(like former: AccessLines) {
        octets.reserveCapacity(former.octets.capacity)
    }

    /// - Parameters:
    ///   - room: at least as many octets as are written.
    ///   - write: appends the line without its end.
    mutating func append(room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        octets.append(addingCapacity: room + 1) { octets in
            write(&octets)
            octets.append(UInt8(ascii: "\n"))
        }
        count += 1
    }
}

/// Requests on their way from the loops to the log. Has bounded room, and makes no loop wait.
final class AccessLogQueue: Sendable {
    /// How many requests wait for the log.
    static let room = 2_048

    private struct State {
        var lines: [AccessLines] = []
        var count = 0
        /// Since the last look.
        var dropped: UInt64 = 0
        var droppedInAll: UInt64 = 0

        /// - Parameter lost: how many were dropped before.
        mutating func note(_ lines: AccessLines, dropped lost: UInt64) {
            var lost = lost
            if count + lines.count <= AccessLogQueue.room {
                self.lines.append(lines)
                count += lines.count
            } else {
                lost += UInt64(lines.count)
            }
            dropped += lost
            droppedInAll += lost
        }
    }

    private let state = Mutex(State())
    private let requests = Atomic<UInt64>(0)
    /// An element when there is something to take.
    let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() {
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Counts a request. Returns how many there were so far, this one included.
    func countRequest() -> UInt64 { requests.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Takes lines if there is room for all of them, and drops them otherwise. Returns false, and does neither, if somebody
    /// else is at it.
    ///
    /// - Parameter dropped: how many were dropped before.
    func offer(_ lines: AccessLines, dropped: UInt64) -> Bool {
        let wasEmpty = state.withLockIfAvailable { state in
            defer { state.note(lines, dropped: dropped) }
            return state.lines.isEmpty
        }
        guard let wasEmpty else { return false }
        // Who has not taken the former ones yet is awake.
        if wasEmpty { wake.yield() }
        return true
    }

    /// The lines that wait, and how many were dropped since the last call.
    func take() -> (lines: [AccessLines], dropped: UInt64) {
        state.withLock { state in
            defer { (state.lines, state.count, state.dropped) = ([], 0, 0) }
            return (state.lines, state.dropped)
        }
    }

    /// How many requests were dropped since the start.
    var dropped: UInt64 { state.withLock(\.droppedInAll) }
}
