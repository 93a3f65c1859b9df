/// A field block that has begun.
struct HTTP2FieldBlock: Sendable {
    let stream: UInt32
    let isEnd: Bool
    /// Whether the stream is said to depend on itself (RFC 7540 section 5.3.1).
    let isSelfDependent: Bool
    var continuations = 0
}

extension HTTP2Connection {
    /// RFC 9113 section 6.2.
    mutating func readHeaders(
        _ header: HTTP2FrameHeader,
        _ octets: Span<UInt8>,
        _ payload: Range<Int>
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        // Streams of a server's are those that it has promised, and there are none.
        guard header.stream & 1 == 1 else { throw .protocolError }
        var part = try Self.unpadded(header, octets, payload)
        var isSelfDependent = false
        if header.flags.contains(.priority) {
            guard part.count >= 5 else { throw .frameSizeError }
            isSelfDependent = Self.dependency(octets, at: part.lowerBound) == header.stream
            part = part.lowerBound &+ 5..<part.upperBound
        }
        let block = HTTP2FieldBlock(
            stream: header.stream,
            isEnd: header.flags.contains(.endStream),
            isSelfDependent: isSelfDependent
        )
        if header.flags.contains(.endHeaders) { return try readFields(of: block, octets.extracting(part)) }
        partial = block
        partialOctets.append(octets, part)
        return nil
    }

    /// RFC 9113 section 6.10.
    mutating func readContinuation(
        _ header: HTTP2FrameHeader,
        _ payload: Span<UInt8>
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        guard var block = partial, block.stream == header.stream else { throw .protocolError }
        block.continuations += 1
        // Huffman's code makes no octet of a field more than four.
        guard
            block.continuations <= limits.continuations,
            partialOctets.count + payload.count <= limits.fieldOctets * 4
        else { throw .enhanceYourCalm }
        partialOctets.append(payload)
        partial = block
        guard header.flags.contains(.endHeaders) else { return nil }
        partial = nil
        // It is rare, and may be large: the memory is not kept.
        var whole = OctetBuffer()
        swap(&whole, &partialOctets)
        return try readFields(of: block, whole.octets.span)
    }

    /// On which stream another one is said to depend.
    static func dependency(_ octets: Span<UInt8>, at offset: Int) -> UInt32 {
        HTTP2FrameHeader.word(octets, at: offset) & 0x7fff_ffff
    }

    /// The table of the decoder has to follow whatever becomes of the stream.
    @inline(__always)
    private mutating func readFields(
        of block: HTTP2FieldBlock,
        _ octets: Span<UInt8>
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        fields.removeAll()
        do throws(HPACKError) {
            try decoder.decode(octets, into: &fields, limit: limits.fieldOctets)
        } catch {
            throw .compressionError
        }
        if role == .server, block.stream > highest { return try beginStream(block) }
        if let index = table.index(of: block.stream) { return try readFields(of: block, at: index) }
        switch past(of: block.stream) {
        case .idle, .neverBegun: throw .protocolError
        case .closed: throw .streamClosed
        case .ignored: try tally.countLateFrame(limits)
        }
        return nil
    }

    /// The head of a request.
    @inline(__always)
    private mutating func beginStream(_ block: HTTP2FieldBlock) throws(HTTP2ErrorCode) -> HTTP2Event? {
        highest = block.stream
        if block.stream > lastTaken || block.isSelfDependent || table.streams.count >= limits.streams {
            try refuseStream(block)
            return nil
        }
        tally.expectLateFrames(limits)
        var stream = newStream(block.stream)
        stream.isKnown = true
        stream.hasHead = true
        stream.isReceiving = !block.isEnd
        table.insert(stream)
        return .head(block.stream, isEnd: block.isEnd)
    }

    /// The peer has perhaps sent the body too before it hears that the request is not taken.
    private mutating func refuseStream(_ block: HTTP2FieldBlock) throws(HTTP2ErrorCode) {
        if !block.isEnd { tally.expectLateData(windowNow) }
        guard block.stream <= lastTaken else { return try tally.countIdleFrame(limits) }
        try refuse(block.stream, block.isSelfDependent ? .protocolError : .refusedStream)
    }

    /// The head of a response, an interim one, or trailers.
    private mutating func readFields(
        of block: HTTP2FieldBlock,
        at index: Int
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        guard table.streams[index].isReceiving else { return try resetFaulty(at: index, .streamClosed) }
        guard !block.isSelfDependent else { return try resetFaulty(at: index, .protocolError) }
        if table.streams[index].hasHead {
            guard block.isEnd else { return try resetFaulty(at: index, .protocolError) }
            endReceiving(at: index)
            return .trailers(block.stream)
        }
        if hasInterimStatus() {
            guard !block.isEnd else { return try resetFaulty(at: index, .protocolError) }
        } else {
            table.streams[index].hasHead = true
            if block.isEnd { endReceiving(at: index) }
        }
        return .head(block.stream, isEnd: block.isEnd)
    }

    /// Whether the fields are those of a response of status 1xx.
    private func hasInterimStatus() -> Bool {
        let octets = fields.octets.octets.span
        // `:status`, the first octet lowest.
        let status: UInt64 = 0x73_7574_6174_733a
        for place in fields.places where place.name.count == 7 && place.value.count == 3 {
            guard OctetWord.load(octets, at: place.name.lowerBound, count: 7) == status else { continue }
            return octets[place.value.lowerBound] == 0x31
        }
        return false
    }
}
