import HTTPClients
import LinuxSystem
import Logging
import NetworkTypes
import PlainHTTP
import Supervision
import Testing

@testable import MetricsServer

/// The server over real sockets, on loopback addresses that nobody else uses.
@Suite(.timeLimit(.minutes(1))) struct MetricsCapabilityTests {
    private let address = ListenAddress(
        address: .v4(IPv4Address(127, .random(in: 1...250), .random(in: 0...250), .random(in: 1...250))),
        port: 9477
    )

    /// Runs a server, and `body` once the board shows it in a state that `condition` is true for.
    private func withServer(
        _ limits: HTTPLimits = HTTPLimits(),
        _ others: [String: HTTPRoutes.Answer] = [:],
        until condition: @escaping @Sendable (CapabilityHealth.State) -> Bool = { $0 == .ready },
        _ body: (HealthBoard) async throws -> Void
    ) async throws {
        let board = HealthBoard { .zero }
        board.add(.metrics)
        let capability = MetricsCapability(
            addresses: [address],
            routes: HTTPRoutes(others.merging(["/metrics": { HTTPAnswer(.ok, "a 1\n") }]) { $1 }),
            limits: limits,
            retry: .milliseconds(1),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await capability.run(reporting: HealthReporter(.metrics, on: board)) }
            await state(on: board, condition)
            try await body(board)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func state(on board: HealthBoard, _ condition: (CapabilityHealth.State) -> Bool) async {
        for await _ in board.changes(startingNow: true) where condition(board.snapshot()[0].state) { return }
    }

    /// A request that leaves the connection open.
    private static let kept = "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n"

    static let rows: [(request: String, answer: String)] = [
        (
            "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\nConnection: close\r\n\r\na 1\n"
        ),
        (
            "HEAD /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"
        ),
        (
            "GET /metrics HTTP/1.0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\nConnection: close\r\n\r\na 1\n"
        ),
        (
            "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 18\r\n"
                + "Connection: close\r\nAllow: GET, HEAD\r\n\r\nonly GET and HEAD\n"
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 10\r\n"
                + "Connection: close\r\n\r\nnot found\n"
        ),
    ]

    @Test func `requests are answered as HTTP has it`() async throws {
        try await withServer { _ in
            for row in Self.rows { #expect(await TextClient.send(row.request, to: address) == row.answer) }
        }
    }

    @Test func `a connection is kept, and pipelined requests are answered in order`() async throws {
        try await withServer { _ in
            let kept = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n"
            let text = await TextClient.send(kept + Self.rows[0].request, to: address)
            let statuses = text.split(separator: "\r\n").filter { $0.contains("HTTP/1.1") }.map { $0.suffix(15) }
            #expect(statuses.map { $0.contains("200") } == [true, false, true], "\(text)")
            #expect(text.contains("Connection: keep-alive"))
        }
    }

    @Test(arguments: [
        "GET /metrics HTTP/1.1\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n",
    ])
    func `what is no request is refused, and ends the connection`(request: String) async throws {
        try await withServer { _ in
            #expect(await TextClient.send(request, to: address).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        }
    }

    @Test(arguments: ["", "G", "GET /metrics HTTP/1.1\r\nHost:"])
    func `who sends no request in time is cut off`(text: String) async throws {
        var limits = HTTPLimits()
        limits.request = .milliseconds(20)
        try await withServer(limits) { _ in #expect(await TextClient.send(text, to: address) == "") }
    }

    @Test func `who begins another request has to end it in time`() async throws {
        var limits = HTTPLimits()
        limits.request = .milliseconds(200)
        try await withServer(limits) { _ in
            // On a busy machine even a whole request may come too late.
            var client = TextClient(address)
            while await !client.exchange(Self.kept).contains(" 200 ") {
                client.close()
                client = TextClient(address)
            }
            #expect(await client.exchange("GET /metrics HTTP/1.1\r\n") == "")
            client.close()
        }
    }

    @Test func `who is silent after an answer is cut off`() async throws {
        var limits = HTTPLimits()
        limits.silence = .milliseconds(20)
        try await withServer(limits) { _ in
            let client = TextClient(address)
            #expect(await client.exchange(Self.kept).contains(" 200 "))
            #expect(await client.exchange("") == "")
            client.close()
        }
    }

    @Test func `an answer that does not come in time ends the connection, and others are answered`() async throws {
        var limits = HTTPLimits()
        limits.answer = .milliseconds(20)
        limits.connections = 1
        let hold = Hold()
        try await withServer(limits, ["/slow": { await hold.answer() }]) { _ in
            #expect(await TextClient.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", to: address) == "")
            // On a busy machine even an answer that is there may come too late, or not whole.
            let (request, whole) = (Self.rows[0].request, Self.rows[0].answer)
            var answer = ""
            while answer != whole, whole.hasPrefix(answer) { answer = await TextClient.send(request, to: address) }
            #expect(answer == whole)
            hold.release()
        }
    }

    @Test func `connections that are idle keep nobody out`() async throws {
        let limits = HTTPLimits()
        try await withServer(limits) { _ in
            let crowd = (0..<2 * limits.connections).map { _ in TextClient(address) }
            #expect(await TextClient.send(Self.rows[0].request, to: address) == Self.rows[0].answer)
            for client in crowd { client.close() }
        }
    }

    @Test func `the connection that is idle longest makes room, and none that is being answered`() async throws {
        var limits = HTTPLimits()
        limits.connections = 2
        let hold = Hold()
        try await withServer(limits, ["/slow": { await hold.answer() }]) { _ in
            let busy = TextClient(address)
            async let held = busy.exchange("HEAD /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            await hold.isAsked()
            let idle = TextClient(address)
            #expect(await idle.exchange(Self.kept).contains(" 200 "))
            #expect(await TextClient.send(Self.rows[0].request, to: address) == Self.rows[0].answer)
            #expect(await idle.exchange("") == "")
            hold.release()
            #expect(await held.contains(" 200 "))
            for client in [busy, idle] { client.close() }
        }
    }

    @Test func `the end waits for no connection that is kept`() async throws {
        var kept: TextClient?
        try await withServer { _ in
            let client = TextClient(address)
            #expect(await client.exchange("HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n").contains(" 200 "))
            kept = client
        }
        #expect(await kept?.exchange("") == "")
        kept?.close()
    }

    @Test func `who holds the address is named, and it is taken when it is free`() async throws {
        var holder: SharedDescriptor? = try PacketPorts.openServer(.stream, address.address.bytes, port: address.port)
        try await withServer(until: { if case .degraded = $0 { true } else { false } }) { board in
            guard case .degraded(let reason) = board.snapshot()[0].state else { return }
            #expect(reason.hasPrefix("\(address) is held by Linnet itself: "))
            withExtendedLifetime(holder) {}
            holder = nil
            await state(on: board) { $0 == .ready }
            #expect(await TextClient.send(Self.rows[0].request, to: address) == Self.rows[0].answer)
        }
    }
}

/// An answer that is given when the test says so.
private final class Hold: Sendable {
    private let asked = AsyncStream.makeStream(of: Void.self)
    private let released = AsyncStream.makeStream(of: Void.self)

    func answer() async -> HTTPAnswer {
        asked.continuation.yield()
        for await _ in released.stream {}
        return HTTPAnswer(.ok, "late\n")
    }

    func isAsked() async { _ = await asked.stream.first { true } }

    func release() { released.continuation.finish() }
}
