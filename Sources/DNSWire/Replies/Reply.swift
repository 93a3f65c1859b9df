/// What a reply says besides its records, and how it is written: in place, over its query, without taking memory.
package struct Reply: Hashable, Sendable {
    package var code: ResponseCode
    /// What the server says of itself and the answer: AA, RA, AD. QR, RD, CD and TC are added.
    ///
    /// Keep it in a constant: outside of this module, a literal of several flags takes memory whenever it is evaluated.
    package var flags: HeaderFlags
    /// A reason beside the code, said to those who sent an OPT record.
    package var extendedError: ExtendedErrorCode?
    /// The largest UDP payload that we take, in octets. 1232 crosses any network in one piece.
    package var payloadSize: UInt16 = 1232
    /// The most octets of the reply: over UDP `Query.payloadLimit(own:)`, over TCP 65535.
    package var limit: Int
    /// By how many places the addresses of the answer are moved on; counted modulo their number.
    package var rotation: UInt32 = 0

    package init(_ code: ResponseCode = .noError, flags: HeaderFlags, limit: Int) {
        self.code = code
        self.flags = flags
        self.limit = limit
    }

    /// Writes the reply without records. See `write(to:_:_:into:)`.
    package func write(to query: Query, into packet: inout MutableSpan<UInt8>) -> Int {
        write(to: query, Span(), .empty, into: &packet)
    }

    /// Writes the reply and returns its length in octets: at most `limit`, and what `packet` has room for.
    ///
    /// What does not fit is left out record by record from the end, with TC set if answers are missing (RFC 2181
    /// section 9). With room for less than the question, the reply is a header with TC; for less than a header, nothing.
    ///
    /// - Parameters:
    ///   - body: the octets of a `ReplyBody` for the name of the query.
    ///   - shape: that of the same body.
    ///   - packet: begins with the query, or with its first `questionEnd` octets; all behind is overwritten.
    package func write(
        to query: Query,
        _ body: Span<UInt8>,
        _ shape: ReplyShape,
        into packet: inout MutableSpan<UInt8>
    ) -> Int {
        let room = min(limit, packet.count) - query.questionEnd
        guard room >= 0 else { return finish(query, at: 0, ReplyCounts(), in: &packet) }
        let part = BodyPart(body, shape, start: query.questionEnd, room: room - extensionLength(query, room: room))
        part.copy(body, shape.rotation, by: rotation, into: &packet, at: query.questionEnd)
        return finish(query, at: query.questionEnd + part.length, part.counts, in: &packet)
    }

    /// The octets that are to be left free for the OPT record behind records that are written in another way.
    package func reserve(for query: Query) -> Int { extensionLength(query, room: limit - query.questionEnd) }

    /// Makes a reply of a packet in which question and records stand already: writes OPT behind them and the header over
    /// the first 12 octets. Returns the length in octets.
    ///
    /// - Parameters:
    ///   - end: where the records end. Those that leave no room for OPT within `limit` are left out, from the last on; if
    ///     not even the question has room, the reply is a header with TC.
    ///   - counts: how many records there are in each section.
    package func finish(
        _ query: Query,
        at end: Int,
        _ counts: ReplyCounts,
        in packet: inout MutableSpan<UInt8>
    ) -> Int {
        let limit = min(limit, packet.count)
        guard limit >= MessageHeader.length else { return 0 }
        guard end >= query.questionEnd, end <= packet.count, query.questionEnd <= limit else {
            header(query, flags: .truncated, SectionCounts(), hasExtension: false).write(into: &packet)
            return MessageHeader.length
        }
        var (end, counts) = (end, counts)
        // A reason can be done without, the rest of OPT not (RFC 6891 section 6.1.1).
        let room = limit - (query.edns == nil ? 0 : EDNS.lengthWithoutOptions)
        if end > room {
            let part = BodyPart(
                packet.span.extracting(query.questionEnd..<end),
                ReplyShape(counts: counts, rotation: AnswerRotation()),
                start: query.questionEnd,
                room: max(0, room - query.questionEnd)
            )
            (end, counts) = (query.questionEnd + part.length, part.counts)
        }
        let extensionLength = extensionLength(query, room: limit - end)
        if extensionLength > 0 { writeExtension(query, length: extensionLength, into: &packet, at: end) }
        let sections = SectionCounts(
            questions: 1,
            answers: counts.answers,
            authorities: counts.authorities,
            additionals: counts.additionals &+ (extensionLength > 0 ? 1 : 0)
        )
        let flags: HeaderFlags = counts.isCut ? .truncated : []
        header(query, flags: flags, sections, hasExtension: extensionLength > 0).write(into: &packet)
        return end + extensionLength
    }

    private func header(
        _ query: Query,
        flags more: HeaderFlags,
        _ counts: SectionCounts,
        hasExtension: Bool
    ) -> MessageHeader {
        MessageHeader(
            id: query.id,
            opcode: .query,
            flags: flags.union(more).union(.response).union(query.flags.intersection(.echoed)),
            // The upper bits are in the OPT record.
            code: code.extensionBits == 0 || hasExtension ? code : .serverFailure,
            counts: counts
        )
    }

    /// The length of the OPT record: zero if the query had none or there is no room for it.
    private func extensionLength(_ query: Query, room: Int) -> Int {
        guard query.edns != nil, room >= EDNS.lengthWithoutOptions else { return 0 }
        let whole = EDNS.lengthWithoutOptions + Self.extendedErrorLength
        return extendedError != nil && room >= whole ? whole : EDNS.lengthWithoutOptions
    }

    /// Code, length and number of the reason (RFC 8914 section 2).
    static let extendedErrorLength = 6

    private func writeExtension(_ query: Query, length: Int, into packet: inout MutableSpan<UInt8>, at offset: Int) {
        let dataLength = UInt16(truncatingIfNeeded: length - EDNS.lengthWithoutOptions)
        // The name of the root, then the high octet of the type.
        packet.set(UInt16(0), at: offset)
        packet.set(RecordType.opt.rawValue, at: offset + 1)
        packet.set(payloadSize, at: offset + 3)
        packet.set(UInt16(code.extensionBits) << 8, at: offset + 5)
        packet.set(query.edns?.dnssecOK == true ? 0x8000 as UInt16 : 0, at: offset + 7)
        packet.set(dataLength, at: offset + 9)
        guard dataLength > 0, let extendedError else { return }
        packet.set(OptionCode.extendedError.rawValue, at: offset + 11)
        packet.set(2 as UInt16, at: offset + 13)
        packet.set(extendedError.rawValue, at: offset + 15)
    }
}
