extension HTTP2Connection {
    /// RFC 9113 section 6.1.
    mutating func readData(
        _ header: HTTP2FrameHeader,
        _ octets: Span<UInt8>,
        _ payload: Range<Int>
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        guard header.stream != 0 else { throw .protocolError }
        let data = try Self.unpadded(header, octets, payload)
        // Padding counts too (RFC 9113 section 6.9.1).
        guard receiving.take(header.length) else { throw .flowControlError }
        guard let index = table.index(of: header.stream) else {
            try refuseData(header)
            return nil
        }
        if let code = table.streams[index].takeData(header.length) {
            creditConnection(header.length)
            return try resetFaulty(at: index, code)
        }
        if data.count < header.length { credit(header.stream, header.length &- data.count) }
        if header.flags.contains(.endStream) {
            endReceiving(at: index)
            return .data(header.stream, data, isEnd: true)
        }
        if data.isEmpty {
            try tally.countIdleFrame(limits)
            return nil
        }
        return .data(header.stream, data, isEnd: false)
    }

    /// What stands between the length of the padding and the padding, if the frame has any.
    @inline(__always)
    static func unpadded(
        _ header: HTTP2FrameHeader,
        _ octets: Span<UInt8>,
        _ payload: Range<Int>
    ) throws(HTTP2ErrorCode) -> Range<Int> {
        guard header.flags.contains(.padded) else { return payload }
        guard !payload.isEmpty else { throw .frameSizeError }
        let padding = Int(octets[payload.lowerBound])
        guard padding < payload.count else { throw .protocolError }
        return payload.lowerBound &+ 1..<payload.upperBound &- padding
    }

    /// DATA of a stream that is not under way.
    private mutating func refuseData(_ header: HTTP2FrameHeader) throws(HTTP2ErrorCode) {
        switch past(of: header.stream) {
        case .idle: throw .protocolError
        case .neverBegun, .closed: throw .streamClosed
        case .ignored:
            try tally.countLateData(header.length, limits)
            creditConnection(header.length)
        }
    }

    /// The peer may send so many octets more on a stream, and on the connection: they are dealt with. Also of a stream that
    /// is over.
    package mutating func credit(_ stream: UInt32, _ count: Int) {
        creditConnection(count)
        guard let index = table.index(of: stream), table.streams[index].isReceiving else { return }
        let increment = table.streams[index].receiving.credit(count)
        if increment > 0 { appendWindowUpdate(stream, increment) }
    }

    private mutating func creditConnection(_ count: Int) {
        guard failure == nil else { return }
        let increment = receiving.credit(count)
        if increment > 0 { appendWindowUpdate(0, increment) }
    }

    /// RFC 9113 section 6.9.
    mutating func readWindowUpdate(
        _ header: HTTP2FrameHeader,
        _ payload: Span<UInt8>
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        guard payload.count == 4 else { throw .frameSizeError }
        try tally.countUpdate(limits)
        let increment = Int(HTTP2FrameHeader.word(payload, at: 0) & 0x7fff_ffff)
        guard header.stream != 0 else { return try widenConnection(increment) }
        guard let index = table.index(of: header.stream) else {
            if past(of: header.stream) == .idle { throw .protocolError }
            return nil
        }
        guard increment > 0 else { return try resetFaulty(at: index, .protocolError) }
        let window = table.streams[index].sendWindow + increment
        guard window <= HTTP2PeerSettings.maximumWindow else { return try resetFaulty(at: index, .flowControlError) }
        table.streams[index].sendWindow = window
        guard table.streams[index].isWaiting, window > 0 else { return nil }
        table.streams[index].isWaiting = false
        if sendWindow > 0 { return .writable(header.stream) }
        isWaiting = true
        return nil
    }

    private mutating func widenConnection(_ increment: Int) throws(HTTP2ErrorCode) -> HTTP2Event? {
        guard increment > 0 else { throw .protocolError }
        sendWindow += increment
        guard sendWindow <= HTTP2PeerSettings.maximumWindow else { throw .flowControlError }
        guard isWaiting else { return nil }
        isWaiting = false
        return .writable(0)
    }
}
