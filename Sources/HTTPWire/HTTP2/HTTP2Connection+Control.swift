extension HTTP2Connection {
    /// RFC 9113 section 6.5.
    mutating func readSettings(
        _ header: HTTP2FrameHeader,
        _ payload: Span<UInt8>
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        guard header.stream == 0 else { throw .protocolError }
        if header.flags.contains(.acknowledgement) {
            guard payload.isEmpty else { throw .frameSizeError }
            try acknowledge()
            return nil
        }
        guard payload.count % 6 == 0 else { throw .frameSizeError }
        if phase == .settings { phase = .open } else { try tally.countIdleFrame(limits) }
        var isWritable = false
        for offset in stride(from: 0, to: payload.count, by: 6) {
            let setting = HTTP2Setting(rawValue: UInt16(payload[offset]) << 8 | UInt16(payload[offset + 1]))
            if try apply(setting, HTTP2FrameHeader.word(payload, at: offset + 2)) { isWritable = true }
        }
        appendFrame(.settings, .acknowledgement, stream: 0, Span())
        try countAnswer(payload: 0)
        return isWritable ? .writable(0) : nil
    }

    /// From now on the peer keeps to the window that we have set.
    private mutating func acknowledge() throws(HTTP2ErrorCode) {
        guard !isAcknowledged else { return try tally.countIdleFrame(limits) }
        isAcknowledged = true
        let difference = windowAtFirst - limits.streamWindow
        guard difference > 0 else { return }
        for index in table.streams.indices { table.streams[index].receiving.shrink(by: difference) }
    }

    /// Returns whether streams may be written to that were not.
    private mutating func apply(_ setting: HTTP2Setting, _ value: UInt32) throws(HTTP2ErrorCode) -> Bool {
        switch setting {
        case .headerTableSize: encoder.allowTable(size: Int(value))
        case .enablePush:
            // A server sends zero, or nothing of it (RFC 9113 section 6.5.2).
            guard value <= (role == .server ? 1 : 0) else { throw .protocolError }
        case .maxConcurrentStreams: peer.maxConcurrentStreams = Int(value)
        case .initialWindowSize:
            guard value <= HTTP2PeerSettings.maximumWindow else { throw .flowControlError }
            return try changeWindows(to: Int(value))
        case .maxFrameSize:
            guard (16_384...16_777_215).contains(value) else { throw .protocolError }
            peer.maxFrameSize = Int(value)
        case .noRFC7540Priorities:
            guard value <= 1 else { throw .protocolError }
        default: break
        }
        return false
    }

    /// RFC 9113 section 6.9.2.
    private mutating func changeWindows(to window: Int) throws(HTTP2ErrorCode) -> Bool {
        let difference = window - peer.initialWindow
        peer.initialWindow = window
        var isWritable = false
        for index in table.streams.indices {
            table.streams[index].sendWindow += difference
            guard table.streams[index].sendWindow <= HTTP2PeerSettings.maximumWindow else { throw .flowControlError }
            guard table.streams[index].isWaiting, table.streams[index].sendWindow > 0 else { continue }
            table.streams[index].isWaiting = false
            if sendWindow > 0 { isWritable = true } else { isWaiting = true }
        }
        return isWritable
    }

    /// RFC 9113 section 6.7.
    mutating func readPing(_ header: HTTP2FrameHeader, _ payload: Span<UInt8>) throws(HTTP2ErrorCode) {
        guard header.stream == 0 else { throw .protocolError }
        guard payload.count == 8 else { throw .frameSizeError }
        guard !header.flags.contains(.acknowledgement) else {
            guard isAwaitingPing else { return try tally.countIdleFrame(limits) }
            isAwaitingPing = false
            return
        }
        appendFrame(.ping, .acknowledgement, stream: 0, payload)
        try countAnswer(payload: payload.count)
    }

    /// RFC 9113 section 6.3: nothing follows from it but that it has to be right.
    mutating func readPriority(
        _ header: HTTP2FrameHeader,
        _ payload: Span<UInt8>
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        guard header.stream != 0 else { throw .protocolError }
        try tally.countIdleFrame(limits)
        let code: HTTP2ErrorCode
        if payload.count != 5 {
            code = .frameSizeError
        } else if Self.dependency(payload, at: 0) == header.stream {
            code = .protocolError
        } else {
            return nil
        }
        if let index = table.index(of: header.stream) { return try resetFaulty(at: index, code) }
        // No stream can be reset that has not begun.
        if past(of: header.stream) == .idle { throw code }
        return nil
    }

    /// RFC 9113 section 6.4.
    mutating func readReset(
        _ header: HTTP2FrameHeader,
        _ payload: Span<UInt8>
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        guard header.stream != 0 else { throw .protocolError }
        guard payload.count == 4 else { throw .frameSizeError }
        guard let index = table.index(of: header.stream) else {
            if past(of: header.stream) == .idle { throw .protocolError }
            try tally.countLateFrame(limits)
            return nil
        }
        table.remove(at: index, .closed)
        // A client decides itself how many streams there are to be reset.
        if role == .server { try tally.countReset(limits) }
        return .reset(header.stream, HTTP2ErrorCode(rawValue: HTTP2FrameHeader.word(payload, at: 0)))
    }

    /// RFC 9113 section 6.8.
    mutating func readGoAway(
        _ header: HTTP2FrameHeader,
        _ payload: Span<UInt8>
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        guard header.stream == 0 else { throw .protocolError }
        guard payload.count >= 8 else { throw .frameSizeError }
        try tally.countIdleFrame(limits)
        let last = HTTP2FrameHeader.word(payload, at: 0) & 0x7fff_ffff
        // It may not grow.
        lastPeerTakes = min(last, lastPeerTakes)
        isPeerLeaving = true
        if role == .client {
            for index in table.streams.indices.reversed() where table.streams[index].number > lastPeerTakes {
                removeReset(at: index)
            }
        }
        return .goAway(lastStream: lastPeerTakes, HTTP2ErrorCode(rawValue: HTTP2FrameHeader.word(payload, at: 4)))
    }
}
