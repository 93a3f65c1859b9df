import HTTPWire
import LinuxSystem
import NIOSSL
import Testing

@testable import Ingress

/// Requests that come at once for one endpoint, and how many connections they have it take.
@Suite struct SharedConnectionTests {
    private static let h2c = "kubernetes.io/h2c"

    private static func context(_ protocols: String...) throws -> NIOSSLContext {
        try TestCertificates.serverContext(TestCertificates.make("a.example"), protocols: protocols)
    }

    // MARK: - Before the endpoint's SETTINGS

    @Test(arguments: [1, 3, 100])
    func `requests wait until the endpoint has said how many it takes, and none is refused`(streams: Int) throws {
        let endpoint = try TestEndpoint()
        endpoint.streams = streams
        endpoint.isSpeaking = false
        let bench = try WorkerBench(endpoint, Self.h2c)
        for _ in 0..<20 { try bench.ask() }
        try bench.settle()
        #expect(endpoint.connections.count == 1)
        #expect(endpoint.requests == 0)
        endpoint.isSpeaking = true
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == Array(repeating: 200, count: 20))
        #expect(endpoint.requests == 20)
        #expect(endpoint.connections.count <= (20 + streams - 1) / streams)
    }

    @Test func `who says nothing of itself is no endpoint of HTTP 2`() throws {
        let endpoint = try TestEndpoint()
        endpoint.isSpeaking = false
        var limits = ProxyLimits()
        limits.connect = .milliseconds(100)
        let bench = try WorkerBench(endpoint, Self.h2c, limits: limits)
        for _ in 0..<3 { try bench.ask() }
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == [504, 504, 504])
        #expect(endpoint.requests == 0)
    }

    @Test func `who answers HTTP 2 with HTTP 1 cannot be asked`() throws {
        let endpoint = try TestEndpoint()
        endpoint.isAccepting = false
        let bench = try WorkerBench(endpoint, Self.h2c)
        for _ in 0..<3 { try bench.ask() }
        var peer: TestSocket?
        try bench.turn {
            peer = peer ?? endpoint.accept()
            return peer?.hasWaiting == true
        }
        peer?.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == [502, 502, 502])
    }

    @Test func `a client that leaves while it waits takes nobody's place`() throws {
        let endpoint = try TestEndpoint()
        endpoint.streams = 1
        endpoint.isSpeaking = false
        let bench = try WorkerBench(endpoint, Self.h2c)
        for _ in 0..<3 { try bench.ask() }
        try bench.settle()
        bench.clients[0].close()
        try bench.settle()
        endpoint.isSpeaking = true
        try bench.turn { !bench.statuses.dropFirst().contains(nil) }
        #expect(bench.statuses == [nil, 200, 200])
        #expect(endpoint.requests == 2)
    }

    @Test(arguments: [(1, 3), (100, 1)])
    func `who is not the first on its connection is counted as on a kept one`(streams: Int, connections: Int) throws {
        let endpoint = try TestEndpoint()
        endpoint.streams = streams
        endpoint.isAnswering = false
        let bench = try WorkerBench(endpoint, Self.h2c)
        for _ in 0..<3 { try bench.ask() }
        try bench.turn { endpoint.requests == 3 }
        endpoint.isAnswering = true
        try bench.turn { !bench.statuses.contains(nil) }
        for _ in 0..<2 { try bench.ask() }
        try bench.turn { !bench.statuses.contains(nil) }
        let traffic = bench.withWorker { $0.bench.traffic }
        #expect(traffic.connects == connections)
        #expect(traffic.reuses == 5 - connections)
    }

    @Test func `one to an endpoint that cannot be asked counts as neither`() throws {
        let endpoint = try TestEndpoint()
        endpoint.isSpeaking = false
        var limits = ProxyLimits()
        limits.connect = .milliseconds(100)
        let bench = try WorkerBench(endpoint, Self.h2c, limits: limits)
        try bench.ask()
        try bench.turn { !bench.statuses.contains(nil) }
        let traffic = bench.withWorker { $0.bench.traffic }
        #expect(traffic.connects == 0)
        #expect(traffic.reuses == 0)
    }

    // MARK: - An endpoint that takes few

    @Test func `those for whom there is no place have theirs in the order in which they came`() throws {
        let endpoint = try TestEndpoint()
        endpoint.streams = 1
        let bench = try WorkerBench(endpoint, Self.h2c)
        try bench.ask()
        try bench.turn { !bench.statuses.contains(nil) }
        // Further connections come about in the kernel alone.
        endpoint.isAccepting = false
        endpoint.isAnswering = false
        for _ in 0..<8 { try bench.ask() }
        try bench.settle()
        endpoint.isAnswering = true
        while bench.statuses.contains(nil) {
            try bench.turn(waiting: 10)
            let served = bench.statuses.prefix { $0 == 200 }
            #expect(bench.statuses[served.count...].allSatisfy { $0 == nil })
        }
        #expect(bench.statuses == Array(repeating: 200, count: 9))
        #expect(endpoint.connections.count == 1)
    }

    @Test func `an endpoint that takes one request on a connection has so many connections, and no more`() throws {
        let endpoint = try TestEndpoint()
        endpoint.streams = 1
        endpoint.isAnswering = false
        let bench = try WorkerBench(endpoint, Self.h2c)
        let count = SharedUpstream.mostConnections + 10
        for _ in 0..<count { try bench.ask() }
        try bench.turn { endpoint.requests == SharedUpstream.mostConnections }
        try bench.settle()
        #expect(endpoint.connections.count == SharedUpstream.mostConnections)
        endpoint.isAnswering = true
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == Array(repeating: 200, count: count))
        #expect(endpoint.connections.count == SharedUpstream.mostConnections)
    }

    @Test func `who takes none at the moment is waited for`() throws {
        let endpoint = try TestEndpoint()
        endpoint.isFull = true
        let bench = try WorkerBench(endpoint, Self.h2c)
        for _ in 0..<3 { try bench.ask() }
        try bench.settle()
        #expect(endpoint.connections.count == 1)
        #expect(endpoint.requests == 0)
        // SETTINGS_MAX_CONCURRENT_STREAMS is 2 now.
        endpoint.connections[0].socket.send([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2])
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == [200, 200, 200])
    }

    @Test func `an endpoint that leaves has those who wait come by another connection`() throws {
        let endpoint = try TestEndpoint()
        endpoint.streams = 1
        endpoint.isAnswering = false
        let bench = try WorkerBench(endpoint, Self.h2c)
        try bench.ask()
        try bench.turn { endpoint.requests == 1 }
        // GOAWAY: the one that it has looked at is answered.
        endpoint.connections[0].socket.send([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
        try bench.settle()
        try bench.ask()
        try bench.turn { endpoint.requests == 2 }
        #expect(endpoint.connections.map(\.requests) == [1, 1])
        endpoint.isAnswering = true
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == [200, 200])
    }

    // MARK: - What is agreed on over TLS

    @Test func `requests wait for the first handshake, and share what comes of it`() throws {
        let endpoint = try TestEndpoint(Self.context("h2", "http/1.1"))
        let bench = try WorkerBench(endpoint, "https")
        for _ in 0..<30 { try bench.ask() }
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == Array(repeating: 200, count: 30))
        #expect(endpoint.connections.count == 1)
    }

    @Test func `where HTTP 2 is not agreed on, each request has a connection, and that is remembered`() throws {
        let endpoint = try TestEndpoint(Self.context("http/1.1"))
        endpoint.isAnswering = false
        let bench = try WorkerBench(endpoint, "https")
        for _ in 0..<5 { try bench.ask() }
        try bench.turn { endpoint.requests == 5 }
        #expect(endpoint.connections.map(\.requests) == [1, 1, 1, 1, 1])
        for _ in 0..<2 { try bench.ask() }
        try bench.turn { endpoint.requests == 7 }
        #expect(endpoint.connections.count == 7)
        endpoint.isAnswering = true
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == Array(repeating: 200, count: 7))
        // By connections that wait.
        for _ in 0..<3 { try bench.ask() }
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(endpoint.connections.count == 7)
    }

    @Test(arguments: [(["http/1.1"], ["h2"], [200, 200, 200]), (["h2"], ["http/1.1"], [200, 200, 200])])
    func `what an endpoint speaks may change`(first: [String], then: [String], statuses: [Int]) throws {
        let certificate = try TestCertificates.make("a.example")
        let endpoint = try TestEndpoint(TestCertificates.serverContext(certificate, protocols: first))
        let bench = try WorkerBench(endpoint, "https")
        try bench.ask()
        try bench.turn { !bench.statuses.contains(nil) }
        endpoint.closeAll()
        try bench.settle()
        endpoint.context = try TestCertificates.serverContext(certificate, protocols: then)
        try bench.ask()
        try bench.turn { !bench.statuses.contains(nil) }
        try bench.ask()
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == statuses)
        // One for each time: the third request goes by the connection of the second.
        #expect(endpoint.connections.count == 2)
    }

    @Test func `a handshake that fails is the failure of all who waited for it`() throws {
        let endpoint = try TestEndpoint()
        endpoint.isAccepting = false
        let bench = try WorkerBench(endpoint, "https")
        for _ in 0..<3 { try bench.ask() }
        var peer: TestSocket?
        try bench.turn {
            peer = peer ?? endpoint.accept()
            return peer?.hasWaiting == true
        }
        peer?.send("no TLS")
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == [502, 502, 502])
    }
}
