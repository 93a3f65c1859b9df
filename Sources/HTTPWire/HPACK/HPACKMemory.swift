/// Which fields an encoder met lately, and where they are in its table.
///
/// A field has one slot, by what a part of its octets say, and displaces the one that was there: nothing is searched for.
struct HPACKMemory: Sendable {
    /// A field that was met.
    struct Meeting {
        fileprivate let slot: Int
        /// The number of its entry, as the table counts insertions, if it ever was one; nil if it was not met lately.
        let entry: Int?
    }

    private struct Slot: Sendable {
        var hash: UInt64 = 0
        /// The number of an entry, as the table counts insertions; -1 if there never was one.
        var entry = -1
    }

    private static let count = 64
    private var slots = [Slot](repeating: Slot(), count: Self.count)

    /// Looks for a field, and keeps in mind that it was met.
    ///
    /// - Parameters:
    ///   - known: the name, if it is known.
    ///   - name: in any case.
    @inline(__always)
    mutating func meet(_ known: FieldName, _ name: Span<UInt8>, _ value: Span<UInt8>) -> Meeting {
        let hash = Self.hash(known, name, value)
        let slot = Int(truncatingIfNeeded: hash &>> 58)
        if slots[slot].hash == hash { return Meeting(slot: slot, entry: slots[slot].entry) }
        slots[slot] = Slot(hash: hash)
        return Meeting(slot: slot, entry: nil)
    }

    /// Says that a field that was met becomes an entry.
    @inline(__always)
    mutating func keep(_ entry: Int, for meeting: Meeting) { slots[meeting.slot].entry = entry }

    /// Of many octets, only some count: those in the table are compared one by one.
    @inline(__always)
    private static func hash(_ known: FieldName, _ name: Span<UInt8>, _ value: Span<UInt8>) -> UInt64 {
        var hash = UInt64(known.rawValue) &+ UInt64(value.count) &<< 8
        if known == .other { hash ^= OctetWord.folded(first(name)) &* 0xd6e8_feb8_6659_fd93 ^ UInt64(name.count) }
        hash ^= first(value) &* 0x9e37_79b9_7f4a_7c15
        if value.count > 8 { hash &+= OctetWord.load(value, at: value.count &- 8) &* 0xbf58_476d_1ce4_e5b9 }
        if value.count > 16 { hash ^= OctetWord.load(value, at: value.count / 2 &- 4) &* 0x94d0_49bb_1331_11eb }
        return (hash ^ hash &>> 32) &* 0x9e37_79b9_7f4a_7c15
    }

    @inline(__always)
    private static func first(_ octets: Span<UInt8>) -> UInt64 { OctetWord.load(octets, at: 0, count: octets.count) }
}
