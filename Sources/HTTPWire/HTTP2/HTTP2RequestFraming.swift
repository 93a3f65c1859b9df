/// What tells where the body of a request ends. Never is there a body without it.
enum HTTP2RequestFraming {
    /// Neither a body nor a word about it.
    case none
    /// Nothing is left of so many octets if the head was the end.
    case length(UInt64, isEnd: Bool)
    case chunked
    /// It has none: what comes is a WebSocket's, once the request for it is accepted. Sec-WebSocket-Version may be there.
    case tunnel(namesVersion: Bool)

    init(_ method: HTTPMethod, length: UInt64?, isEnd: Bool) throws(HTTP2HeadFault) {
        if let length {
            guard !isEnd || length == 0 else { throw .contentLength }
            self = .length(length, isEnd: isEnd)
        } else if isEnd {
            // RFC 9110 section 8.6: of methods that have a body, to say that there is none.
            switch method {
            case .post, .put, .patch: self = .length(0, isEnd: true)
            default: self = .none
            }
        } else {
            self = .chunked
        }
    }

    var body: HTTP2Body {
        switch self {
        case .none, .length(_, isEnd: true): .none
        case .length(let length, isEnd: false): .octets(length)
        case .chunked: .chunked
        case .tunnel: .tunnel
        }
    }

    var lineCount: Int {
        switch self {
        case .none: 0
        case .length, .chunked: 1
        case .tunnel(let namesVersion): namesVersion ? 3 : 4
        }
    }

    /// - Parameter webSocketKey: see `FieldSectionBuffer.writeRequestHead`.
    func write(webSocketKey: () -> [UInt8], to buffer: inout OctetBuffer) {
        switch self {
        case .none: break
        case .length(let length, _): buffer.appendField(name: "Content-Length", decimal: length)
        case .chunked: buffer.append("Transfer-Encoding: chunked\r\n" as StaticString)
        case .tunnel(let namesVersion):
            buffer.append("Connection: Upgrade\r\nUpgrade: websocket\r\n" as StaticString)
            buffer.appendField(name: "Sec-WebSocket-Key", value: webSocketKey().span)
            if !namesVersion { buffer.append("Sec-WebSocket-Version: 13\r\n" as StaticString) }
        }
    }
}
