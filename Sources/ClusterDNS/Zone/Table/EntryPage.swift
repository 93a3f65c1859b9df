/// Some of the table's entries. A page never changes: what differs is in another one.
///
/// Equal entries make equal pages, however they came about.
final class EntryPage: Sendable, Equatable {
    /// A slot for each entry, in order of tags, then of keys: the tag above, the entry's place in the octets below. The
    /// entries are in the same order: kind, length of the key, length of the value (four octets), key, value.
    let place: PagePlace

    /// A page without entries.
    static let empty = EntryPage([], [])

    private init(_ slots: [UInt64], _ octets: [UInt8]) {
        place = PagePlace(slots, octets)
    }

    deinit { place.free() }

    private func read<Result>(_ body: (Span<UInt64>, Span<UInt8>) -> Result) -> Result {
        defer { withExtendedLifetime(self) {} }
        return place.read(body)
    }

    /// The value of a key.
    func value(of key: EntryKey, hash: UInt64) -> [UInt8]? {
        read { slots, octets in
            let keyOctets = key.octets.span
            let range = EntryPage.find(key.kind, keyOctets, 0..<keyOctets.count, hash, slots, octets)
            return range.map { range in
                [UInt8](capacity: range.count) { value in
                    for index in range { value.append(octets[index]) }
                }
            }
        }
    }

    /// The page with some entries changed, which must be in the order of tags, then of keys.
    func applying(_ changes: some Collection<EntryChange>) -> EntryPage {
        read { slots, octets in
            var merge = PageMerge(slots: slots.count + changes.count, octets: octets.count)
            var changes = changes[...]
            for index in 0..<slots.count {
                let entry = EntryPlace(slots[index], octets)
                var isReplaced = false
                while let change = changes.first {
                    let order = change.order(against: entry, octets)
                    guard order <= 0 else { break }
                    merge.append(change)
                    isReplaced = isReplaced || order == 0
                    changes.removeFirst()
                }
                if !isReplaced { merge.append(entry, octets) }
            }
            for change in changes { merge.append(change) }
            return EntryPage(merge.slots, merge.octets)
        }
    }

    static func == (left: EntryPage, right: EntryPage) -> Bool {
        if left === right { return true }
        return left.read { slots, octets in
            right.read { otherSlots, otherOctets in
                guard slots.count == otherSlots.count, octets.count == otherOctets.count else { return false }
                for index in 0..<slots.count where slots[index] != otherSlots[index] { return false }
                for index in 0..<octets.count where octets[index] != otherOctets[index] { return false }
                return true
            }
        }
    }

    /// Where the value of a key is in a page's octets. Tags are spread evenly: the search starts where this one should be.
    static func find(
        _ kind: EntryKind,
        _ key: Span<UInt8>,
        _ range: Range<Int>,
        _ hash: UInt64,
        _ slots: Span<UInt64>,
        _ octets: Span<UInt8>
    ) -> Range<Int>? {
        let tag = hash & 0xffff_ffff
        var index = Int((tag &* UInt64(slots.count)) >> 32)
        while index > 0, slots[index - 1] >> 32 >= tag { index -= 1 }
        while index < slots.count, slots[index] >> 32 <= tag {
            if slots[index] >> 32 == tag {
                let entry = EntryPlace(slots[index], octets)
                if entry.isFor(kind, key, range, octets) { return entry.value }
            }
            index += 1
        }
        return nil
    }
}

/// Where the parts of an entry are in its page's octets.
struct EntryPlace {
    static let headerLength = 6

    let tag: UInt32
    let start: Int
    let key: Range<Int>
    let value: Range<Int>

    init(_ slot: UInt64, _ octets: Span<UInt8>) {
        tag = UInt32(slot >> 32)
        start = Int(slot & 0xffff_ffff)
        key = start + Self.headerLength..<start + Self.headerLength + Int(octets[start + 1])
        value = key.upperBound..<key.upperBound + Int(octets.number32(at: start + 2))
    }

    /// Whether the entry has this key.
    func isFor(_ kind: EntryKind, _ other: Span<UInt8>, _ range: Range<Int>, _ octets: Span<UInt8>) -> Bool {
        guard octets[start] == kind.rawValue, key.count == range.count else { return false }
        for offset in 0..<range.count where octets[key.lowerBound + offset] != other[range.lowerBound + offset] {
            return false
        }
        return true
    }
}

/// A change of one entry: its new value, or nil if it goes.
struct EntryChange {
    let hash: UInt64
    let key: EntryKey
    let value: [UInt8]?

    var tag: UInt32 { UInt32(truncatingIfNeeded: hash) }

    /// Below zero if the change comes before the entry, zero if it concerns it.
    fileprivate func order(against entry: EntryPlace, _ octets: Span<UInt8>) -> Int {
        guard tag == entry.tag else { return tag < entry.tag ? -1 : 1 }
        let other = [octets[entry.start]] + entry.key.map { octets[$0] }
        let own = [key.kind.rawValue] + key.octets
        return own == other ? 0 : own.lexicographicallyPrecedes(other) ? -1 : 1
    }
}

/// A page in the making.
private struct PageMerge {
    private(set) var slots: [UInt64] = []
    private(set) var octets: [UInt8] = []

    init(slots: Int, octets: Int) {
        self.slots.reserveCapacity(slots)
        self.octets.reserveCapacity(octets)
    }

    mutating func append(_ change: EntryChange) {
        guard let value = change.value else { return }
        slots.append(UInt64(change.tag) << 32 | UInt64(octets.count))
        octets += [change.key.kind.rawValue, UInt8(change.key.octets.count)]
        octets.append(bigEndian: UInt32(value.count))
        octets += change.key.octets
        octets += value
    }

    mutating func append(_ entry: EntryPlace, _ others: Span<UInt8>) {
        slots.append(UInt64(entry.tag) << 32 | UInt64(octets.count))
        let range = entry.start..<entry.value.upperBound
        octets.append(addingCapacity: range.count) { output in
            for index in range { output.append(others[index]) }
        }
    }
}
