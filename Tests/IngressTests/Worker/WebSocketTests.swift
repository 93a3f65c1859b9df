import HTTPWire
import Testing

@testable import Ingress

/// WebSockets of clients that speak HTTP/2, to endpoints that speak HTTP/1.1 (RFC 8441).
@Suite struct WebSocketTests {
    /// A client that has asked for a WebSocket, and the endpoint that was asked.
    private final class Ends {
        let bench: WorkerBench
        var client: FramedClient
        let wire: TestSocket
        let endpoint: TestSocket
        let number: UInt32
        /// The request that came to the endpoint.
        let request: String
        /// What the endpoint has to say to it.
        let answer: String
        private(set) var told: [String] = []

        /// - Parameter early: what the client sends without waiting for a word.
        init(
            _ fields: [(name: String, value: String)] = [],
            early: String = "",
            isEnd: Bool = false,
            appProtocol: String? = nil
        ) throws {
            let bench = try WorkerBench(TestEndpoint(), appProtocol)
            bench.endpoint.isAccepting = false
            var client = FramedClient()
            number = try client.connect(fields, isEnd: isEnd)
            if !early.isEmpty { client.send(Array(early.utf8), on: number) }
            wire = try bench.ask("")
            wire.send(client.takeOutput())
            var peer: TestSocket?
            try bench.turn {
                peer = peer ?? bench.endpoint.accept()
                peer?.read()
                return peer?.received.suffix(4) == Array("\r\n\r\n".utf8)[...]
            }
            endpoint = try #require(peer)
            let head = endpoint.takeReceived()
            request = String(decoding: head, as: UTF8.self).replacing("\r\n", with: "\n")
            var parser = RequestParser(HeadLimits())
            var scanned = 0
            _ = parser.parse(head.span, resumingAt: &scanned)
            let found = WebSocketKey(of: parser.head, in: head.span)
            let key = try #require(found)
            answer = String(decoding: key.answer, as: UTF8.self)
            self.bench = bench
            self.client = client
        }

        /// Has everything move once.
        func turn() throws {
            wire.send(client.takeOutput())
            try bench.turn(waiting: 2)
            endpoint.read()
            told += client.read(wire.takeReceived())
        }

        /// Has everything move until something is so.
        func turn(until isSo: () -> Bool, _ location: SourceLocation = #_sourceLocation) throws {
            let end = ContinuousClock.now + .seconds(20)
            while !isSo() {
                try #require(ContinuousClock.now < end, "\(told), \(received.prefix(200))", sourceLocation: location)
                try turn()
            }
        }

        /// Has everything move until the client was told so many things.
        func hear(_ count: Int, _ location: SourceLocation = #_sourceLocation) throws {
            try turn(until: { told.count >= count }, location)
        }

        /// The endpoint takes the WebSocket.
        func accept(_ more: String = "", behind: String = "") throws {
            endpoint.send(WebSocketTests.accepted(answer, more) + behind)
            try hear(1)
            #expect(head?.hasPrefix("HTTP/1.1 200 OK\n") == true)
        }

        func send(_ text: String, isEnd: Bool = false) {
            client.send(Array(text.utf8), on: number, isEnd: isEnd)
        }

        /// What the client was answered.
        var head: String? { client.heads[number] }

        /// What came to the endpoint behind the request.
        var received: String { String(decoding: endpoint.received, as: UTF8.self) }
    }

    private static func accepted(_ answer: String, _ more: String = "") -> String {
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: \(answer)\r\n\(more)\r\n"
    }

    @Test(arguments: [nil, "kubernetes.io/h2c"])
    func `the endpoint is asked by HTTP 1, and has a key of its own`(appProtocol: String?) throws {
        let fields = [
            ("origin", "http://web.example"), ("sec-websocket-protocol", "b, c"), ("sec-websocket-key", "own"),
            ("x-forwarded-proto", "wss"),
        ]
        let ends = try Ends(fields, appProtocol: appProtocol)
        let lines = ends.request.split(separator: "\n").map(String.init)
        #expect(lines.first == "GET /c HTTP/1.1")
        for line in [
            "Host: web.example", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "origin: http://web.example", "sec-websocket-protocol: b, c", "X-Forwarded-Proto: http",
        ] {
            #expect(lines.count { $0 == line } == 1, "\(line): \(lines)")
        }
        let keys = lines.filter { $0.lowercased().hasPrefix("sec-websocket-key: ") }
        #expect(keys.count == 1)
        #expect(keys[0].count == "Sec-WebSocket-Key: ".count + 24)
        #expect(!ends.request.contains("own"))
        #expect(!ends.request.contains("Transfer-Encoding"))
        #expect(try Ends().request != ends.request)
    }

    @Test func `what both sides say goes through, and the handshake does not`() throws {
        let ends = try Ends()
        try ends.accept("Sec-WebSocket-Protocol: b\r\nContent-Length: 5\r\n", behind: "first")
        let head = try #require(ends.head)
        #expect(head.contains("\nSec-WebSocket-Protocol: b\n") || head.contains("\nsec-websocket-protocol: b\n"))
        for name in ["connection", "upgrade", "sec-websocket-accept", "content-length"] {
            #expect(!head.lowercased().contains("\n\(name):"), "\(head)")
        }
        try ends.hear(2)
        ends.send("second")
        try ends.turn { ends.received == "second" }
        ends.endpoint.send("third")
        try ends.hear(3)
        #expect(ends.told == ["1 head", "1 first", "1 third"])
    }

    @Test(arguments: [("", false), ("early", false), ("early", true), ("", true)])
    func `what comes before the answer waits for it`(early: String, isEnd: Bool) throws {
        let ends = try Ends(early: early, isEnd: isEnd && early.isEmpty)
        if isEnd, !early.isEmpty { ends.send("", isEnd: true) }
        for _ in 0..<20 { try ends.turn() }
        #expect(ends.received == "")
        #expect(!ends.endpoint.hasEnded)
        try ends.accept()
        if !isEnd { ends.send(".") }
        let all = early + (isEnd ? "" : ".")
        try ends.turn { ends.received == all && ends.endpoint.hasEnded == isEnd }
        ends.endpoint.send("still here")
        try ends.hear(2)
        #expect(ends.told == ["1 head", "1 still here"])
    }

    @Test func `a client that has ended its side may still be told something`() throws {
        let ends = try Ends()
        try ends.accept()
        ends.send("last", isEnd: true)
        try ends.turn { ends.endpoint.hasEnded }
        #expect(ends.received == "last")
        ends.endpoint.send("more")
        ends.endpoint.finish()
        try ends.turn { ends.told.last?.hasSuffix(", end") == true }
        #expect(ends.told[1].hasPrefix("1 more"))
    }

    @Test func `an endpoint that has ended its side may still be told something`() throws {
        let ends = try Ends()
        try ends.accept()
        ends.endpoint.send("more")
        ends.endpoint.finish()
        try ends.turn { ends.told.last?.hasSuffix(", end") == true }
        ends.send("last")
        try ends.turn { ends.received == "last" }
        #expect(!ends.endpoint.hasEnded)
        ends.send("", isEnd: true)
        try ends.turn { ends.endpoint.hasEnded }
        #expect(!ends.told.contains { $0.contains("reset") }, "\(ends.told)")
    }

    @Test func `a client that breaks off has the endpoint left`() throws {
        let ends = try Ends()
        try ends.accept()
        ends.client.leave(ends.number)
        try ends.turn { ends.endpoint.hasEnded }
    }

    @Test func `an endpoint that breaks off has the stream reset`() throws {
        let ends = try Ends()
        try ends.accept()
        ends.send("unread")
        // What is unread when it closes makes the kernel reset the connection.
        ends.wire.send(ends.client.takeOutput())
        try ends.bench.turn { ends.endpoint.hasWaiting }
        ends.endpoint.close()
        try ends.hear(2)
        #expect(ends.told == ["1 head", "1 reset by 8"])
    }

    @Test(arguments: [
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "403 Forbidden", "no"),
        ("HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n", "302 Found", ""),
        ("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n", "426 Upgrade Required", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "502 Bad Gateway", "Bad Gateway\n"),
        ("HTTP/1.1 204 No Content\r\n\r\n", "502 Bad Gateway", "Bad Gateway\n"),
        (accepted("c29tZWJvZHkgZWxzZSdzIGFuc3dlcg=="), "502 Bad Gateway", "Bad Gateway\n"),
        (accepted(""), "502 Bad Gateway", "Bad Gateway\n"),
        (accepted("ANSWER").replacing("Sec-WebSocket-Accept", with: "x"), "502 Bad Gateway", "Bad Gateway\n"),
        (accepted("ANSWER", "Sec-WebSocket-Accept: ANSWER\r\n"), "502 Bad Gateway", "Bad Gateway\n"),
        (accepted("ANSWER").replacing("websocket", with: "other"), "502 Bad Gateway", "Bad Gateway\n"),
        (accepted("ANSWER").replacing("Connection: Upgrade\r\n", with: ""), "502 Bad Gateway", "Bad Gateway\n"),
    ])
    func `without a WebSocket nothing of the stream gets to the endpoint`(
        response: String,
        status: String,
        body: String
    ) throws {
        let smuggled = "GET /admin HTTP/1.1\r\nHost: web.example\r\n\r\n"
        let ends = try Ends(early: smuggled)
        ends.endpoint.send(response.replacing("ANSWER", with: ends.answer))
        try ends.turn {
            ends.send(smuggled)
            return ends.told.last == "1 reset by 0"
        }
        #expect(ends.head?.hasPrefix("HTTP/1.1 \(status)\n") == true)
        #expect(ends.told.contains(body.isEmpty ? "1 head, end" : "1 \(body), end"), "\(ends.told)")
        #expect(ends.received == "")
        // The next request does not find anything of it before it either.
        _ = try ends.client.connect()
        var other: TestSocket?
        try ends.turn {
            other = other ?? ends.bench.endpoint.accept()
            other?.read()
            return !ends.received.isEmpty || other?.received.isEmpty == false
        }
        let next = ends.received + String(decoding: other?.received ?? [], as: UTF8.self)
        #expect(next.hasPrefix("GET /c HTTP/1.1\r\n"))
    }

    @Test func `an endpoint that takes nothing has the client wait`() throws {
        let ends = try Ends()
        try ends.accept()
        let data = [UInt8](repeating: 0x61, count: 16 << 20)
        var sent = 0
        var stillSince = 0
        while stillSince < 20 {
            let count = ends.client.send(Array(data[sent...].prefix(65_536)), on: ends.number)
            sent += count
            stillSince = count > 0 ? 0 : stillSince + 1
            ends.wire.send(ends.client.takeOutput())
            try ends.bench.turn(waiting: 2)
            _ = ends.client.read(ends.wire.takeReceived())
        }
        #expect(sent < data.count)
        try ends.turn {
            sent += ends.client.send(Array(data[sent...].prefix(65_536)), on: ends.number)
            return ends.endpoint.received.count == data.count
        }
        #expect(ends.endpoint.received == data)
    }

    @Test func `trailers have no place in a tunnel`() throws {
        let ends = try Ends()
        try ends.accept()
        ends.client.trail(ends.number)
        try ends.turn { ends.endpoint.hasEnded }
        try ends.hear(2)
        #expect(ends.told == ["1 head", "1 reset by 1"])
    }

    @Test(arguments: [("connect-udp", "501 Not Implemented"), ("websocket", "404 Not Found")])
    func `what nobody here does has its answer`(name: String, status: String) throws {
        let bench = try WorkerBench(TestEndpoint(), nil)
        var client = FramedClient()
        let number = try client.connect([], name: name, authority: "nobody.example")
        let wire = try bench.ask("")
        wire.send(client.takeOutput())
        var told: [String] = []
        try bench.turn {
            told += client.read(wire.takeReceived())
            return told.last?.hasSuffix(", end") == true
        }
        #expect(client.heads[number]?.hasPrefix("HTTP/1.1 \(status)\n") == true)
    }

    @Test func `a call of gRPC is none if it asks for a WebSocket`() throws {
        let ends = try Ends([("content-type", "application/grpc")])
        ends.endpoint.close()
        try ends.hear(1)
        #expect(ends.head?.hasPrefix("HTTP/1.1 502 Bad Gateway\n") == true)
    }
}
