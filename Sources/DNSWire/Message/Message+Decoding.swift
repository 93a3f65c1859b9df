extension Message {
    /// Decodes a packet. Octets behind the last counted record are ignored.
    package init(decoding packet: [UInt8]) throws(DNSParseError) {
        try self.init(decoding: packet.span)
    }

    /// Decodes a packet. Octets behind the last counted record are ignored.
    package init(decoding packet: Span<UInt8>) throws(DNSParseError) {
        guard let header = MessageHeader(packet) else { throw DNSParseError(.truncated, at: packet.count) }
        self.init(
            id: header.id,
            opcode: header.opcode,
            flags: header.flags,
            code: ResponseCode(rawValue: header.code),
            questions: []
        )
        var cursor = PacketCursor(offset: MessageHeader.length, end: packet.count)
        for _ in 0..<header.counts.questions {
            let name = try cursor.name(packet)
            let type = RecordType(rawValue: try cursor.number16(packet))
            questions.append(Question(name, type, class: RecordClass(rawValue: try cursor.number16(packet))))
        }
        for _ in 0..<header.counts.answers { answers.append(try Self.record(packet, &cursor)) }
        for _ in 0..<header.counts.authorities { authorities.append(try Self.record(packet, &cursor)) }
        for _ in 0..<header.counts.additionals { try decodeAdditional(packet, &cursor) }
    }

    private mutating func decodeAdditional(
        _ packet: Span<UInt8>,
        _ cursor: inout PacketCursor
    ) throws(DNSParseError) {
        var record = try EncodedRecord(packet, &cursor)
        guard record.type == .opt else {
            additionals.append(try record.decoded(packet))
            return
        }
        guard edns == nil else { throw DNSParseError(.secondExtension, at: record.offset) }
        guard record.name.isRoot else { throw DNSParseError(.misplacedExtension, at: record.offset) }
        edns = try EDNS(&record, packet)
        code = ResponseCode(rawValue: UInt16(truncatingIfNeeded: record.ttl >> 24) << 4 | code.rawValue)
    }

    private static func record(
        _ packet: Span<UInt8>,
        _ cursor: inout PacketCursor
    ) throws(DNSParseError) -> ResourceRecord {
        let record = try EncodedRecord(packet, &cursor)
        guard record.type != .opt else { throw DNSParseError(.misplacedExtension, at: record.offset) }
        return try record.decoded(packet)
    }
}

extension EDNS {
    fileprivate init(_ record: inout EncodedRecord, _ packet: Span<UInt8>) throws(DNSParseError) {
        self.init(
            payloadSize: record.classNumber,
            version: UInt8(truncatingIfNeeded: record.ttl >> 16),
            dnssecOK: record.ttl & 0x8000 != 0
        )
        while !record.data.isAtEnd {
            let code = OptionCode(rawValue: try record.data.number16(packet))
            let length = Int(try record.data.number16(packet))
            options.append(EDNSOption(code, try record.data.octets(length, packet)))
        }
    }
}
