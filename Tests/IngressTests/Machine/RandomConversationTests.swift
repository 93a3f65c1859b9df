import SeededNumbers
import Testing

@testable import Ingress

/// Whatever comes in whatever order, nothing traps, and what is let go of is let go of.
@Suite struct RandomConversationTests {
    private static let requests = [
        "GET / HTTP/1.1\r\nHost: web.example\r\n\r\n", "GET /a HTTP/1.0\r\nHost: lone.example\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: web.example\r\n\r\n", "GET / HTTP/1.1\r\nHost: nobody.example\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: web.example\r\nContent-Length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: web.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: web.example\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
        "GET / HTTP/1.1\r\nHost: web.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: web.example\r\nConnection: close\r\n\r\n", "zz\r\n", "\r\n", "5\r\nhello\r\n",
    ]

    private static let responses = [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nto the end", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "garbage",
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    ]

    @Test(arguments: [UInt64](1...40))
    func `events in any order leave nothing behind`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        for _ in 0..<40 {
            let bench = try MachineBench()
            if Bool.random(using: &random) { bench.unreachable = ["10.42.0.1"] }
            for _ in 0..<30 where !bench.isClientClosed { try Self.event(bench, &random) }
            bench.clientBreaks()
            #expect(bench.isClientClosed)
            #expect(bench.held == [])
        }
    }

    private static func event(_ bench: MachineBench, _ random: inout SeededNumbers) throws {
        let pieces = (0..<Int.random(in: 0...6, using: &random)).map { _ in Int.random(in: 1...9, using: &random) }
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<9: bench.client(requests.randomElement(using: &random) ?? "", pieces: pieces)
        case 9..<16:
            guard bench.isAsking else { return }
            let isLast = Int.random(in: 0..<6, using: &random) == 0
            try bench.upstream(responses.randomElement(using: &random) ?? "", pieces: pieces, ends: isLast)
        case 16:
            if bench.isAsking { bench.upstreamBreaks() }
        case 17: bench.clientEnds()
        case 18: bench.clientExpires()
        default: bench.drain()
        }
    }
}
