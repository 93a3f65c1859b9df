import HTTPWire
import Testing

/// Heads that were parsed from HTTP/1 and are sent on a stream of HTTP/2: the fields that the peer is told.
@Suite struct HTTP2SendingTests {
    static let requests: [Row] = [
        Row("a path", "GET /a?b HTTP/1.1⏎Host: c⏎⏎", ":method: GET | :scheme: http | :authority: c | :path: /a?b"),
        Row(
            "a host with a port",
            "GET / HTTP/1.1⏎Host: C:1⏎⏎",
            ":method: GET | :scheme: http | :authority: C:1 | :path: /"
        ),
        Row(
            "an asterisk",
            "OPTIONS * HTTP/1.1⏎Host: c⏎⏎",
            ":method: OPTIONS | :scheme: http | :authority: c | :path: *"
        ),
        Row("an empty host", "GET / HTTP/1.1⏎Host:⏎⏎", ":method: GET | :scheme: http | :path: /"),
        Row("no host", "GET / HTTP/1.0⏎⏎", ":method: GET | :scheme: http | :path: /"),
        Row(
            "a method that nobody knows",
            "M-SEARCH / HTTP/1.1⏎Host: c⏎⏎",
            ":method: M-SEARCH | :scheme: http | :authority: c | :path: /"
        ),
        Row("names in capitals", get("X-A: B⏎ACCEPT: C⏎"), sent("x-a: B | accept: C")),
        Row("blanks around a value", get("x: \t a b \t⏎"), sent("x: a b")),
        Row("an empty value", get("x:⏎"), sent("x: ")),
        Row("a value that is not ASCII", get("x: \u{e9}\tb⏎"), sent("x: \u{e9}\tb")),
        Row("a field that repeats", get("x: 1⏎y: 2⏎x: 3⏎"), sent("x: 1 | y: 2 | x: 3")),
        Row("Connection", get("Connection: keep-alive⏎"), sent("")),
        Row("what Connection names", get("Connection: close, X-A⏎x-a: 1⏎x-b: 2⏎"), sent("x-b: 2")),
        Row(
            "what Connection may not name",
            get("Connection: authorization⏎Authorization: abcdefghijklmnopqrst⏎"),
            sent("authorization: abcdefghijklmnopqrst")
        ),
        Row(
            "all fields about the connection",
            get("Keep-Alive: 1⏎Proxy-Connection: a⏎Upgrade: b⏎HTTP2-Settings: c⏎Proxy-Authorization: d⏎"),
            sent("")
        ),
        Row(
            "chunks",
            "POST / HTTP/1.1⏎Host: c⏎Transfer-Encoding: chunked⏎⏎",
            ":method: POST | :scheme: http | :authority: c | :path: /"
        ),
        Row(
            "a length",
            "POST / HTTP/1.1⏎Host: c⏎Content-Length: 5⏎⏎",
            ":method: POST | :scheme: http | :authority: c | :path: / | content-length: 5"
        ),
        Row("trailers", get("Connection: TE⏎TE: trailers⏎"), sent("te: trailers")),
        Row("trailers and codings", get("Connection: TE⏎TE: gzip, Trailers⏎"), sent("te: trailers")),
        Row("codings", get("Connection: TE⏎TE: gzip⏎"), sent("")),
        Row("cookies", get("Cookie: abcdefghijklm; nopqrstuvwx⏎"), sent("cookie: abcdefghijklm; nopqrstuvwx")),
        Row("a short cookie, which nobody is to keep", get("Cookie: a⏎"), sent("!cookie: a")),
    ]

    private static func get(_ fields: String) -> String { "GET / HTTP/1.1⏎Host: c⏎\(fields)⏎" }

    private static func sent(_ fields: String) -> String {
        ":method: GET | :scheme: http | :authority: c | :path: /" + (fields.isEmpty ? "" : " | " + fields)
    }

    @Test(arguments: requests) func `a request has the fields of its head, and none about its connection`(row: Row) {
        var pair = Wires()
        #expect(pair.request(row.octets) == row.outcome)
    }

    static let responses: [Row] = [
        Row("a status", "HTTP/1.1 200 OK⏎⏎", ":status: 200"),
        Row("a status without a reason", "HTTP/1.0 299⏎⏎", ":status: 299"),
        Row("an interim one", "HTTP/1.1 103 Early Hints⏎Link: </a>⏎⏎", ":status: 103 | link: </a>"),
        Row("a length", "HTTP/1.1 404 Not Found⏎Content-Length: 5⏎⏎", ":status: 404 | content-length: 5"),
        Row("a length of nothing new", "HTTP/1.1 304 -⏎Content-Length: 5⏎⏎", ":status: 304 | content-length: 5"),
        Row("chunks", "HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎", ":status: 200"),
        Row("fields", "HTTP/1.1 500 -⏎Server: A⏎x: 1⏎X: 2⏎⏎", ":status: 500 | server: A | x: 1 | x: 2"),
        Row(
            "fields about the connection",
            "HTTP/1.1 200 OK⏎Connection: X, close⏎X: 1⏎Keep-Alive: 1⏎Proxy-Connection: 1⏎Upgrade: h2c⏎Proxy-Authenticate: 1⏎y: 2⏎⏎",
            ":status: 200 | y: 2"
        ),
        Row(
            "cookies that are set",
            "HTTP/1.1 200 OK⏎Set-Cookie: abcdefghijklmnopqrst⏎Set-Cookie: abcdefghijklmnopqrsu⏎⏎",
            ":status: 200 | set-cookie: abcdefghijklmnopqrst | set-cookie: abcdefghijklmnopqrsu"
        ),
    ]

    @Test(arguments: responses) func `a response has the fields of its head, and none about its connection`(row: Row) {
        var pair = Wires()
        _ = pair.request(Wire.octets("GET / HTTP/1.1⏎Host: c⏎⏎"))
        #expect(pair.response(row.octets) == row.outcome)
    }

    static let trailers: [Row] = [
        Row("those of gRPC", "0⏎Grpc-Status: 0⏎grpc-message:⏎⏎", "grpc-status: 0 | grpc-message: "),
        Row("those that may not be there", "0⏎Content-Length: 5⏎Host: a⏎X: 1⏎Connection: x⏎⏎", "x: 1"),
    ]

    @Test(arguments: trailers) func `trailers are the fields behind the last chunk`(row: Row) {
        var pair = Wires()
        _ = pair.request(Wire.octets("GET / HTTP/1.1⏎Host: c⏎⏎"))
        _ = pair.response(Wire.octets("HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎"))
        #expect(pair.trailers(row.octets) == row.outcome)
    }

    /// What is sent comes back as octets of HTTP/1 that say the same.
    @Test(arguments: [
        "GET /a?b HTTP/1.1⏎Host: c⏎x: 1⏎Cookie: d⏎⏎", "OPTIONS * HTTP/1.1⏎Host: c⏎⏎",
        "POST / HTTP/1.1⏎Host: c⏎x: 1⏎Connection: TE⏎TE: trailers⏎Content-Length: 0⏎⏎",
    ])
    func `what is sent is read as the same request`(text: String) {
        var pair = Wires()
        #expect(pair.request(Wire.octets(text)) != "nothing")
        #expect(pair.readRequest() == text)
    }
}

/// A client's and a server's connection, and a stream between them.
private struct Wires: ~Copyable {
    var client = HTTP2Connection(.client)
    var server = HTTP2Connection(.server)
    var stream: UInt32 = 0

    /// Sends the head of a request of HTTP/1. Returns the fields that the server is told.
    mutating func request(_ octets: [UInt8]) -> String {
        var parser = RequestParser(HeadLimits())
        var scanned = 0
        guard case .complete = parser.parse(octets.span, resumingAt: &scanned) else { return "no request" }
        stream = client.openStream() ?? 0
        client.send(parser.head, in: octets.span, scheme: .http, on: stream, isEnd: true)
        return Self.told(from: &client, to: &server)
    }

    mutating func readRequest() -> String {
        var buffer = OctetBuffer()
        do throws(HTTP2HeadFault) {
            _ = try server.fields.writeRequestHead(isEnd: true, HeadLimits(), webSocketKey: [], to: &buffer)
            return Wire.text(buffer.octets)
        } catch {
            return "\(error)"
        }
    }

    mutating func response(_ octets: [UInt8]) -> String {
        var parser = ResponseParser(HeadLimits())
        var scanned = 0
        guard case .complete = parser.parse(octets.span, resumingAt: &scanned, to: .get) else { return "no response" }
        server.send(parser.head, in: octets.span, on: stream, isEnd: false)
        return Self.told(from: &server, to: &client)
    }

    mutating func trailers(_ octets: [UInt8]) -> String {
        var reader = ChunkedReader()
        var offset = 0
        guard reader.next(octets.span, from: &offset) == .end else { return "no chunks" }
        server.sendTrailers(reader.trailers, in: reader.trailerOctets.span, on: stream)
        return Self.told(from: &server, to: &client)
    }

    private static func told(from sender: inout HTTP2Connection, to receiver: inout HTTP2Connection) -> String {
        let octets = sender.output.octets
        sender.output.removeAll()
        var offset = 0
        switch receiver.next(octets.span, from: &offset, now: 0) {
        case .head, .trailers: return FieldBlocks.text(receiver.fields)
        case let event: return event == .needsMore ? "nothing" : "\(event)"
        }
    }
}
