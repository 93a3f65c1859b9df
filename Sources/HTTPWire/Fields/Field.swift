/// A field of a head: where its name and its value stand among the octets that were parsed.
package struct Field: Hashable, Sendable {
    package let name: FieldName
    /// Whether the line is just as it would be written here: a colon, one space, the value, the end of the line.
    @usableFromInline
    let isPlain: Bool
    package let nameStart: UInt32
    package let nameEnd: UInt32
    /// The value is without the blanks around it; start and end are equal if it is empty.
    package let valueStart: UInt32
    package let valueEnd: UInt32

    @inlinable
    package var nameRange: Range<Int> { Int(nameStart)..<Int(nameEnd) }

    @inlinable
    package var valueRange: Range<Int> { Int(valueStart)..<Int(valueEnd) }

    /// Whether the name is this one, which is in lower case.
    package func isNamed(_ lowerCaseName: Span<UInt8>, in octets: Span<UInt8>) -> Bool {
        guard lowerCaseName.count == nameRange.count, nameRange.upperBound <= octets.count else { return false }
        for index in 0..<lowerCaseName.count
        where Octet.folded(octets[nameRange.lowerBound &+ index]) != lowerCaseName[index] { return false }
        return true
    }
}
