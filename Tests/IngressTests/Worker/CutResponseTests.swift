import LinuxSystem
import Testing

@testable import Ingress

/// Responses that an endpoint of HTTP/2 breaks off, to clients that take slowly.
@Suite struct CutResponseTests {
    private static let h2c = "kubernetes.io/h2c"
    private static let get = "GET / HTTP/1.1\r\nHost: web.example\r\n\r\n"

    /// Frames of the beginning of a response: `:status: 200`, and so many octets of its body.
    private static func beginning(_ size: Int) -> [UInt8] {
        var frames: [UInt8] = [0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88]
        for start in stride(from: 0, to: size, by: 16_384) {
            let count = min(16_384, size - start)
            frames += [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255), 0, 0, 0, 0, 0, 1]
            frames += [UInt8](repeating: 0x7e, count: count)
        }
        return frames
    }

    private static let reset: [UInt8] = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 2]
    private static let size = 200_000

    /// A client that has asked, and takes next to nothing before the test reads it.
    private func ask(_ bench: WorkerBench, _ endpoint: TestEndpoint) throws -> TestSocket {
        endpoint.isAnswering = false
        let client = try bench.connect(isNarrow: true)
        client.send(Self.get)
        try bench.turn { endpoint.requests == 1 }
        return client
    }

    @Test(arguments: [true, false])
    func `a client has all that came before the endpoint broke off, and then the end`(isReset: Bool) throws {
        let endpoint = try TestEndpoint()
        let bench = try WorkerBench(endpoint, Self.h2c, isNarrow: true)
        let client = try ask(bench, endpoint)
        let peer = endpoint.connections[0].socket
        peer.send(Self.beginning(Self.size) + (isReset ? Self.reset : []))
        // The client reads nothing before it is all there.
        try bench.settle()
        if !isReset { peer.close() }
        try bench.settle()
        try bench.turn {
            client.read()
            return client.hasEnded
        }
        #expect(client.received.count { $0 == 0x7e } == Self.size)
        // The last chunk is missing.
        #expect(!client.received.suffix(5).elementsEqual("0\r\n\r\n".utf8))
        #expect(client.received.suffix(2).elementsEqual("\r\n".utf8))
    }

    @Test func `who takes slowly is served for as long as it takes, and who takes nothing is not`() throws {
        let endpoint = try TestEndpoint()
        endpoint.bodySize = 4_000_000
        var limits = ProxyLimits()
        limits.stall = .milliseconds(300)
        let bench = try WorkerBench(endpoint, nil, limits: limits)
        let client = try bench.connect(isNarrow: true)
        client.send(Self.get)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(2)
        var next = clock.now
        // The kernel keeps so much that it has no room for more of the response in all this time.
        try bench.turn {
            if clock.now >= next {
                client.read(atMost: 4_096)
                next = clock.now + .milliseconds(50)
            }
            return clock.now >= end
        }
        #expect(!client.hasEnded)
        #expect(bench.withWorker { $0.clients } == 1)
        #expect(client.received.count < 200_000)
        try bench.turn { bench.withWorker { $0.clients } == 0 }
    }

    @Test(arguments: [true, false])
    func `who takes nothing of that is left as always`(isReset: Bool) throws {
        let endpoint = try TestEndpoint()
        var limits = ProxyLimits()
        limits.stall = .milliseconds(300)
        let bench = try WorkerBench(endpoint, Self.h2c, limits: limits, isNarrow: true)
        let client = try ask(bench, endpoint)
        let peer = endpoint.connections[0].socket
        peer.send(Self.beginning(Self.size) + (isReset ? Self.reset : []))
        try bench.settle()
        if !isReset { peer.close() }
        try bench.turn { bench.withWorker { $0.clients } == 0 }
        try bench.turn {
            client.read()
            return client.hasEnded
        }
        #expect(client.received.count < Self.size)
        #expect(bench.withWorker { $0.bench.pools.activeCount } == 0)
    }
}
