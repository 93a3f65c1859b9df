import DNSWire
import Testing

@testable import ClusterDNS

/// What a forwarder does with upstreams that are spoken to over TLS.
@Suite struct SecureUpstreamTests {
    @Test(arguments: [
        // Manner, packets sent, the answer's code.
        (FakeServer.Manner.honest, ["0 53 tls"], ResponseCode.noError),
        (.dead, ["0 53 tls", "1000 53 tls"], .serverFailure),
        (.unreachable, ["0 53 tls"], .serverFailure),
        (.cuttingWithoutTCP, ["0 53 tls"], .noError),
        (.forged, ["0 53 tls"], .noError),
        (.flooded, ["0 53 tls"], .noError),
        (.folding, ["0 53 tls"], .noError),
        (.old(.formatError), ["0 53 tls", "20 53 tls plain"], .noError),
        (.failing(.refused), ["0 53 tls"], .serverFailure),
    ])
    func `whatever the server does, it is asked over TLS alone`(
        manner: FakeServer.Manner,
        log: [String],
        code: ResponseCode
    ) {
        let bench = ForwarderBench(overTLS: manner)
        bench.ask("a.test")
        bench.run(for: .seconds(10))
        #expect(bench.log == log)
        #expect(bench.given.map(\.message.code) == [code])
        #expect(bench.sent.allSatisfy { $0.transport == .tls })
    }

    @Test(arguments: [
        "a.test", "a-name-that-is-much-longer-than-the-other-one.and-has-more-labels.test",
        String(repeating: "abcdefghi.", count: 20) + "test",
    ])
    func `questions have padding that hides their length`(name: String) throws {
        let bench = ForwarderBench(overTLS: .honest)
        bench.ask(name)
        let sent = try #require(bench.sent.last)
        #expect(sent.message.encoded().count % 128 == 0)
        #expect(sent.message.edns?.options.map(\.code) == [.padding])
    }

    @Test func `those that were asked without TLS have no padding`() {
        let bench = ForwarderBench(.honest)
        bench.ask("a.test")
        #expect(bench.sent.allSatisfy { $0.message.edns?.options == [] })
    }

    @Test func `the round trip is learned over TLS, too`() {
        let bench = ForwarderBench(overTLS: .honest)
        bench.ask("a.test")
        bench.run(for: .seconds(1))
        #expect(bench.forwarder.status(now: bench.now).map(\.roundTrip) == [.milliseconds(20)])
        #expect(bench.forwarder.status(now: bench.now).map(\.condition) == [.good])
    }
}
