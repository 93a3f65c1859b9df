/// Deadlines of many streams, most of which are moved on, or taken back, before they are over. Either costs a store: those
/// that were moved on or taken back are looked at once more when their old place comes by.
struct DeadlineWheel {
    /// Nothing is set.
    static let never = UInt32.max

    private struct Entry {
        var deadline = DeadlineWheel.never
        /// The deadline by which it is in its bucket; `never` if it is in none.
        var place = DeadlineWheel.never
        var next: Int32 = -1
        var previous: Int32 = -1
    }

    /// A power of two.
    private static let buckets: UInt32 = 1_024
    private var entries: [Entry] = []
    private var heads = [Int32](repeating: -1, count: Int(Self.buckets))
    /// A bit for each bucket that is not empty.
    private var filled = [UInt64](repeating: 0, count: Int(Self.buckets) / 64)
    /// The last tick that was looked at.
    private(set) var now: UInt32 = 0
    /// The tick that it is.
    var current: UInt32 = 0

    /// - Parameter tick: when, as `advance` counts; one that is over counts as the next.
    mutating func set(_ index: Int32, at tick: UInt32) {
        let index = Int(index)
        if index >= entries.count {
            entries.append(contentsOf: repeatElement(Entry(), count: index + 1 - entries.count))
        }
        let tick = max(tick, now + 1)
        entries[index].deadline = tick
        // In a later bucket it would be found too late; in an earlier one it is only looked at too soon.
        let place = entries[index].place
        if place == Self.never {
            link(index, at: tick)
        } else if tick < place {
            unlink(index)
            link(index, at: tick)
        }
    }

    /// - Parameter ticks: from the one that it is.
    mutating func set(_ index: Int32, after ticks: UInt32) { set(index, at: current + ticks) }

    mutating func clear(_ index: Int32) {
        if Int(index) < entries.count { entries[Int(index)].deadline = Self.never }
    }

    /// Whose deadlines are over by now, each of which is cleared. Those that are set meanwhile are over later.
    mutating func advance(to tick: UInt32) -> [Int32] {
        var over: [Int32] = []
        while now < tick {
            guard let next, next <= tick else {
                now = tick
                break
            }
            now = next
            var index = heads[Int(now % Self.buckets)]
            while index >= 0 {
                let entry = entries[Int(index)]
                if entry.place <= now {
                    unlink(Int(index))
                    if entry.deadline <= now {
                        entries[Int(index)].deadline = Self.never
                        over.append(index)
                    } else if entry.deadline != Self.never {
                        link(Int(index), at: entry.deadline)
                    }
                }
                index = entry.next
            }
        }
        return over
    }

    /// The next tick at which something has to be looked at, whether it is over by then or not; nil if nothing is.
    var next: UInt32? {
        let start = (now + 1) % Self.buckets
        var word = Int(start / 64)
        var bits = filled[word] & (UInt64.max << UInt64(start % 64))
        for _ in 0...filled.count {
            if bits != 0 {
                let bucket = UInt32(word * 64 + bits.trailingZeroBitCount)
                return now + 1 + (bucket &- start) % Self.buckets
            }
            word = (word + 1) % filled.count
            bits = filled[word]
        }
        return nil
    }

    /// What is further away than there are buckets waits in the last of them, and goes on from there.
    private mutating func link(_ index: Int, at tick: UInt32) {
        let place = min(tick, now + Self.buckets - 1)
        let bucket = Int(place % Self.buckets)
        entries[index].place = place
        entries[index].previous = -1
        entries[index].next = heads[bucket]
        if heads[bucket] >= 0 { entries[Int(heads[bucket])].previous = Int32(index) }
        heads[bucket] = Int32(index)
        filled[bucket / 64] |= 1 << UInt64(bucket % 64)
    }

    private mutating func unlink(_ index: Int) {
        let entry = entries[index]
        let bucket = Int(entry.place % Self.buckets)
        if entry.previous >= 0 { entries[Int(entry.previous)].next = entry.next } else { heads[bucket] = entry.next }
        if entry.next >= 0 { entries[Int(entry.next)].previous = entry.previous }
        if heads[bucket] < 0 { filled[bucket / 64] &= ~(1 << UInt64(bucket % 64)) }
        entries[index].place = Self.never
        entries[index].next = -1
        entries[index].previous = -1
    }
}
