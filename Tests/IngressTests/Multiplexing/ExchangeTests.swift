import HTTPWire
import SeededNumbers
import Testing

@testable import Ingress

/// Requests and responses of HTTP/1 that go over a stream of HTTP/2 and come out as HTTP/1 again.
@Suite struct ExchangeTests {
    /// What goes in at both ends, and what comes out if it is not the same.
    struct Exchange: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let request: String
        let response: String
        let requestOut: String
        let responseOut: String

        init(
            _ description: String,
            _ request: String,
            _ response: String,
            requestOut: String? = nil,
            responseOut: String? = nil
        ) {
            testDescription = description
            self.request = request
            self.response = response
            self.requestOut = requestOut ?? request
            self.responseOut = responseOut ?? response
        }
    }

    private static let get = "GET /a?b HTTP/1.1⏎Host: c⏎⏎"
    private static let empty = "HTTP/1.1 200 OK⏎Content-Length: 0⏎⏎"
    private static let long = String(repeating: "0123456789", count: 20_000)
    private static let chunked = "Transfer-Encoding: chunked⏎⏎"

    static let exchanges: [Exchange] = [
        Exchange("no bodies", get, "HTTP/1.1 200 OK⏎x: 1⏎Content-Length: 0⏎⏎"),
        Exchange(
            "a length each way",
            "POST / HTTP/1.1⏎Host: c⏎Content-Length: 3⏎⏎abc",
            "HTTP/1.1 200 OK⏎Content-Length: 2⏎⏎de"
        ),
        Exchange(
            "chunks each way",
            "POST / HTTP/1.1⏎Host: c⏎\(chunked)1⏎a⏎2⏎bc⏎0⏎⏎",
            "HTTP/1.1 200 OK⏎\(chunked)2⏎de⏎0⏎⏎"
        ),
        Exchange(
            "chunks of nothing each way",
            "POST / HTTP/1.1⏎Host: c⏎\(chunked)0⏎⏎",
            "HTTP/1.1 200 OK⏎\(chunked)0⏎⏎"
        ),
        Exchange("a body of GET", "GET / HTTP/1.1⏎Host: c⏎\(chunked)1⏎a⏎0⏎⏎", empty),
        Exchange("a length of nothing", "POST / HTTP/1.1⏎Host: c⏎Content-Length: 0⏎⏎", empty),
        Exchange(
            "POST without a word about its body",
            "POST / HTTP/1.1⏎Host: c⏎⏎",
            empty,
            requestOut: "POST / HTTP/1.1⏎Host: c⏎Content-Length: 0⏎⏎"
        ),
        Exchange(
            "trailers each way",
            "POST / HTTP/1.1⏎Host: c⏎Connection: TE⏎TE: trailers⏎\(chunked)1⏎a⏎0⏎x: 1⏎⏎",
            "HTTP/1.1 200 OK⏎\(chunked)1⏎b⏎0⏎grpc-status: 0⏎grpc-message: d⏎⏎"
        ),
        Exchange("trailers alone", get, "HTTP/1.1 200 OK⏎\(chunked)0⏎grpc-status: 5⏎⏎"),
        Exchange("HEAD, and a length", "HEAD / HTTP/1.1⏎Host: c⏎⏎", "HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎"),
        Exchange(
            "HEAD, and chunks",
            "HEAD / HTTP/1.1⏎Host: c⏎⏎",
            "HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎",
            responseOut: "HTTP/1.1 200 OK⏎⏎"
        ),
        Exchange("no content", get, "HTTP/1.1 204 No Content⏎x: 1⏎⏎"),
        Exchange("nothing new", get, "HTTP/1.1 304 Not Modified⏎etag: a⏎Content-Length: 5⏎⏎"),
        Exchange(
            "an interim response",
            "POST / HTTP/1.1⏎Host: c⏎expect: 100-continue⏎Content-Length: 1⏎⏎a",
            "HTTP/1.1 100 Continue⏎⏎\(empty)"
        ),
        Exchange(
            "two of them",
            get,
            "HTTP/1.1 103 Early Hints⏎link: a⏎⏎HTTP/1.1 103 Early Hints⏎link: b⏎⏎HTTP/1.1 200 OK⏎Content-Length: 1⏎⏎d"
        ),
        Exchange(
            "fields about the connection",
            "GET / HTTP/1.1⏎Host: c⏎Connection: x⏎x: 1⏎y: 2⏎⏎",
            "HTTP/1.1 200 OK⏎Connection: close⏎Keep-Alive: 1⏎Content-Length: 0⏎⏎",
            requestOut: "GET / HTTP/1.1⏎Host: c⏎y: 2⏎⏎",
            responseOut: empty
        ),
        Exchange(
            "long bodies of known lengths",
            "PUT / HTTP/1.1⏎Host: c⏎Content-Length: 200000⏎⏎\(long)",
            "HTTP/1.1 200 OK⏎Content-Length: 200000⏎⏎\(long)"
        ),
        Exchange(
            "long bodies in chunks",
            "PUT / HTTP/1.1⏎Host: c⏎\(chunked)30d40⏎\(long)⏎0⏎⏎",
            "HTTP/1.1 200 OK⏎\(chunked)1⏎a⏎30d40⏎\(long)⏎0⏎x: 1⏎⏎"
        ),
    ]

    @Test(arguments: exchanges) func `what goes in at one end comes out at the other`(exchange: Exchange) {
        var ends = StreamEnds()
        expect(exchange, &ends)
    }

    @Test(arguments: exchanges) func `so it does in parts and through small windows`(exchange: Exchange) {
        for seed in 1...4 as ClosedRange<UInt64> {
            var limits = HTTP2Limits()
            limits.streamWindow = [400, 5_000, 65_535, 100_000][Int(seed) - 1]
            limits.connectionWindow = 65_535
            var ends = StreamEnds(limits, seed: seed)
            expect(exchange, &ends)
        }
    }

    private func expect(_ exchange: Exchange, _ ends: inout StreamEnds) {
        ends.ask(InnerText.octets(exchange.request))
        #expect(InnerText.whole(ends.request) == InnerText.whole(InnerText.octets(exchange.requestOut)))
        #expect(ends.asked.isSent && ends.served.hasEnded)
        ends.answer(InnerText.octets(exchange.response))
        #expect(InnerText.whole(ends.response) == InnerText.whole(InnerText.octets(exchange.responseOut)))
        #expect(ends.served.isSent && ends.asked.hasEnded)
        #expect(ends.faults == [])
        #expect(ends.asked.pendingCount + ends.served.pendingCount == 0)
        #expect(ends.client.streamCount + ends.server.streamCount == 0)
        #expect(ends.credited.request == Self.bodyCount(exchange.request))
        #expect(ends.credited.response == Self.bodyCount(exchange.responseOut))
    }

    /// How many octets of DATA a message comes to.
    private static func bodyCount(_ message: String) -> Int {
        let text = InnerText.whole(InnerText.octets(message))
        if let start = text.firstIndex(of: "["), let end = text.lastIndex(of: "]") {
            return text[start..<end].utf8.count - 1
        }
        return text.split(separator: "⏎⏎", omittingEmptySubsequences: false).last?.utf8.count ?? 0
    }

    @Test func `messages go to and fro while both sides are open, as gRPC has them`() {
        var ends = StreamEnds()
        ends.ask(InnerText.octets("POST /s/m HTTP/1.1⏎Host: c⏎Connection: TE⏎TE: trailers⏎\(Self.chunked)2⏎q1⏎"))
        #expect(InnerText.text(ends.request).hasSuffix("⏎⏎2⏎q1⏎"))
        ends.answer(InnerText.octets("HTTP/1.1 200 OK⏎\(Self.chunked)"))
        #expect(InnerText.text(ends.response) == "HTTP/1.1 200 OK⏎\(Self.chunked)")
        for round in 0..<20 {
            ends.answer(InnerText.octets("3⏎a\(10 + round)⏎"))
            #expect(InnerText.text(ends.response).hasSuffix("3⏎a\(10 + round)⏎"))
            ends.ask(InnerText.octets("3⏎q\(10 + round)⏎"))
            #expect(InnerText.text(ends.request).hasSuffix("3⏎q\(10 + round)⏎"))
        }
        #expect(!ends.asked.isSent && !ends.served.isSent && !ends.served.hasEnded && !ends.asked.hasEnded)
        ends.ask(InnerText.octets("0⏎⏎"))
        #expect(ends.served.hasEnded && !ends.asked.hasEnded)
        ends.answer(InnerText.octets("0⏎grpc-status: 0⏎⏎"))
        #expect(InnerText.text(ends.response).hasSuffix("0⏎grpc-status: 0⏎⏎"))
        #expect(ends.asked.hasEnded && ends.faults == [])
        #expect(ends.client.streamCount + ends.server.streamCount == 0)
    }

    @Test func `a response may be complete before the body of the request is`() {
        var ends = StreamEnds()
        ends.ask(InnerText.octets("POST / HTTP/1.1⏎Host: c⏎Content-Length: 6⏎⏎abc"))
        ends.answer(InnerText.octets("HTTP/1.1 413 Content Too Large⏎Content-Length: 2⏎⏎no"))
        #expect(ends.served.isSent && ends.asked.hasEnded)
        #expect(!ends.asked.isSent && !ends.served.hasEnded)
        #expect(InnerText.text(ends.response) == "HTTP/1.1 413 Content Too Large⏎Content-Length: 2⏎⏎no")
        ends.ask(InnerText.octets("def"))
        #expect(InnerText.text(ends.request).hasSuffix("abcdef"))
        #expect(ends.served.hasEnded && ends.faults == [])
    }

    @Test func `the rest of a body that nobody wants is dropped once the stream is reset`() {
        var ends = StreamEnds()
        ends.ask(InnerText.octets("POST / HTTP/1.1⏎Host: c⏎Content-Length: 6⏎⏎abc"))
        ends.answer(InnerText.octets("HTTP/1.1 413 Content Too Large⏎Content-Length: 2⏎⏎no"))
        ends.server.reset(ends.number, .noError)
        ends.settle()
        #expect(ends.faults == ["\(HTTP2Event.reset(ends.number, .noError))"])
        ends.ask(InnerText.octets("def"))
        #expect(ends.asked.isSent && ends.asked.pendingCount == 0)
        #expect(InnerText.text(ends.request).hasSuffix("⏎⏎abc"))
    }

    @Test func `what is not taken is not credited, and stops the sender`() {
        var limits = HTTP2Limits()
        limits.streamWindow = 1_000
        var ends = StreamEnds(limits)
        ends.isTaking = false
        ends.ask(InnerText.octets("POST / HTTP/1.1⏎Host: c⏎Content-Length: 2500⏎⏎" + Self.long.prefix(2_500)))
        // The server's settings came behind the request: the first window was the protocol's.
        #expect(ends.credited.request == 0)
        #expect(ends.served.inbound.count > 1_000)
        ends.isTaking = true
        ends.settle()
        #expect(ends.credited.request == 2_500)
        #expect(ends.request.suffix(2_500).elementsEqual(Self.long.prefix(2_500).utf8))
    }

    @Test func `the connection's window is whole again after each stream`() {
        var limits = HTTP2Limits()
        limits.connectionWindow = 65_535
        limits.streamWindow = 65_535
        var ends = StreamEnds(limits, seed: 9)
        for _ in 0..<12 {
            ends.ask(InnerText.octets("PUT / HTTP/1.1⏎Host: c⏎Content-Length: 50000⏎⏎" + Self.long.prefix(50_000)))
            ends.answer(InnerText.octets("HTTP/1.1 200 OK⏎Content-Length: 50000⏎⏎" + Self.long.prefix(50_000)))
            #expect(ends.credited == (50_000, 50_000))
            #expect(ends.asked.hasEnded && ends.served.hasEnded && ends.faults == [])
            ends = StreamEnds(after: ends)
        }
    }
}
