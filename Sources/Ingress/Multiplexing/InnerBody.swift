import HTTPWire

/// The body of a message of HTTP/1 that is sent on a stream of HTTP/2, or what is sent in place of it.
enum InnerBody {
    case octets(UInt64)
    case chunked(ChunkedReader)
    /// What is a WebSocket's: as it is, until somebody ends it.
    case tunnel

    /// Nil if there is none.
    init?(_ body: RequestBody) {
        switch body {
        case .none, .octets(0): return nil
        case .octets(let count): self = .octets(count)
        case .chunked: self = .chunked(ChunkedReader())
        }
    }

    /// Nil if there is none, or one whose end is that of a connection.
    init?(_ body: ResponseBody) {
        switch body {
        case .none, .octets(0), .untilClose: return nil
        case .octets(let count): self = .octets(count)
        case .chunked: self = .chunked(ChunkedReader())
        }
    }

    /// Sends what there is of it from `offset` on, which is moved behind it. Returns whether it is complete; nil if it is no
    /// such body.
    mutating func send(
        _ octets: Span<UInt8>,
        from offset: inout Int,
        _ output: inout InnerOutput,
        _ connection: inout HTTP2Connection
    ) -> Bool? {
        switch self {
        case .octets(let left):
            let count = Int(min(left, UInt64(octets.count - offset)))
            let isEnd = UInt64(count) == left
            output.send(octets.extracting(offset..<offset + count), isEnd: isEnd, &connection)
            offset += count
            self = .octets(left - UInt64(count))
            return isEnd
        case .chunked(var reader):
            self = .octets(0)
            return sendChunks(octets, from: &offset, &reader, &output, &connection)
        case .tunnel:
            output.send(octets.extracting(offset..<octets.count), isEnd: false, &connection)
            offset = octets.count
            return false
        }
    }

    private mutating func sendChunks(
        _ octets: Span<UInt8>,
        from offset: inout Int,
        _ reader: inout ChunkedReader,
        _ output: inout InnerOutput,
        _ connection: inout HTTP2Connection
    ) -> Bool? {
        // The last data found: it may turn out to be the last there are, and then ends the stream.
        var held: Range<Int>?
        while true {
            let event = reader.next(octets, from: &offset)
            let isLast = event == .end && reader.trailers.isEmpty
            if let data = held, !isLast { output.send(octets.extracting(data), isEnd: false, &connection) }
            switch event {
            case .data(let range): held = range
            case .needsMore:
                self = .chunked(reader)
                return false
            case .end where isLast:
                output.send(octets.extracting(held ?? 0..<0), isEnd: true, &connection)
                return true
            case .end:
                output.end(reader.trailers, reader.trailerOctets, &connection)
                return true
            case .refused: return nil
            }
        }
    }
}
