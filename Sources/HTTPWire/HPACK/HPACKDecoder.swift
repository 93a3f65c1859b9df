/// Why a field block cannot be decoded: a connection error of type COMPRESSION_ERROR (RFC 9113 section 4.3).
package struct HPACKError: Error, Hashable, Sendable {}

/// Decodes the field blocks of one connection in their order (RFC 7541).
///
/// What a block costs is bounded: fields above the limit are not copied, unless the table needs them, and it takes no more
/// of each than its size.
package struct HPACKDecoder: Sendable {
    /// The size of a table before anything is said of it (RFC 9113 section 6.5.2).
    static let initialTableSize = 4_096
    /// The smallest size since the last block, and the last one (RFC 7541 section 4.2).
    private static let mostSizeUpdates = 2

    private let tableSize: Int
    private var table = HPACKTable(maximumSize: Self.initialTableSize)
    private let fixed = HPACKStaticTable.shared
    private let huffman = HuffmanCode.shared

    /// - Parameter tableSize: the size of the dynamic table that the peer may use: SETTINGS_HEADER_TABLE_SIZE of ours.
    ///   Until the peer says that it uses another one, the size is 4,096.
    package init(tableSize: Int = 4_096) {
        self.tableSize = tableSize
    }

    /// Decodes a whole block behind what `fields` has. Fields above `limit` are left out, which `fields` then says; the
    /// table follows all the same.
    ///
    /// - Parameter limit: for names and values and 32 octets for each field (RFC 9113 section 6.5.2).
    package mutating func decode(
        _ block: Span<UInt8>,
        into fields: inout FieldSectionBuffer,
        limit: Int
    ) throws(HPACKError) {
        var offset = 0
        var room = limit
        try readSizeUpdates(block, &offset)
        while offset < block.count {
            let first = block[offset]
            if first >= 0x80 {
                let index = try HPACKInteger.read(block, &offset, prefix: 7)
                try appendIndexed(index, to: &fields, &room)
            } else if first >= 0x40 {
                try readLiteral(block, &offset, prefix: 6, isIndexed: true, to: &fields, &room)
            } else if first < 0x20 {
                try readLiteral(block, &offset, prefix: 4, isIndexed: false, to: &fields, &room)
            } else {
                // A size update behind a field.
                throw HPACKError()
            }
        }
    }

    /// RFC 7541 section 6.3.
    private mutating func readSizeUpdates(_ block: Span<UInt8>, _ offset: inout Int) throws(HPACKError) {
        var count = 0
        while offset < block.count, block[offset] & 0xe0 == 0x20 {
            let size = try HPACKInteger.read(block, &offset, prefix: 5)
            count &+= 1
            guard size <= tableSize, count <= Self.mostSizeUpdates else { throw HPACKError() }
            table.resize(size)
        }
    }

    /// RFC 7541 section 6.1.
    @inline(__always)
    private func appendIndexed(
        _ index: Int,
        to fields: inout FieldSectionBuffer,
        _ room: inout Int
    ) throws(HPACKError) {
        let place = index &- HPACKStaticTable.count &- 1
        if place < 0 {
            guard index > 0 else { throw HPACKError() }
            let range = fixed.range(index)
            guard fields.takes(range.count, &room) else { return }
            fields.append(fixed.octets.span.extracting(range), nameCount: fixed.nameCount(index))
        } else {
            guard place < table.count else { throw HPACKError() }
            let entry = table[place]
            guard fields.takes(entry.nameCount &+ entry.valueCount, &room) else { return }
            fields.append(table.octets.span.extracting(table.range(entry)), nameCount: entry.nameCount)
        }
    }

    /// RFC 7541 section 6.2.
    private mutating func readLiteral(
        _ block: Span<UInt8>,
        _ offset: inout Int,
        prefix: UInt8,
        isIndexed: Bool,
        to fields: inout FieldSectionBuffer,
        _ room: inout Int
    ) throws(HPACKError) {
        let isNeverIndexed = block[offset] & 0xf0 == 0x10
        let start = fields.octets.count
        let index = try HPACKInteger.read(block, &offset, prefix: prefix)
        if index == 0 {
            try readString(block, &offset, to: &fields.octets)
        } else {
            let name = try name(index)
            // Two octets can refer to a name as long as the table.
            if isIndexed || !fields.isTooLarge { append(name, of: index, to: &fields.octets) }
        }
        let nameEnd = fields.octets.count
        try readString(block, &offset, to: &fields.octets)
        let end = fields.octets.count
        if isIndexed {
            let octets = fields.octets.octets.span
            table.insert(name: octets.extracting(start..<nameEnd), value: octets.extracting(nameEnd..<end))
        }
        if fields.takes(end &- start, &room) {
            fields.appendPlace(start, nameEnd, end, isNeverIndexed: isNeverIndexed)
        } else {
            fields.octets.removeLast(end &- start)
        }
    }

    /// Where a name is, among the octets of the table that its index belongs to.
    @inline(__always)
    private func name(_ index: Int) throws(HPACKError) -> Range<Int> {
        let place = index &- HPACKStaticTable.count &- 1
        guard place >= 0 else { return fixed.name(index) }
        guard place < table.count else { throw HPACKError() }
        let entry = table[place]
        return table.range(entry).prefix(entry.nameCount)
    }

    @inline(__always)
    private func append(_ name: Range<Int>, of index: Int, to octets: inout OctetBuffer) {
        if index <= HPACKStaticTable.count {
            octets.append(fixed.octets.span, name)
        } else {
            octets.append(table.octets.span, name)
        }
    }

    /// RFC 7541 section 5.2.
    @inline(__always)
    private func readString(
        _ block: Span<UInt8>,
        _ offset: inout Int,
        to octets: inout OctetBuffer
    ) throws(HPACKError) {
        guard offset < block.count else { throw HPACKError() }
        let isHuffman = block[offset] >= 0x80
        let length = try HPACKInteger.read(block, &offset, prefix: 7)
        guard length <= block.count &- offset else { throw HPACKError() }
        let string = block.extracting(offset..<offset &+ length)
        offset &+= length
        guard isHuffman else { return octets.append(string) }
        guard huffman.decode(string, to: &octets) else { throw HPACKError() }
    }
}
