/// Which fields an encoder met lately, and where they are in its table.
///
/// A field has one slot, by what a part of its octets say, and displaces the one that was there: nothing is searched for.
struct HPACKMemory: Sendable {
    enum Outcome {
        /// It was not met lately.
        case isNew
        /// It was met, but is not in the table. If it goes there, `keep` has to be told.
        case isMetAgain(slot: Int)
        /// It is in the table, behind so many newer ones.
        case stands(place: Int)
    }

    private struct Slot: Sendable {
        var hash: UInt64 = 0
        /// The number of an entry, as the table counts insertions; -1 if there never was one.
        var entry = -1
    }

    private static let count = 64
    private var slots = [Slot](repeating: Slot(), count: Self.count)

    /// Looks for a field.
    ///
    /// - Parameters:
    ///   - known: the name, if it is known.
    ///   - name: in any case.
    @inline(__always)
    mutating func look(
        _ known: FieldName,
        _ name: Span<UInt8>,
        _ value: Span<UInt8>,
        in table: HPACKTable
    ) -> Outcome {
        let hash = Self.hash(known, name, value)
        let slot = Int(truncatingIfNeeded: hash &>> 58)
        guard slots[slot].hash == hash else {
            slots[slot] = Slot(hash: hash)
            return .isNew
        }
        let place = table.insertions &- 1 &- slots[slot].entry
        guard place < table.count else { return .isMetAgain(slot: slot) }
        return table.holds(name, value, at: place) ? .stands(place: place) : .isNew
    }

    /// Says that the field of a slot has become an entry.
    @inline(__always)
    mutating func keep(_ entry: Int, in slot: Int) { slots[slot].entry = entry }

    /// Of many octets, only some count: those in the table are compared one by one.
    @inline(__always)
    private static func hash(_ known: FieldName, _ name: Span<UInt8>, _ value: Span<UInt8>) -> UInt64 {
        var hash = known == .other ? mixed(UInt64(name.count), OctetWord.folded(first(name))) : UInt64(known.rawValue)
        hash = mixed(hash ^ UInt64(value.count) &<< 8, first(value))
        if value.count > 8 { hash = mixed(hash, OctetWord.load(value, at: value.count &- 8)) }
        if value.count > 16 { hash = mixed(hash, OctetWord.load(value, at: value.count / 2 &- 4)) }
        return hash
    }

    @inline(__always)
    private static func first(_ octets: Span<UInt8>) -> UInt64 { OctetWord.load(octets, at: 0, count: octets.count) }

    @inline(__always)
    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}
