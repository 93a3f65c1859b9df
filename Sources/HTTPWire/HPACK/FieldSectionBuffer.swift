/// A field section as HPACK gave it: names and values one behind the other among `octets`. It keeps its memory for the next.
package struct FieldSectionBuffer: ~Copyable, Sendable {
    /// Where one field stands: the value follows the name.
    package struct Place: Hashable, Sendable {
        package let start: UInt32
        package let nameEnd: UInt32
        package let valueEnd: UInt32
        /// Whether whoever passes it on has to leave it out of the tables too (RFC 7541 section 6.2.3).
        package let isNeverIndexed: Bool

        package var name: Range<Int> { Int(start)..<Int(nameEnd) }
        package var value: Range<Int> { Int(nameEnd)..<Int(valueEnd) }
    }

    package internal(set) var octets = OctetBuffer()
    package private(set) var places: [Place] = []
    /// Whether fields were left out because of the limit.
    package internal(set) var isTooLarge = false

    package init() {}

    package mutating func append(name: Span<UInt8>, value: Span<UInt8>, isNeverIndexed: Bool = false) {
        let start = octets.count
        octets.append(name)
        octets.append(value)
        appendPlace(start, start + name.count, start + name.count + value.count, isNeverIndexed: isNeverIndexed)
    }

    package mutating func removeAll() {
        octets.removeAll()
        places.removeAll(keepingCapacity: true)
        isTooLarge = false
    }

    /// Appends a field whose name and value are one behind the other.
    @inline(__always)
    mutating func append(_ field: Span<UInt8>, nameCount: Int) {
        let start = octets.count
        octets.append(field)
        appendPlace(start, start &+ nameCount, start &+ field.count, isNeverIndexed: false)
    }

    /// Appends a field whose octets are there already.
    @inline(__always)
    mutating func appendPlace(_ start: Int, _ nameEnd: Int, _ valueEnd: Int, isNeverIndexed: Bool) {
        places.append(
            Place(
                start: UInt32(start),
                nameEnd: UInt32(nameEnd),
                valueEnd: UInt32(valueEnd),
                isNeverIndexed: isNeverIndexed
            )
        )
    }

    /// Whether a field of so many octets is within the limit, of which `room` is left. Behind one that is not, none is.
    @inline(__always)
    mutating func takes(_ count: Int, _ room: inout Int) -> Bool {
        room &-= count &+ HPACKTable.overhead
        if room < 0 { isTooLarge = true }
        return room >= 0
    }
}
