import HTTPWire
import Testing

/// Requests for a WebSocket over HTTP/2, and those of HTTP/1.1 that say the same (RFC 8441).
@Suite struct HTTP2WebSocketTests {
    private static let connect = ":method=CONNECT | :protocol=websocket | :scheme=https | :authority=a | :path=/c"
    private static let version = "sec-websocket-version=13"
    private static let offer = "Connection: Upgrade⏎Upgrade: websocket⏎Sec-WebSocket-Key: KEY⏎"
    private static let bare = "GET /c HTTP/1.1⏎Host: a⏎\(offer)Sec-WebSocket-Version: 13⏎⏎"

    static let requests: [Row] = [
        Row("and the stream goes on", "\(connect) | then body", bare),
        Row("and the client has ended its side", connect, bare),
        Row(
            "with all that a browser says",
            "\(connect) | origin=https://a | \(version) | sec-websocket-extensions=permessage-deflate"
                + " | sec-websocket-protocol=b, c | cookie=d=1 | cookie=e=2 | then body",
            "GET /c HTTP/1.1⏎Host: a⏎origin: https://a⏎sec-websocket-version: 13⏎"
                + "sec-websocket-extensions: permessage-deflate⏎sec-websocket-protocol: b, c⏎Cookie: d=1; e=2⏎\(offer)⏎"
        ),
        Row("of another version", "\(connect) | sec-websocket-version=8", bare.version("8")),
        Row("with a key of its own", "\(connect) | sec-websocket-key=own", bare),
        Row("with two keys", "\(connect) | sec-websocket-key=a | sec-websocket-key=b", bare),
        Row("with an answer", "\(connect) | sec-websocket-accept=own", bare),
        Row("with a length of a body", "\(connect) | content-length=5 | then body", bare),
        Row("with a length, and no more", "\(connect) | content-length=5", bare),
        Row("that takes trailers", "\(connect) | te=trailers", bare),
        Row("in capitals", connect.replacing("websocket", with: "WebSocket"), bare),
        Row("over HTTP", connect.replacing("https", with: "http"), bare),
        Row(
            "in another order",
            ":path=/c | :authority=a | :protocol=websocket | :scheme=https | :method=CONNECT",
            bare
        ),
        Row(
            "with Host in place of the authority",
            ":method=CONNECT | :protocol=websocket | :scheme=https | :path=/c | host=a",
            bare
        ),
        Row("of a host with a port", connect.replacing("=a", with: "=a:1"), bare.replacing(": a", with: ": a:1")),
    ]

    @Test(arguments: requests) func `a request for a WebSocket is one of HTTP 1 that offers it`(row: Row) {
        expect(row)
    }

    static let faults: [Row] = [
        Row("no path", connect.replacing(" | :path=/c", with: ""), "pseudoFields"),
        Row("no scheme", connect.replacing(" | :scheme=https", with: ""), "pseudoFields"),
        Row("neither", ":method=CONNECT | :protocol=websocket | :authority=a:1", "pseudoFields"),
        Row("an empty path", connect.replacing("/c", with: ""), "path"),
        Row("an asterisk for a path", connect.replacing("/c", with: "*"), "path"),
        Row("another scheme", connect.replacing("https", with: "wss"), "scheme"),
        Row("another host behind the authority", "\(connect) | host=b", "authority"),
        Row("another method", connect.replacing("CONNECT", with: "GET"), "pseudoFields"),
        Row("another method, and a body", "\(connect.replacing("CONNECT", with: "POST")) | then body", "pseudoFields"),
        Row("the method in small letters", connect.replacing("CONNECT", with: "connect"), "pseudoFields"),
        Row("two protocols", "\(connect) | :protocol=websocket", "pseudoFields"),
        Row("a known protocol behind an unknown one", ":protocol=a | \(connect)", "pseudoFields"),
        Row(
            "the protocol behind a field",
            "\(connect.replacing(":protocol=websocket | ", with: "")) | a=b"
                + " | :protocol=websocket",
            "pseudoFields"
        ),
        Row("an empty protocol", connect.replacing("websocket", with: ""), "protocolName"),
        Row("a blank behind", connect.replacing("websocket", with: "websocket "), "protocolName"),
        Row("two in a list", connect.replacing("websocket", with: "websocket, h2c"), "protocolName"),
        Row("a version", connect.replacing("websocket", with: "websocket/13"), "protocolName"),
        Row("a field", connect.replacing("websocket", with: "websocket⏎Transfer-Encoding: chunked"), "protocolName"),
        Row("a request", connect.replacing("websocket", with: "websocket⏎⏎GET /admin HTTP/1.1⏎"), "protocolName"),
        Row("NUL", connect.replacing("websocket", with: "websocket\0"), "protocolName"),
        Row("Connection", "\(connect) | connection=Upgrade", "connectionField"),
        Row("Upgrade", "\(connect) | upgrade=websocket", "connectionField"),
        Row("chunks", "\(connect) | transfer-encoding=chunked | then body", "connectionField"),
        Row("two lengths", "\(connect) | content-length=0 | content-length=5", "contentLength"),
        Row("a field in a value", "\(connect) | sec-websocket-protocol=a⏎b: c", "fieldValue"),
        Row("a field in a value that is dropped", "\(connect) | sec-websocket-key=a⏎b: c", "fieldValue"),
        Row("the name in capitals", connect.replacing(":protocol", with: ":Protocol"), "pseudoFields"),
    ]

    @Test(arguments: faults) func `what makes no request for a WebSocket is refused`(row: Row) { expect(row) }

    static let unknown: [Row] = [
        Row("of datagrams", connect.replacing("websocket", with: "connect-udp"), "unknownProtocol"),
        Row("that begins the same", connect.replacing("websocket", with: "websocket2"), "unknownProtocol"),
        Row("of HTTP/2", connect.replacing("websocket", with: "h2c"), "unknownProtocol"),
        Row("and malformed all the same", "\(connect.replacing("websocket", with: "a")) | te=gzip", "connectionField"),
    ]

    @Test(arguments: unknown) func `other protocols are known for what they are`(row: Row) { expect(row) }

    @Test(arguments: [
        (fields: 4, outcome: "tooLarge"), (5, bare),
    ])
    func `the lines that are added count`(fields: Int, outcome: String) {
        var limits = HeadLimits()
        limits.fieldCount = fields
        #expect(Translation.request(HTTP2Section(Self.connect), limits) == outcome)
    }

    @Test func `neither responses nor trailers have a protocol`() {
        #expect(Translation.response(HTTP2Section(":status=200 | :protocol=websocket")) == "pseudoFields")
        #expect(Translation.response(HTTP2Section(":protocol=websocket | :status=200")) == "pseudoFields")
        #expect(Translation.trailers(HTTP2Section(":protocol=websocket")) == "pseudoFields")
    }

    private func expect(_ row: Row) {
        #expect(Translation.request(HTTP2Section(Wire.text(row.octets))) == row.outcome)
    }
}

extension String {
    /// The same request, whose version stands where the client has written it.
    fileprivate func version(_ number: String) -> String {
        replacing("Sec-WebSocket-Version: 13⏎", with: "")
            .replacing("Connection:", with: "sec-websocket-version: \(number)⏎Connection:")
    }
}
