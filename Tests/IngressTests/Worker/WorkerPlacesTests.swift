import HTTPPeers
import Testing

@testable import Ingress

/// More clients than one thread may have, over sockets.
@Suite(.timeLimit(.minutes(1))) struct WorkerPlacesTests {
    private static let nowhere = "GET / HTTP/1.1\r\nHost: nobody.test\r\n\r\n"
    private static let somewhere = "GET / HTTP/1.1\r\nHost: web.test\r\n\r\n"
    private static let fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    /// The preface of HTTP/2 and empty settings.
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]

    /// - Parameter isProxied: whether all clients are proxies, which have no share.
    private func with(
        clients: Int,
        all: Int = 100,
        isProxied: Bool = true,
        _ body: (LoneProxy) async throws -> Void
    ) async throws {
        try await LoneProxy.with(
            forwarders: TrustedPeers(trustsAll: isProxied),
            budget: ConnectionBudget(all: all, clients: clients),
            { _ in },
            body
        )
    }

    /// A client that has had a response, so that it rests.
    private func restingClient(of proxy: LoneProxy) throws -> PeerConnection {
        let client = try proxy.client()
        client.send(Self.nowhere)
        #expect(try client.readMessage().status == 404)
        return client
    }

    @Test func `the client that rests longest makes room, and those at work stay`() async throws {
        try await with(clients: 3) { proxy in
            let busy = try proxy.client()
            busy.send(Self.somewhere)
            let upstream = try proxy.backend.accept()
            _ = try upstream.readMessage()
            let first = try restingClient(of: proxy)
            let second = try restingClient(of: proxy)
            let third = try restingClient(of: proxy)
            #expect(try first.readToEnd().end == .finished)
            upstream.send(Self.fine)
            #expect(try busy.readMessage().text == "ok")
            // It has rested since.
            second.send(Self.nowhere)
            #expect(try second.readMessage().status == 404)
            let fourth = try restingClient(of: proxy)
            #expect(try third.readToEnd().end == .finished)
            let traffic = try await proxy.traffic()
            #expect(traffic.evictions == 2 && traffic.refusals.isEmpty && traffic.connections[0] == 3)
            for client in [busy, second, fourth] { client.close() }
        }
    }

    @Test func `a client is refused while requests are under way on all connections`() async throws {
        try await with(clients: 1) { proxy in
            let busy = try proxy.client()
            busy.send(Self.somewhere)
            let upstream = try proxy.backend.accept()
            _ = try upstream.readMessage()
            #expect(try proxy.client().readToEnd().end == .reset)
            upstream.send(Self.fine)
            #expect(try busy.readMessage().status == 200)
            let next = try restingClient(of: proxy)
            let traffic = try await proxy.traffic()
            #expect(traffic.refusals == [.full: 1] && traffic.evictions == 1 && traffic.connections[0] == 1)
            next.close()
        }
    }

    @Test func `one address has a quarter of what is scarce`() async throws {
        try await with(clients: 4, isProxied: false) { proxy in
            var upstreams: [PeerConnection] = []
            var clients: [PeerConnection] = []
            for _ in 0..<2 {
                clients.append(try proxy.client())
                clients.last?.send(Self.somewhere)
                upstreams.append(try proxy.backend.accept())
            }
            #expect(try proxy.client().readToEnd().end == .reset)
            #expect(try await proxy.traffic().refusals == [.share: 1])
            clients[0].close()
            _ = try upstreams[0].readToEnd()
            _ = try restingClient(of: proxy)
            clients[1].close()
        }
    }

    @Test func `a client of HTTP/2 without streams makes room, and is told so`() async throws {
        try await with(clients: 1) { proxy in
            let first = try proxy.client()
            first.send(Self.preface)
            // Its settings.
            _ = try first.read(9)
            let second = try restingClient(of: proxy)
            let rest = try first.readToEnd()
            #expect(rest.end == .finished)
            // The last frame is GOAWAY of 8 octets: stream 0, no error.
            #expect(Array(rest.octets.suffix(17)) == [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
            #expect(try await proxy.traffic().connections[0] == 1)
            second.close()
        }
    }

    @Test func `without a descriptor for its endpoint a request is answered with 503`() async throws {
        try await with(clients: 2, all: 1, isProxied: false) { proxy in
            let client = try proxy.client()
            client.send(Self.somewhere)
            #expect(try client.readMessage().status == 503)
            // The endpoint is not to blame.
            #expect(try await proxy.traffic().failures == [:])
        }
    }

    @Test func `a connection that waits for a request makes room for a client`() async throws {
        try await with(clients: 2, all: 2) { proxy in
            let client = try proxy.client()
            client.send(Self.somewhere)
            let upstream = try proxy.backend.accept()
            _ = try upstream.readMessage()
            upstream.send(Self.fine)
            #expect(try client.readMessage().status == 200)
            let next = try restingClient(of: proxy)
            #expect(try upstream.readToEnd().end == .finished)
            next.close()
        }
    }
}
