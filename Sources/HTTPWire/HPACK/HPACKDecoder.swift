/// Why a field block cannot be decoded: a connection error of type COMPRESSION_ERROR (RFC 9113 section 4.3).
package struct HPACKError: Error, Hashable, Sendable {}

/// Decodes the field blocks of one connection in their order (RFC 7541).
package struct HPACKDecoder: Sendable {
    /// - Parameter tableSize: the size of the dynamic table that the peer may use: SETTINGS_HEADER_TABLE_SIZE of ours.
    package init(tableSize: Int = 4_096) {}

    /// Decodes a whole block behind what `fields` has. Fields above `limit` are left out, which `fields` then says; the
    /// table follows all the same.
    ///
    /// - Parameter limit: for names and values and 32 octets for each field (RFC 9113 section 6.5.2).
    package mutating func decode(
        _ block: Span<UInt8>,
        into fields: inout FieldSectionBuffer,
        limit: Int
    ) throws(HPACKError) {
        throw HPACKError()
    }
}
