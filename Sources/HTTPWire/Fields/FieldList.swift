/// The fields of a head, in their order. It keeps its memory for the next head.
package struct FieldList: Sendable {
    @usableFromInline
    private(set) var fields: [Field] = []

    init() {}

    @inlinable
    package var count: Int { fields.count }

    @inlinable
    package var isEmpty: Bool { fields.isEmpty }

    @inlinable
    package subscript(index: Int) -> Field { fields[index] }

    /// The first field of a known name.
    @inlinable
    package func first(_ name: FieldName) -> Field? {
        for index in 0..<fields.count where fields[index].name == name { return fields[index] }
        return nil
    }

    @inlinable
    package func contains(_ name: FieldName) -> Bool { first(name) != nil }

    @inline(__always)
    mutating func append(_ field: Field) { fields.append(field) }

    mutating func removeAll() { fields.removeAll(keepingCapacity: true) }
}
