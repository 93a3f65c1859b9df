/// What came in: everything about a packet that can be decided without knowing what the server serves.
///
/// Class, AXFR and IXFR, ANY and RD are left to the server: they are questions of policy.
package enum ReceivedPacket: Hashable, Sendable {
    /// A response, or shorter than a header: no reply, or two servers could keep each other busy.
    case ignored
    /// Not to be answered with more than a header: another opcode, wrong counts, a question that cannot be read.
    case rejected(HeaderReply)
    /// The question was read, but something else is wrong: its reply repeats the question and has no records.
    case refused(Query, ResponseCode)
    case query(Query)

    /// Reads a packet, and no octet outside of it. Takes no memory.
    package init(_ packet: Span<UInt8>) {
        guard let header = MessageHeader(packet), !header.flags.contains(.response) else {
            self = .ignored
            return
        }
        guard header.opcode == .query else {
            self = .rejected(HeaderReply(header, .notImplemented))
            return
        }
        // RFC 9619 allows one question. An SOA record in the authority section belongs to IXFR (RFC 1995), a second
        // additional record may be a signature (RFC 8945).
        let counts = header.counts
        guard counts.questions == 1, counts.answers <= 1, counts.authorities <= 1, counts.additionals <= 2,
            let question = QuestionPlace(packet)
        else {
            self = .rejected(HeaderReply(header, .formatError))
            return
        }
        self = Self.afterQuestion(packet, header, question)
    }

    private static func afterQuestion(
        _ packet: Span<UInt8>,
        _ header: MessageHeader,
        _ question: QuestionPlace
    ) -> ReceivedPacket {
        let extensionReading = ExtensionReading(packet, from: question.end, header.counts)
        let query = Query(
            id: header.id,
            flags: header.flags,
            nameLength: question.nameLength,
            type: question.type,
            recordClass: question.recordClass,
            edns: extensionReading.edns
        )
        if extensionReading.isMalformed { return .refused(query, .formatError) }
        if let edns = extensionReading.edns, edns.version > 0 { return .refused(query, .badVersion) }
        switch query.type {
        // Records that are about a message: nobody can ask for them.
        case .opt, .tkey, .tsig: return .refused(query, .formatError)
        default: return .query(query)
        }
    }
}
