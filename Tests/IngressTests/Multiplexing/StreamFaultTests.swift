import HTTPWire
import Testing

@testable import Ingress

/// What no message is made of: bodies that are not as long as was said, and octets that are no HTTP/1.
@Suite struct StreamFaultTests {
    /// What comes on a stream behind its head, and what is made of it.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// `name=value`, ` | ` between.
        let fields: String
        /// `3` is so many octets, `3.` with the end of the stream, `trailers` fields behind them.
        let steps: String
        let outcome: String

        init(_ description: String, _ fields: String, _ steps: String, _ outcome: String) {
            testDescription = description
            self.fields = fields
            self.steps = steps
            self.outcome = outcome
        }
    }

    static let bodies: [Case] = [
        Case("as long as said", "content-length=5", "2 3.", "ababa"),
        Case("as long as said, the end alone", "content-length=5", "5 0.", "ababa"),
        Case("longer", "content-length=5", "6", "refused"),
        Case("longer in the end", "content-length=5", "5 1.", "ababa refused"),
        Case("shorter", "content-length=5", "4.", "refused"),
        Case("shorter, the end alone", "content-length=5", "4 0.", "abab refused"),
        Case("none of those said", "content-length=5", "0.", "refused"),
        Case("none, as said", "content-length=0", "0.", ""),
        Case("one, where none was said", "content-length=0", "1.", "refused"),
        Case("trailers too early", "content-length=5", "4 trailers", "abab contentLength"),
        Case("trailers behind all", "content-length=5", "5 trailers", "ababa"),
        Case("of any length", "", "2 3.", "2⏎ab⏎3⏎aba⏎0⏎⏎"),
        Case("of any length, with empty frames", "", "0 2 0 0.", "2⏎ab⏎0⏎⏎"),
        Case("of any length, and trailers", "", "2 trailers", "2⏎ab⏎0⏎x: 1⏎⏎"),
        Case("of any length, and none", "", "0.", "0⏎⏎"),
    ]

    @Test(arguments: bodies) func `the body of a request is as long as its head says`(_ row: Case) {
        var stream = InnerStream(1, from: .client)
        let head = ":method=POST | :scheme=http | :authority=a | :path=/ | \(row.fields)"
        do throws(HTTP2HeadFault) {
            try stream.begin(Self.fields(head), isEnd: false, HeadLimits())
        } catch {
            Issue.record("\(error)")
        }
        _ = stream.take(stream.inbound.count)
        var words: [String] = []
        var received = 0
        for step in row.steps.split(separator: " ") {
            if step == "trailers" {
                do throws(HTTP2HeadFault) {
                    try stream.receiveTrailers(Self.fields("x=1"))
                } catch {
                    words.append("\(error)")
                }
                continue
            }
            let data = Self.data(step)
            received += data.count
            if !stream.receive(data.span, isEnd: step.hasSuffix(".")) { words.append("refused") }
        }
        let text = InnerText.text(stream.inbound.octets)
        #expect(([text] + words).filter { !$0.isEmpty }.joined(separator: " ") == row.outcome)
        // Refused or not: all of it counts against the windows until then.
        #expect(stream.take(stream.inbound.count) == received)
        #expect(stream.take(0) == 0)
    }

    static let responses: [Case] = [
        Case("GET as long as said", ":status=200 | content-length=5", "2 3.", "fine"),
        Case("GET longer", ":status=200 | content-length=5", "6", "refused"),
        Case("GET shorter", ":status=200 | content-length=5", "4.", "refused"),
        Case("GET of any length", ":status=200", "4.", "fine"),
        Case("GET no content, and some", ":status=204", "1.", "refused"),
        Case("GET no content, and none", ":status=204", "0.", "fine"),
        Case("GET nothing new, and some", ":status=304 | content-length=5", "5.", "refused"),
        Case("GET nothing new, and none", ":status=304 | content-length=5", "0.", "fine"),
        Case("HEAD and a body", ":status=200 | content-length=5", "5.", "refused"),
        Case("HEAD and none", ":status=200 | content-length=5", "0.", "fine"),
    ]

    @Test(arguments: responses) func `the body of a response is as long as its head and the request say`(_ row: Case) {
        let method = row.testDescription.prefix { $0 != " " }
        var ends = StreamEnds()
        ends.ask(InnerText.octets("\(method) / HTTP/1.1⏎Host: a⏎⏎"))
        do throws(HTTP2HeadFault) {
            try ends.asked.begin(Self.fields(row.fields), isEnd: false, HeadLimits())
        } catch {
            Issue.record("\(error)")
        }
        var isFine = true
        for step in row.steps.split(separator: " ") {
            if !ends.asked.receive(Self.data(step).span, isEnd: step.hasSuffix(".")) { isFine = false }
        }
        #expect((isFine ? "fine" : "refused") == row.outcome)
    }

    static let noResponses: [(String, String)] = [
        ("no status line", "HELLO⏎⏎"),
        ("a body that only a close would end", "HTTP/1.1 200 OK⏎⏎"),
        ("another protocol", "HTTP/1.1 101 Switching Protocols⏎Connection: upgrade⏎Upgrade: a⏎⏎"),
        ("a malformed field", "HTTP/1.1 200 OK⏎x : 1⏎⏎"),
        ("a malformed chunk", "HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎x⏎"),
        ("a malformed trailer", "HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎0⏎x : 1⏎⏎"),
        ("an interim response before something else", "HTTP/1.1 100 Continue⏎⏎x"),
    ]

    @Test(arguments: noResponses) func `octets that are no response are refused`(_ description: String, octets: String)
    {
        var ends = StreamEnds()
        ends.ask(InnerText.octets("GET / HTTP/1.1⏎Host: a⏎⏎"))
        ends.answer(InnerText.octets(octets))
        #expect(ends.faults == ["no response"])
        #expect(ends.served.isSent == false)
    }

    @Test(arguments: [
        ("HTTP/1.1 101 Switching Protocols⏎Connection: upgrade⏎Upgrade: websocket⏎⏎", true),
        ("HTTP/1.1 100 Continue⏎⏎", true), ("HTTP/1.1 403 Forbidden⏎Content-Length: 0⏎⏎", true),
        ("HTTP/1.1 200 OK⏎Content-Length: 0⏎⏎", false), ("HTTP/1.1 204 No Content⏎⏎", false),
        ("HTTP/1.1 299 A⏎Content-Length: 0⏎⏎", false),
    ])
    func `who asked for a WebSocket is told of no other success`(octets: String, isFine: Bool) throws {
        var stream = InnerStream(1, from: .client)
        let head = ":method=CONNECT | :protocol=websocket | :scheme=http | :authority=a | :path=/"
        try stream.begin(Self.fields(head), isEnd: false, HeadLimits())
        var parsers = InnerParsers(HeadLimits())
        var connection = HTTP2Connection(.server)
        let isSent = stream.send(InnerText.octets(octets).span, &parsers, &connection)
        #expect(isSent == isFine)
    }

    static let noRequests: [(String, String)] = [
        ("no request line", "HELLO⏎⏎"),
        ("no host", "GET / HTTP/1.1⏎⏎"),
        ("the preface", "PRI * HTTP/2.0⏎⏎SM⏎⏎"),
        ("a malformed chunk", "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎x⏎"),
    ]

    @Test(arguments: noRequests) func `octets that are no request are refused`(_ description: String, octets: String) {
        var ends = StreamEnds()
        ends.ask(InnerText.octets(octets))
        #expect(ends.faults == ["no request"])
        #expect(ends.asked.isSent == false)
    }

    @Test func `a head that is refused leaves nothing to be taken`() {
        var stream = InnerStream(1, from: .client)
        var fault: HTTP2HeadFault?
        do throws(HTTP2HeadFault) {
            try stream.begin(Self.fields(":method=GET | x=1"), isEnd: true, HeadLimits())
        } catch {
            fault = error
        }
        #expect(fault == .pseudoFields)
        #expect(stream.inbound.octets == [])
    }

    private static func data(_ step: Substring) -> [UInt8] {
        let count = Int(step.prefix { $0.isNumber }) ?? 0
        return (0..<count).map { $0 % 2 == 0 ? 0x61 : 0x62 }
    }

    private static func fields(_ text: String) -> FieldSectionBuffer {
        var buffer = FieldSectionBuffer()
        for part in text.split(separator: " | ") {
            let halves = part.split(separator: "=", maxSplits: 1)
            let name = Array((halves.first ?? "").utf8)
            let value = Array((halves.dropFirst().first ?? "").utf8)
            buffer.append(name: name.span, value: value.span)
        }
        return buffer
    }
}
