import HTTPWire
import Testing

/// What a service answers: read strictly, since what is behind it is taken for the next answer.
@Suite struct ResponseTests {
    static let firstLines: [Row] = [
        Row("a status and a reason", "HTTP/1.1 200 OK⏎Content-Length: 0⏎⏎", "200 (OK) 0 octets"),
        Row("a reason that begins with a blank", "HTTP/1.1 200  OK⏎Content-Length: 0⏎⏎", "200 ( OK) 0 octets"),
        Row("no reason", "HTTP/1.1 200 ⏎Content-Length: 0⏎⏎", "200 0 octets"),
        Row("no reason and no blank", "HTTP/1.1 200⏎Content-Length: 0⏎⏎", "200 0 octets"),
        Row("a long reason", "HTTP/1.1 404 Not Found é\t!⏎Content-Length: 0⏎⏎", "404 (Not Found é\t!) 0 octets"),
        Row("a status nobody knows", "HTTP/1.1 599 No⏎Content-Length: 0⏎⏎", "599 (No) 0 octets"),
        Row("the lowest of no class", "HTTP/1.1 600 No⏎Content-Length: 5⏎⏎hello", "600 (No) 5 octets then <hello>"),
        Row("the highest", "HTTP/1.1 999 No⏎Transfer-Encoding: chunked⏎⏎", "999 (No) chunked"),
        Row("HTTP/1.0", "HTTP/1.0 200 OK⏎Content-Length: 0⏎⏎", "200 (OK) 1.0 0 octets once"),
        Row(
            "HTTP/1.0, kept alive",
            "HTTP/1.0 200 OK⏎Content-Length: 0⏎Connection: keep-alive⏎⏎",
            "200 (OK) 1.0 0 octets keep-alive"
        ),
        Row("HTTP/1.2", "HTTP/1.2 200 OK⏎Content-Length: 0⏎⏎", "200 (OK) 0 octets"),
        Row("HTTP/2.0", "HTTP/2.0 200 OK⏎⏎", "unsupported version"),
        Row("HTTP/0.9", "HTTP/0.9 200 OK⏎⏎", "unsupported version"),
        Row("HTTP/1", "HTTP/1 200 OK⏎⏎", "malformed status line"),
        Row("HTTP/1.10", "HTTP/1.10 200 OK⏎⏎", "malformed status line"),
        Row("http/1.1", "http/1.1 200 OK⏎⏎", "malformed status line"),
        Row("HTTPS/1.1", "HTTPS/1.1 200 OK⏎⏎", "malformed status line"),
        Row("HTTP/01.1", "HTTP/01.1 200 OK⏎⏎", "malformed status line"),
        Row("HTP/1.1", "HTP/1.1 200 OK⏎⏎", "malformed status line"),
        Row("HTTPER/1.1", "HTTPER/1.1 200 OK⏎⏎", "malformed status line"),
        Row("RTSP/1.0", "RTSP/1.0 200 OK⏎⏎", "malformed status line"),
        Row("one digit", "HTTP/1.1 2 OK⏎⏎", "malformed status line"),
        Row("a stream of music", "ICY 200 OK⏎⏎", "malformed status line"),
        Row("mail", "220 mail.example.org⏎", "malformed status line"),
        Row("a document", "<html>", "malformed status line"),
        Row("frames of HTTP/2", [0, 0, 18, 4, 0], "malformed status line"),
        Row("an empty line first", "⏎HTTP/1.1 200 OK⏎⏎", "malformed status line"),
        Row("a blank first", " HTTP/1.1 200 OK⏎⏎", "malformed status line"),
        Row("two blanks", "HTTP/1.1  200 OK⏎⏎", "malformed status line"),
        Row("a tab", "HTTP/1.1\t200 OK⏎⏎", "malformed status line"),
        Row("no status", "HTTP/1.1⏎⏎", "malformed status line"),
        Row("no status but a reason", "HTTP/1.1 OK⏎⏎", "malformed status line"),
        Row("two digits", "HTTP/1.1 20 OK⏎⏎", "malformed status line"),
        Row("four digits", "HTTP/1.1 2000 OK⏎⏎", "malformed status line"),
        Row("below 100", "HTTP/1.1 099 OK⏎⏎", "malformed status line"),
        Row("a sign", "HTTP/1.1 +20 OK⏎⏎", "malformed status line"),
        Row("letters", "HTTP/1.1 2x0 OK⏎⏎", "malformed status line"),
        Row("a dash behind", "HTTP/1.1 200-OK⏎⏎", "malformed status line"),
        Row("NUL in the reason", "HTTP/1.1 200 O\u{0}K⏎⏎", "malformed status line"),
        Row("LF at the end", "HTTP/1.1 200 OK\nX: y⏎⏎", "line feed without carriage return"),
        Row("LF behind the status", "HTTP/1.1 200\nX: y⏎⏎", "line feed without carriage return"),
        Row("CR in the reason", "HTTP/1.1 200 O\rK⏎⏎", "carriage return without line feed"),
        Row("nothing", "", "incomplete"),
        Row("a little", "HTTP/1.1 2", "incomplete"),
    ]

    static let fields: [Row] = [
        Row("a blank before a colon", "HTTP/1.1 200 OK⏎X : y⏎⏎", "blank before the colon of a field"),
        Row("a folded field", "HTTP/1.1 200 OK⏎X: y⏎ z⏎⏎", "folded field"),
        Row("LF at the end of a field", "HTTP/1.1 200 OK⏎X: y\nZ: z⏎⏎", "line feed without carriage return"),
        Row("NUL in a value", "HTTP/1.1 200 OK⏎X: \u{0}⏎⏎", "control octet in a field"),
        Row("a line without a colon", "HTTP/1.1 200 OK⏎X⏎⏎", "malformed field name"),
        Row("the body at once", "HTTP/1.1 200 OK⏎<html>⏎⏎", "malformed field name"),
        Row("closed", "HTTP/1.1 200 OK⏎Content-Length: 0⏎Connection: close⏎⏎", "200 (OK) 0 octets close once"),
        Row("two hosts, which mean nothing here", "HTTP/1.1 204 N⏎Host: a⏎Host: b⏎⏎", "204 (N) no body"),
    ]

    static let bodies: [Row] = [
        Row("a length", "HTTP/1.1 200 O⏎Content-Length: 5⏎⏎hello", "200 (O) 5 octets then <hello>"),
        Row("chunked", "HTTP/1.1 200 O⏎Transfer-Encoding: chunked⏎⏎", "200 (O) chunked"),
        Row("neither", "HTTP/1.1 200 O⏎⏎", "200 (O) until close once"),
        Row("neither, kept alive", "HTTP/1.1 200 O⏎Connection: keep-alive⏎⏎", "200 (O) until close keep-alive once"),
        Row("100", "HTTP/1.1 100 C⏎⏎HTTP/1.1 200 O⏎", "100 (C) no body then <HTTP/1.1 200 O⏎>"),
        Row("103 with a length", "HTTP/1.1 103 E⏎Content-Length: 5⏎⏎", "103 (E) no body"),
        Row("204", "HTTP/1.1 204 N⏎⏎", "204 (N) no body"),
        Row("204 with a length", "HTTP/1.1 204 N⏎Content-Length: 5⏎⏎", "204 (N) no body"),
        Row("204 chunked", "HTTP/1.1 204 N⏎Transfer-Encoding: chunked⏎⏎", "204 (N) no body"),
        Row("304 with a length", "HTTP/1.1 304 N⏎Content-Length: 5⏎⏎", "304 (N) no body"),
        Row("205 with a length", "HTTP/1.1 205 R⏎Content-Length: 0⏎⏎", "205 (R) 0 octets"),
        Row(
            "both",
            "HTTP/1.1 200 O⏎Content-Length: 5⏎Transfer-Encoding: chunked⏎⏎",
            "content length and transfer encoding"
        ),
        Row(
            "both on 304",
            "HTTP/1.1 304 O⏎Content-Length: 5⏎Transfer-Encoding: chunked⏎⏎",
            "content length and transfer encoding"
        ),
        Row("two lengths", "HTTP/1.1 200 O⏎Content-Length: 5⏎Content-Length: 6⏎⏎", "more than one content length"),
        Row(
            "two equal lengths",
            "HTTP/1.1 200 O⏎Content-Length: 5⏎Content-Length: 5⏎⏎",
            "more than one content length"
        ),
        Row("a list of lengths", "HTTP/1.1 200 O⏎Content-Length: 5, 5⏎⏎", "malformed content length"),
        Row("a negative length", "HTTP/1.1 200 O⏎Content-Length: -1⏎⏎", "malformed content length"),
        Row("no length", "HTTP/1.1 200 O⏎Content-Length:⏎⏎", "malformed content length"),
        Row("gzip, chunked", "HTTP/1.1 200 O⏎Transfer-Encoding: gzip, chunked⏎⏎", "unknown transfer coding"),
        Row("gzip", "HTTP/1.1 200 O⏎Transfer-Encoding: gzip⏎⏎", "malformed transfer coding"),
        Row("identity", "HTTP/1.1 200 O⏎Transfer-Encoding: identity⏎⏎", "malformed transfer coding"),
        Row("xchunked", "HTTP/1.1 200 O⏎Transfer-Encoding: xchunked⏎⏎", "malformed transfer coding"),
        Row(
            "chunked twice",
            "HTTP/1.1 200 O⏎Transfer-Encoding: chunked⏎Transfer-Encoding: chunked⏎⏎",
            "more than one transfer encoding"
        ),
        Row("chunked in HTTP/1.0", "HTTP/1.0 200 O⏎Transfer-Encoding: chunked⏎⏎", "transfer encoding in HTTP/1.0"),
        Row("101", "HTTP/1.1 101 S⏎Connection: upgrade⏎Upgrade: websocket⏎⏎", "101 (S) no body upgrade websocket"),
        Row("101 to nothing", "HTTP/1.1 101 S⏎⏎", "101 (S) no body"),
        Row("101 to HTTP/2", "HTTP/1.1 101 S⏎Connection: upgrade⏎Upgrade: h2c⏎⏎", "101 (S) no body"),
        Row(
            "an offer to upgrade",
            "HTTP/1.1 426 U⏎Upgrade: x⏎Connection: upgrade⏎Content-Length: 0⏎⏎",
            "426 (U) 0 octets"
        ),
    ]

    @Test(arguments: firstLines + fields + bodies)
    func `a response is read or refused`(row: Row) {
        row.check { Reading.response($0, cuts: $1) }
    }

    static let toHead: [Row] = [
        Row("a length", "HTTP/1.1 200 O⏎Content-Length: 5⏎⏎", "200 (O) no body"),
        Row("chunked", "HTTP/1.1 200 O⏎Transfer-Encoding: chunked⏎⏎", "200 (O) no body"),
        Row("neither", "HTTP/1.1 200 O⏎⏎", "200 (O) no body"),
        Row("404 with a length", "HTTP/1.1 404 N⏎Content-Length: 5⏎⏎", "404 (N) no body"),
        Row("two lengths", "HTTP/1.1 200 O⏎Content-Length: 5⏎Content-Length: 6⏎⏎", "more than one content length"),
    ]

    @Test(arguments: toHead)
    func `an answer to HEAD has no body`(row: Row) {
        row.check { Reading.response($0, to: .head, cuts: $1) }
    }

    @Test(arguments: [(100, true), (103, true), (199, true), (101, false), (200, false), (500, false)])
    func `an interim response precedes another one`(status: Int, isInterim: Bool) {
        let octets = Wire.octets("HTTP/1.1 \(status) x⏎Connection: x-a⏎X-A: b⏎⏎")
        var parser = ResponseParser(HeadLimits())
        var scanned = 0
        #expect(parser.parse(octets.span, resumingAt: &scanned, to: .get) == .complete(length: octets.count))
        #expect(parser.head.isInterim == isInterim)
        let nominated = (0..<2).filter { parser.head.isNominated(parser.head.fields[$0], in: octets.span) }
        #expect(nominated == [1])
    }
}
