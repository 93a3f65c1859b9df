/// A connection of HTTP/2 (RFC 9113): frames, streams, windows and the limits against abuse, without a socket and a clock.
///
/// What came is given to `next`, what is to leave is taken from `output`.
package struct HTTP2Connection: ~Copyable, Sendable {
    /// Which side is ours.
    package enum Role: Sendable {
        case server
        case client
    }

    /// What is to leave.
    package var output = OctetBuffer()
    /// The fields of the event that was told last, if it has any.
    package private(set) var fields = FieldSectionBuffer()

    /// The preface and the SETTINGS of ours stand in the output.
    package init(_ role: Role, _ limits: HTTP2Limits = HTTP2Limits()) {}

    /// How many streams are not over.
    package var streamCount: Int { 0 }

    // MARK: - What comes

    /// Looks at the next frame.
    ///
    /// - Parameters:
    ///   - octets: what came and was not looked at yet begins at `offset`.
    ///   - now: in milliseconds, from a beginning that is the same in all calls.
    package mutating func next(_ octets: Span<UInt8>, from offset: inout Int, now: Int64) -> HTTP2Event { .needsMore }

    /// The peer may send so many octets more on a stream, and on the connection: they are dealt with. Also of a stream that
    /// is over.
    package mutating func credit(_ stream: UInt32, _ count: Int) {}

    // MARK: - What leaves

    /// Begins a stream of a client's; nil if the peer takes none now, or will take none any more.
    package mutating func openStream() -> UInt32? { nil }

    /// Whether `openStream` would never begin one any more: the peer has said so, or no number is left.
    package var isExhausted: Bool { false }

    /// Sends a head or trailers.
    ///
    /// - Parameters:
    ///   - isEnd: whether nothing follows on the stream. Always true of trailers.
    ///   - write: appends the fields to the block, pseudo-header fields first. The encoder has begun it.
    package mutating func sendFields(
        on stream: UInt32,
        isEnd: Bool,
        _ write: (inout HPACKEncoder, inout OctetBuffer) -> Void
    ) {}

    /// Sends octets of a body, as many as the windows take. Of a stream that is over all are taken, and none is sent.
    ///
    /// - Parameter isEnd: whether nothing follows: then the stream ends with the last of them.
    /// - Returns: how many are taken. If it is fewer than there are, `writable` tells when more may be.
    package mutating func sendData(_ octets: Span<UInt8>, on stream: UInt32, isEnd: Bool) -> Int { 0 }

    /// Ends a stream at once. Nothing of it is told any more. One that is over stays as it is.
    package mutating func reset(_ stream: UInt32, _ code: HTTP2ErrorCode) {}

    /// Asks the peer for an answer, so as to see whether it is still there.
    package mutating func ping() {}

    /// Tells the peer that no new streams are taken.
    ///
    /// - Parameter isFinal: whether that is already so; else those that are under way to us are still taken (RFC 9113
    ///   section 6.8).
    package mutating func goAway(_ code: HTTP2ErrorCode, isFinal: Bool) {}
}
