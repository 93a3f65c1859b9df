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

    package private(set) var octets = OctetBuffer()
    package private(set) var places: [Place] = []
    /// Whether fields were left out because of the limit.
    package internal(set) var isTooLarge = false

    package init() {}

    package mutating func append(name: Span<UInt8>, value: Span<UInt8>, isNeverIndexed: Bool = false) {
        let start = UInt32(octets.count)
        octets.append(name)
        octets.append(value)
        let nameEnd = start + UInt32(name.count)
        places.append(
            Place(
                start: start,
                nameEnd: nameEnd,
                valueEnd: nameEnd + UInt32(value.count),
                isNeverIndexed: isNeverIndexed
            )
        )
    }

    package mutating func removeAll() {
        octets.removeAll()
        places.removeAll(keepingCapacity: true)
        isTooLarge = false
    }
}
