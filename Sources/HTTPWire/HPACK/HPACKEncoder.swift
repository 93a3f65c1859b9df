/// Encodes the field blocks of one connection in their order (RFC 7541).
package struct HPACKEncoder: Sendable {
    package init() {}

    /// The peer's SETTINGS_HEADER_TABLE_SIZE: the next block begins with what follows from it.
    package mutating func allowTable(size: Int) {}

    /// To be called before the first field of each block.
    package mutating func begin(_ block: inout OctetBuffer) {}

    /// Appends `:status` with a status of three digits.
    package mutating func append(status: UInt16, to block: inout OctetBuffer) {}

    /// Appends a field.
    ///
    /// - Parameters:
    ///   - name: in any case; it is written in lower case (RFC 9113 section 8.2).
    ///   - isSensitive: whether nobody is to keep it in a table (RFC 7541 section 7.1.3).
    package mutating func append(
        name: Span<UInt8>,
        value: Span<UInt8>,
        isSensitive: Bool = false,
        to block: inout OctetBuffer
    ) {}
}
