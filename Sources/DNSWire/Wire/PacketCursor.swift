/// Reads a packet from the front to an end. It throws where the packet is shorter than what is asked for.
struct PacketCursor {
    /// The next octet to be read.
    private(set) var offset: Int
    /// The first octet that is not to be read. At most the length of the packet.
    let end: Int
    /// What is wrong if the end comes too early.
    private let shortage: DNSParseError.Fault

    init(offset: Int, end: Int, shortage: DNSParseError.Fault = .truncated) {
        self.offset = offset
        self.end = end
        self.shortage = shortage
    }

    var isAtEnd: Bool { offset >= end }

    mutating func octet(_ packet: Span<UInt8>) throws(DNSParseError) -> UInt8 {
        packet[try advance(1)]
    }

    mutating func number16(_ packet: Span<UInt8>) throws(DNSParseError) -> UInt16 {
        let start = try advance(2)
        return UInt16(packet[start]) << 8 | UInt16(packet[start + 1])
    }

    mutating func number32(_ packet: Span<UInt8>) throws(DNSParseError) -> UInt32 {
        let high = UInt32(try number16(packet))
        return high << 16 | UInt32(try number16(packet))
    }

    mutating func octets(_ count: Int, _ packet: Span<UInt8>) throws(DNSParseError) -> [UInt8] {
        let start = try advance(count)
        return (start..<start + count).map { packet[$0] }
    }

    /// A cursor over the next `count` octets, which this one skips.
    mutating func part(_ count: Int, shortage: DNSParseError.Fault) throws(DNSParseError) -> PacketCursor {
        let start = try advance(count)
        return PacketCursor(offset: start, end: start + count, shortage: shortage)
    }

    /// The octets that are left.
    mutating func rest(_ packet: Span<UInt8>) throws(DNSParseError) -> [UInt8] {
        try octets(end - offset, packet)
    }

    /// A string behind its length (RFC 1035 section 3.3).
    mutating func string(_ packet: Span<UInt8>) throws(DNSParseError) -> [UInt8] {
        try octets(Int(try octet(packet)), packet)
    }

    /// A name, whose labels may be anywhere before it (RFC 1035 section 4.1.4).
    ///
    /// Each pointer must lead to before the run of labels that it ends, so that no chain of them closes; their number is
    /// limited too, since a packet of many names could repeat a long chain for each.
    mutating func name(_ packet: Span<UInt8>) throws(DNSParseError) -> DNSName {
        var wire: [UInt8] = []
        var run = PacketCursor(offset: offset, end: end, shortage: shortage)
        var start = offset
        var pointers = 0
        while true {
            let position = run.offset
            let length = try run.octet(packet)
            switch length >> 6 {
            case 0:
                wire.append(length)
                guard wire.count + Int(length) <= DNSName.maximumLength else {
                    throw DNSParseError(.longName, at: position)
                }
                if length == 0 {
                    if pointers == 0 { offset = run.offset }
                    return DNSName(validated: wire)
                }
                wire += try run.octets(Int(length), packet)
            case 3:
                let target = Int(length & 0x3f) << 8 | Int(try run.octet(packet))
                if pointers == 0 { offset = run.offset }
                pointers += 1
                guard target < start, target >= MessageHeader.length, pointers < 128 else {
                    throw DNSParseError(.badPointer, at: position)
                }
                start = target
                run = PacketCursor(offset: target, end: packet.count)
            default: throw DNSParseError(.reservedLabel, at: position)
            }
        }
    }

    /// Moves on by `count` octets and returns where they begin.
    private mutating func advance(_ count: Int) throws(DNSParseError) -> Int {
        guard count <= end - offset else { throw DNSParseError(shortage, at: end) }
        defer { offset += count }
        return offset
    }
}
