import NetworkTypes

extension RecordData {
    /// Decodes the data of a record; `cursor` runs over exactly that.
    init(
        _ type: RecordType,
        _ recordClass: RecordClass,
        _ cursor: PacketCursor,
        _ packet: Span<UInt8>
    ) throws(DNSParseError) {
        var cursor = cursor
        switch type {
        case .a where recordClass == .in: self = .a(IPv4Address(rawValue: try cursor.number32(packet)))
        case .aaaa where recordClass == .in:
            let bytes = try cursor.octets(16, packet)
            self = .aaaa(IPv6Address(rawValue: bytes.reduce(0) { $0 << 8 | UInt128($1) }))
        case .ns: self = .ns(try cursor.name(packet))
        case .cname: self = .cname(try cursor.name(packet))
        case .ptr: self = .ptr(try cursor.name(packet))
        case .soa: self = .soa(try StartOfAuthority(&cursor, packet))
        case .srv: self = .srv(try ServiceLocation(&cursor, packet))
        case .mx:
            let preference = try cursor.number16(packet)
            self = .mx(preference: preference, exchange: try cursor.name(packet))
        case .txt:
            var strings: [[UInt8]] = []
            repeat { strings.append(try cursor.string(packet)) } while !cursor.isAtEnd
            self = .txt(strings)
        case .hinfo:
            let processor = try cursor.string(packet)
            self = .hinfo(processor: processor, system: try cursor.string(packet))
        default: self = .other(type, try NameFields.expanded(type, &cursor, packet))
        }
        guard cursor.isAtEnd else { throw DNSParseError(.malformedData, at: cursor.offset) }
    }
}

extension StartOfAuthority {
    fileprivate init(_ cursor: inout PacketCursor, _ packet: Span<UInt8>) throws(DNSParseError) {
        primary = try cursor.name(packet)
        mailbox = try cursor.name(packet)
        serial = try cursor.number32(packet)
        refresh = try cursor.number32(packet)
        retry = try cursor.number32(packet)
        expire = try cursor.number32(packet)
        minimum = try cursor.number32(packet)
    }
}

extension ServiceLocation {
    fileprivate init(_ cursor: inout PacketCursor, _ packet: Span<UInt8>) throws(DNSParseError) {
        priority = try cursor.number16(packet)
        weight = try cursor.number16(packet)
        port = try cursor.number16(packet)
        target = try cursor.name(packet)
    }
}
