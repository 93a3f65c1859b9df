package import NIOCore

/// What is to be done on a loop, at once or at a time.
package struct LoopTasks: Sendable {
    /// Something to do.
    package typealias Body = @Sendable () -> Void

    private struct Timed {
        let time: NIODeadline
        let number: UInt64
        let body: Body
        let cancel: Body
    }

    private var ready: [Body] = []
    /// By time; those of one time as they were given.
    private var timed: [Timed] = []
    private var nextNumber: UInt64 = 0

    package init() {}

    /// The time of the first that has one.
    package var nextTime: NIODeadline? { timed.first?.time }

    /// Whether something is to be done at once.
    package var isReady: Bool { !ready.isEmpty }

    /// Adds what is to be done at once.
    package mutating func add(_ body: @escaping Body) { ready.append(body) }

    /// Adds what is to be done at a time. The number is for `remove`.
    ///
    /// - Parameter cancel: is done instead by `removeAll`.
    package mutating func add(at time: NIODeadline, _ body: @escaping Body, cancel: @escaping Body) -> UInt64 {
        let number = nextNumber
        nextNumber += 1
        // Nearly all have the same delay, so the new one is the last.
        var place = timed.endIndex
        while place > 0, timed[place - 1].time > time { place -= 1 }
        timed.insert(Timed(time: time, number: number, body: body, cancel: cancel), at: place)
        return number
    }

    /// Removes what was to be done at a time, unless it is done.
    package mutating func remove(_ number: UInt64, at time: NIODeadline) {
        var place = firstPlace(notBefore: time)
        while place < timed.endIndex, timed[place].time == time {
            if timed[place].number == number {
                timed.remove(at: place)
                return
            }
            place += 1
        }
    }

    /// Takes what is to be done by now: what had a time first, by it.
    package mutating func takeDue(_ now: NIODeadline) -> [Body] {
        guard let first = timed.first, first.time <= now else { return takeReady() }
        let end = timed.firstIndex { $0.time > now } ?? timed.endIndex
        let due = timed[..<end].map(\.body) + ready
        timed.removeSubrange(..<end)
        ready.removeAll(keepingCapacity: true)
        return due
    }

    /// Takes what is to be done at once.
    package mutating func takeReady() -> [Body] {
        defer { ready = [] }
        return ready
    }

    /// Takes what cancels all that has a time.
    package mutating func removeAll() -> [Body] {
        defer { timed = [] }
        return timed.map(\.cancel)
    }

    private func firstPlace(notBefore time: NIODeadline) -> Int {
        var (low, high) = (timed.startIndex, timed.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if timed[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
