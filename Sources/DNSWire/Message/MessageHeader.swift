/// The header of a message (RFC 1035 section 4.1.1).
struct MessageHeader: Hashable {
    /// In octets.
    static let length = 12

    var id: UInt16
    var opcode: Opcode
    var flags: HeaderFlags
    /// The low four bits of the response code.
    var code: UInt16
    var counts: SectionCounts

    /// The header of a packet, or nil if it is shorter than one.
    @inline(__always)
    init?(_ packet: Span<UInt8>) {
        guard packet.count >= Self.length, let id = packet.number16(at: 0), let word = packet.number16(at: 2),
            let questions = packet.number16(at: 4), let answers = packet.number16(at: 6),
            let authorities = packet.number16(at: 8), let additionals = packet.number16(at: 10)
        else { return nil }
        self.id = id
        opcode = Opcode(rawValue: UInt8(truncatingIfNeeded: word >> 11))
        flags = HeaderFlags(rawValue: word).intersection(.all)
        code = word & 0xf
        counts = SectionCounts(
            questions: questions,
            answers: answers,
            authorities: authorities,
            additionals: additionals
        )
    }

    init(id: UInt16, opcode: Opcode, flags: HeaderFlags, code: ResponseCode, counts: SectionCounts) {
        self.id = id
        self.opcode = opcode
        self.flags = flags.intersection(.all)
        self.code = code.headerBits
        self.counts = counts
    }

    /// Writes the header over the first twelve octets.
    @inline(__always)
    func write(into packet: inout MutableSpan<UInt8>) {
        packet.set(id, at: 0)
        packet.set(flags.rawValue | UInt16(opcode.rawValue) << 11 | code, at: 2)
        packet.set(counts.questions, at: 4)
        packet.set(counts.answers, at: 6)
        packet.set(counts.authorities, at: 8)
        packet.set(counts.additionals, at: 10)
    }
}

/// How many entries the sections of a message have.
struct SectionCounts: Hashable {
    var questions: UInt16 = 0
    var answers: UInt16 = 0
    var authorities: UInt16 = 0
    var additionals: UInt16 = 0
}
