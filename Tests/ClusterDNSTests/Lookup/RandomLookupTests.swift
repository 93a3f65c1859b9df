import ClusterFixtures
import DNSWire
import NetworkTypes
import SeededNumbers
import Testing

@testable import ClusterDNS

/// Servers of all manners, each for each family in its own, over UDP and TLS, quick and slow.
@Suite struct RandomLookupTests {
    private static let useful: [FakeServer.Manner] = [
        .honest, .honest, .validating, .cutting, .old(.formatError), .old(.badVersion), .forged, .folding, .leaving,
        .withoutAuthority,
    ]
    private static let useless: [FakeServer.Manner] = [
        .dead, .unreachable, .cuttingWithoutTCP, .failing(.serverFailure), .failing(.refused), .flooded, .referring,
        .garbling,
    ]

    private static func server(useful isUseful: Bool, using generator: inout SeededNumbers) -> FakeServer {
        let manners = isUseful ? useful : useful + useless + useless
        var server = FakeServer(records: LookupBench.records)
        for type in [RecordType.a, .aaaa] { server.mannersByType[type] = manners.randomElement(using: &generator) }
        server.roundTrip = .milliseconds(Int.random(in: 0...(isUseful ? 900 : 2500), using: &generator))
        return server
    }

    private static func upstream(_ index: Int, using generator: inout SeededNumbers) -> Upstream {
        let plain = ForwarderBench.upstream(index)
        guard Int.random(in: 0..<4, using: &generator) == 0 else { return plain }
        return Upstream(plain.address, port: 853, security: .tls(name: nil))
    }

    private static let truths: [String: (addresses: [String], reason: String)] = [
        "a.test": (["192.0.2.1", "192.0.2.2"], ""), "dual.test": (["192.0.2.3", "fd00::3"], ""),
        "c.test": (["192.0.2.1", "192.0.2.2"], ""), "six.test": (["fd00::6"], ""),
        "gone.test": ([], "gone.test. does not exist"), "bare.test": ([], "bare.test. has no addresses"),
        "d.test": ([], "d.test. is an alias of gone.test., which does not exist"),
    ]

    @Test(arguments: Array(UInt64(1)...400))
    func `there is one answer in time, and it is true`(seed: UInt64) throws {
        var generator = SeededNumbers(seed: seed)
        let name = try #require(Self.truths.keys.sorted().randomElement(using: &generator))
        let truth = try #require(Self.truths[name])
        let count = Int.random(in: 1...4, using: &generator)
        // Behind others that may take all of their time, twice.
        let place = Bool.random(using: &generator) ? Int.random(in: 0..<count, using: &generator) : nil
        let servers = (0..<count).map { index in
            let upstream = Self.upstream(index, using: &generator)
            return (upstream, Self.server(useful: index == place, using: &generator))
        }
        let bench = LookupBench(name, servers, seed: seed)
        let answer = try #require(bench.run())
        switch answer {
        case .addresses(let addresses, let lifetime):
            // Those of one family may be missing.
            #expect(Set(addresses).isSubset(of: truth.addresses.map(address)))
            #expect(Set(addresses).count == addresses.count && !addresses.isEmpty && lifetime <= .seconds(70))
        case .nothing(let reason, let lifetime): #expect(reason == truth.reason && lifetime <= .seconds(60))
        case .failed(let reason): #expect(place == nil && !reason.isEmpty)
        }
        #expect(bench.now <= LookupTimes.whole)
        #expect(bench.running.isEmpty && !bench.hasCrowd)
        #expect(bench.sent.allSatisfy { ($0.attempt.transport == .tls) == ($0.attempt.upstream.security != .none) })
        #expect(Set(bench.sent.map(\.attempt.id)).count == bench.sent.count)
    }
}
