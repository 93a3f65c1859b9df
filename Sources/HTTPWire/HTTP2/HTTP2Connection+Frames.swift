// Whatever is appended to the output is counted, so that it is known how much of it has left.
extension HTTP2Connection {
    @inline(__always)
    mutating func appendFrame(
        _ kind: HTTP2FrameKind,
        _ flags: HTTP2FrameFlags = [],
        stream: UInt32,
        _ payload: Span<UInt8>
    ) {
        output.appendFrameHeader(kind, flags, stream, length: payload.count)
        output.append(payload)
        answers.appended &+= HTTP2FrameHeader.count &+ payload.count
    }

    /// Appends a frame whose payload is four octets.
    private mutating func appendFrame(_ kind: HTTP2FrameKind, stream: UInt32, word: UInt32) {
        output.appendFrameHeader(kind, [], stream, length: 4)
        output.append(word: word)
        answers.appended &+= HTTP2FrameHeader.count &+ 4
    }

    mutating func appendWindowUpdate(_ stream: UInt32, _ increment: Int) {
        appendFrame(.windowUpdate, stream: stream, word: UInt32(truncatingIfNeeded: increment))
    }

    mutating func appendReset(_ stream: UInt32, _ code: HTTP2ErrorCode) {
        appendFrame(.reset, stream: stream, word: code.rawValue)
    }

    mutating func appendGoAway(_ code: HTTP2ErrorCode, last: UInt32) {
        output.appendFrameHeader(.goAway, [], 0, length: 8)
        output.append(word: last)
        output.append(word: code.rawValue)
        answers.appended &+= HTTP2FrameHeader.count &+ 8
    }

    /// The highest stream of the peer's that was looked at. A server begins none.
    var lastLookedAt: UInt32 { role == .server ? min(highest, lastTaken) : 0 }
}
