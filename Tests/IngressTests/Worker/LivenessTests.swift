import ClusterState
import Glibc
import HTTPPeers
import LinuxSystem
import NetworkNamespaces
import NetworkTypes
import Testing

@testable import Ingress

/// Connections to endpoints that are dead without saying so.
@Suite struct LivenessTests {
    private static let h2c = "kubernetes.io/h2c"
    private static let post = "POST / HTTP/1.1\r\nHost: web.example\r\nContent-Length: 1\r\n\r\na"
    private static let get = "GET / HTTP/1.1\r\nHost: web.example\r\n\r\n"

    private static func limits(silence: Int64 = 200, sign: Int64 = 400) -> ProxyLimits {
        var limits = ProxyLimits()
        limits.upstreamSilence = .milliseconds(silence)
        limits.upstreamSign = .milliseconds(sign)
        return limits
    }

    private static func unanswered(_ bench: WorkerBench) -> Int {
        bench.withWorker { worker in
            worker.legs.count { place in
                guard case .multiplexed(let multiplexer) = place.leg else { return false }
                return multiplexer.pings.isUnanswered
            }
        }
    }

    private static func ejected(_ bench: WorkerBench) -> [UInt16] {
        bench.withWorker { $0.bench.pools.ejected(now: $0.bench.now).map(\.port) }
    }

    // MARK: - A program that is stopped

    /// A server of HTTP/2 that answers 404 to everything, and its port.
    private func fileServer() throws -> (RunningTool, port: UInt16) {
        let port = try TestSocket.listening().port
        let tool = try RunningTool(["nghttpd", "--no-tls", "-d", "/nowhere", "-a", "127.0.0.1", "\(port)"])
        let place = ListenAddress(address: .v4(IPv4Address(127, 0, 0, 1)), port: port)
        let end = ContinuousClock.now + .seconds(10)
        while (try? PeerConnection(to: place)) == nil { try #require(ContinuousClock.now < end) }
        return (tool, port)
    }

    private static func slice(_ port: UInt16) -> ClusterObject {
        let labels = [EndpointSlice.serviceNameLabel: "web"]
        return .endpointSlice(
            EndpointSlice(
                metadata: ObjectMetadata(name: "web-other", namespace: "default", labels: labels),
                family: .ipv4,
                endpoints: [Endpoint(addresses: [.v4(IPv4Address(127, 0, 0, 1))])],
                ports: [EndpointPort(port: port)]
            )
        )
    }

    @Test(arguments: [(Self.get, [200]), (Self.post, [200, 502])])
    func `requests to a program that is stopped end, and others go on`(request: String, outcomes: [Int]) throws {
        let (program, port) = try fileServer()
        let endpoint = try TestEndpoint()
        let bench = try WorkerBench(endpoint, Self.h2c, limits: Self.limits()) { _ in [Self.slice(port)] }
        repeat {
            try bench.ask()
            try bench.turn { !bench.statuses.contains(nil) }
        } while !bench.statuses.contains(404)
        program.send(SIGSTOP)
        defer { program.send(SIGCONT) }
        endpoint.isAnswering = false
        let former = bench.statuses.count
        // By turns, since the one with fewer requests gets the next.
        for _ in 0..<6 { try bench.ask(request) }
        try bench.turn { endpoint.requests >= 3 }
        endpoint.isAnswering = true
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(Set(bench.statuses[former...]) == Set(outcomes))
        #expect(Self.ejected(bench) == [port])
        for _ in 0..<6 { try bench.ask(request) }
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(Set(bench.statuses[(former + 6)...]) == [200])
    }

    // MARK: - A connection on which nothing comes

    @Test func `who is silent for long and answers is let be`() throws {
        let endpoint = try TestEndpoint()
        endpoint.isAnswering = false
        var limits = Self.limits(silence: 100, sign: 300)
        limits.upstreamPings = .milliseconds(200)
        let bench = try WorkerBench(endpoint, Self.h2c, limits: limits)
        try bench.ask()
        let end = ContinuousClock.now + .seconds(1)
        try bench.turn { ContinuousClock.now > end }
        endpoint.isAnswering = true
        try bench.turn { bench.statuses == [200] }
        #expect(endpoint.connections.count == 1)
        #expect(Self.ejected(bench) == [])
    }

    @Test func `while it has to answer requests go by another connection, and then by it again`() throws {
        let endpoint = try TestEndpoint()
        endpoint.isAnswering = false
        let bench = try WorkerBench(endpoint, Self.h2c, limits: Self.limits(sign: 10_000))
        try bench.ask()
        try bench.turn { endpoint.requests == 1 }
        endpoint.connections[0].isFrozen = true
        endpoint.isAnswering = true
        try bench.turn { Self.unanswered(bench) == 1 }
        try bench.ask()
        try bench.turn { bench.statuses == [nil, 200] }
        #expect(endpoint.connections.map(\.requests) == [1, 1])
        endpoint.connections[0].isFrozen = false
        try bench.turn { bench.statuses == [200, 200] }
        #expect(Self.unanswered(bench) == 0)
        try bench.ask()
        try bench.turn { bench.statuses == [200, 200, 200] }
        #expect(endpoint.connections.map(\.requests) == [2, 1])
        #expect(Self.ejected(bench) == [])
    }

    @Test func `it is found out also when the client has left by then`() throws {
        let endpoint = try TestEndpoint()
        endpoint.isAnswering = false
        let bench = try WorkerBench(endpoint, Self.h2c, limits: Self.limits())
        try bench.ask()
        try bench.turn { endpoint.requests == 1 }
        endpoint.connections[0].isFrozen = true
        try bench.turn { Self.unanswered(bench) == 1 }
        bench.clients[0].close()
        try bench.turn { Self.ejected(bench) == [endpoint.port] }
        #expect(Self.unanswered(bench) == 0)
        endpoint.isAnswering = true
        try bench.ask()
        try bench.turn { bench.statuses[1] == 200 }
        #expect(endpoint.connections.count == 2)
    }
}
