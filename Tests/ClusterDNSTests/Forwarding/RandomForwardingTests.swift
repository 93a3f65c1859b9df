import DNSWire
import NetworkTypes
import SeededNumbers
import Testing

@testable import ClusterDNS

/// Many clients, servers that change their manners and come and go.
@Suite struct RandomForwardingTests {
    private static let manners: [FakeServer.Manner] = [
        .honest, .honest, .honest, .validating, .dead, .unreachable, .cutting, .cuttingWithoutTCP,
        .failing(.serverFailure), .failing(.refused), .old(.formatError), .forged, .folding, .referring, .looping,
        .garbling, .flooded,
    ]

    private static func configuration(mixedCase: Bool) -> ForwarderConfiguration {
        var configuration = ForwarderConfiguration()
        configuration.usesMixedCase = mixedCase
        configuration.mostQuestions = 40
        configuration.mostClients = 10
        configuration.cacheSize = 32 << 10
        return configuration
    }

    @Test(arguments: Array(UInt64(1)...12))
    func `each client gets one answer in time, and the right one if any`(seed: UInt64) {
        var generator = SeededNumbers(seed: seed)
        let known = (0..<60).map { ResourceRecord.address("n\($0).test", UInt8($0), ttl: UInt32($0 % 7)) }
        let records = Dictionary(uniqueKeysWithValues: known.map { ($0.name, [$0]) })
        let servers = (0..<3).map { _ in FakeServer(records: records) }
        let bench = ForwarderBench(servers, Self.configuration(mixedCase: seed % 2 == 0), seed: seed)
        var asked: [Int: (time: Duration, index: Int)] = [:]
        for client in 0..<3000 {
            let index = Int.random(in: 0..<90, using: &generator)
            asked[client] = (bench.now, index)
            bench.ask("n\(index).test", client: client)
            bench.run(for: .milliseconds(Int.random(in: 0...60, using: &generator)))
            if client % 50 == 0 {
                let upstream = ForwarderBench.upstream(Int.random(in: 0..<3, using: &generator))
                bench.servers[upstream]?.manner = Self.manners.randomElement(using: &generator) ?? .honest
                bench.servers[upstream]?.roundTrip = .milliseconds(Int.random(in: 1...400, using: &generator))
            }
            if client % 200 == 0 {
                let count = Int.random(in: 0...3, using: &generator)
                let policy = UpstreamPolicy.allCases.randomElement(using: &generator) ?? .quickest
                bench.replace(by: (0..<count).map(ForwarderBench.upstream), policy: policy)
            }
        }
        bench.run(for: .seconds(5))
        #expect(bench.given.map(\.client).sorted() == Array(0..<3000))
        for given in bench.given {
            guard let (time, index) = asked[given.client] else { continue }
            #expect(given.time - time <= .seconds(4))
            switch given.message.code {
            case .noError: #expect(given.message.answers.map(\.data) == known[index...index].map(\.data))
            case .nameError: #expect(index >= 60)
            default: #expect(given.answer.extendedError != nil)
            }
        }
        #expect(bench.running.isEmpty && bench.forwarder.attempts.isEmpty && bench.forwarder.outstanding == 0)
        #expect(bench.forwarder.cacheBytes <= 32 << 10)
        // Neither all luck nor none.
        let good = bench.given.count { $0.message.code != .serverFailure }
        #expect((300...2990).contains(good))
    }
}
