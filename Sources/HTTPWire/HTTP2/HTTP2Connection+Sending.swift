extension HTTP2Connection {
    /// Of the payloads that we make, in octets: others are to have their turn too.
    private static let partOfData = 16_384

    /// Begins a stream of a client's; nil if the peer takes none now, or will take none any more. Its head has to be sent
    /// before another one is begun.
    package mutating func openStream() -> UInt32? {
        guard !isExhausted, table.streams.count < peer.maxConcurrentStreams else { return nil }
        highest = nextNumber
        table.insert(newStream(highest))
        tally.expectLateFrames(limits)
        return highest
    }

    /// Whether `openStream` would never begin one any more: the peer has said so, or no number is left.
    package var isExhausted: Bool {
        failure != nil || role == .server || isPeerLeaving || nextNumber > Int32.max
    }

    private var nextNumber: UInt32 { highest == 0 ? 1 : highest + 2 }

    /// Sends a head or trailers.
    ///
    /// - Parameters:
    ///   - isEnd: whether nothing follows on the stream. Always true of trailers.
    ///   - write: appends the fields to the block, pseudo-header fields first. The encoder has begun it.
    package mutating func sendFields(
        on stream: UInt32,
        isEnd: Bool,
        _ write: (inout HPACKEncoder, inout OctetBuffer) -> Void
    ) {
        guard let index = table.index(of: stream), table.streams[index].isSending else { return }
        let start = output.count
        let flags: HTTP2FrameFlags = isEnd ? [.endStream, .endHeaders] : .endHeaders
        output.appendFrameHeader(.headers, flags, stream, length: 0)
        encoder.begin(&output)
        write(&encoder, &output)
        endBlock(from: start, flags, stream)
        table.streams[index].isKnown = true
        if isEnd { endSending(at: index) }
    }

    /// Now that the block's length is known, writes it, and splits the block if it is too long for a frame.
    private mutating func endBlock(from start: Int, _ flags: HTTP2FrameFlags, _ stream: UInt32) {
        let length = output.count - start - HTTP2FrameHeader.count
        answers.appended += output.count - start
        guard length > peer.maxFrameSize else { return output.replaceLength(length, ofFrameAt: start) }
        let rest = Array(output.octets[(start + HTTP2FrameHeader.count + peer.maxFrameSize)...])
        output.removeLast(rest.count)
        answers.appended -= rest.count
        output.replaceLength(peer.maxFrameSize, ofFrameAt: start)
        output.replaceFlags(flags.subtracting(.endHeaders), ofFrameAt: start)
        for offset in stride(from: 0, to: rest.count, by: peer.maxFrameSize) {
            let end = min(offset + peer.maxFrameSize, rest.count)
            let part = rest.span.extracting(offset..<end)
            appendFrame(.continuation, end == rest.count ? .endHeaders : [], stream: stream, part)
        }
    }

    /// Sends octets of a body, as many as the windows take. Of a stream that is over all are taken, and none is sent.
    ///
    /// - Parameter isEnd: whether nothing follows: then the stream ends with the last of them.
    /// - Returns: how many are taken. If it is fewer than there are, `writable` tells when more may be.
    package mutating func sendData(_ octets: Span<UInt8>, on stream: UInt32, isEnd: Bool) -> Int {
        guard let index = table.index(of: stream), table.streams[index].isSending else { return octets.count }
        let room = max(min(table.streams[index].sendWindow, sendWindow), 0)
        let count = min(octets.count, room)
        let isLast = isEnd && count == octets.count
        if count > 0 || isLast { appendData(octets.extracting(first: count), on: stream, isLast: isLast) }
        sendWindow &-= count
        table.streams[index].sendWindow &-= count
        if isLast {
            endSending(at: index)
        } else if count < octets.count {
            if sendWindow <= 0 { isWaiting = true }
            if table.streams[index].sendWindow <= 0 { table.streams[index].isWaiting = true }
        }
        return count
    }

    @inline(__always)
    private mutating func appendData(_ octets: Span<UInt8>, on stream: UInt32, isLast: Bool) {
        var sent = 0
        repeat {
            let end = min(sent &+ Self.partOfData, octets.count)
            let flags: HTTP2FrameFlags = isLast && end == octets.count ? .endStream : []
            appendFrame(.data, flags, stream: stream, octets.extracting(sent..<end))
            tally.expectUpdates(for: end &- sent, limits)
            sent = end
        } while sent < octets.count
    }

    /// Ends a stream at once. Nothing of it is told any more. One that is over stays as it is.
    package mutating func reset(_ stream: UInt32, _ code: HTTP2ErrorCode) {
        guard let index = table.index(of: stream) else { return }
        let isKnown = table.streams[index].isKnown
        removeReset(at: index)
        guard isKnown else { return }
        appendReset(stream, code)
        do throws(HTTP2ErrorCode) {
            try countAnswer(payload: 4)
            if code.isFaultOfPeer { try tally.countStreamFault(limits) }
        } catch {
            _ = fail(error)
        }
    }

    /// Asks the peer for an answer, so as to see whether it is still there.
    package mutating func ping() {
        guard failure == nil else { return }
        isAwaitingPing = true
        appendFrame(.ping, stream: 0, [0, 0, 0, 0, 0, 0, 0, 0].span)
    }

    /// Tells the peer that no new streams are taken.
    ///
    /// - Parameter isFinal: whether that is already so; else those that are under way to us are still taken (RFC 9113
    ///   section 6.8).
    package mutating func goAway(_ code: HTTP2ErrorCode, isFinal: Bool) {
        guard failure == nil else { return }
        if isFinal { lastTaken = min(highest, lastTaken) }
        appendGoAway(code, last: isFinal ? lastLookedAt : lastTaken)
    }
}
