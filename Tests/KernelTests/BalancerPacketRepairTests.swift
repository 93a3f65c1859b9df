import NetworkNamespaces
import NetworkTypes
import Nftables
import NodeRuleset
import Supervision
import Testing

/// Somebody empties nf_tables while connections are made.
@Suite(.serialized, .timeLimit(.minutes(1))) struct BalancerPacketRepairTests {
    private static let web = BalancerCase(1, "web", [.here, .away])

    @Test(arguments: AddressFamily.allCases, [BalancerFrontend.clusterIP, .nodeAddress])
    func `after a flush of all rules connections are served again, and only those of that moment are lost`(
        family: AddressFamily,
        frontend: BalancerFrontend
    ) async throws {
        let bed = try BalancerTestbed()
        let node = bed.namespaces[.node]
        try await bed.balancer.put(Self.web.objects)
        let monitor = try NftablesMonitor.open(in: bed[.node])
        let capability = NodeRulesetCapability(
            bed.balancer.ruleset,
            hearing: monitor,
            ownPort: bed.balancer.socket.portID,
            audit: .seconds(600)
        )
        let board = HealthBoard { .zero }
        board.add(capability.name)
        var flushed: (from: ContinuousClock.Instant, to: ContinuousClock.Instant) = (.now, .now)
        var repaired = ContinuousClock.now
        let call = BalancerWay(family: family, transport: .tcp).call(frontend, of: Self.web.number)
        let attempts = try await BalancerLoad.attempts(call, from: bed[.outside], atMost: 20_000) { load in
            try await withThrowingTaskGroup { group in
                group.addTask { try await capability.run(reporting: HealthReporter(capability.name, on: board)) }
                for await _ in board.changes(startingNow: true) where board.snapshot().first?.state == .ready { break }
                await load.goesOn(for: 200)
                flushed.from = .now
                try node?.run("nft", "flush", "ruleset")
                flushed.to = .now
                for await _ in board.changes(startingNow: true) where await bed.balancer.ruleset.repairs > 0 { break }
                repaired = .now
                await load.goesOn(for: 200)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        let failed = attempts.filter { $0.server == nil }
        let late = attempts.filter { $0.server != nil && $0.retransmissions > 0 }
        let hole = flushed.from...repaired
        print(
            "flush under load, \(frontend) \(family): repaired \(repaired - flushed.from) after nft began,",
            "\(repaired - flushed.to) after it ended; \(attempts.count) connections,",
            "\(failed.count { $0.outcome == .refused }) refused, \(failed.count { $0.outcome == .dropped }) dropped,",
            "\(late.count) late"
        )
        let others = (failed + late).filter { $0.began >= hole.upperBound || $0.ended <= hole.lowerBound }
        let told = others.map { "\($0.outcome) from \($0.began - flushed.from) to \($0.ended - flushed.from)" }
        #expect(told.isEmpty, "of a hole of \(repaired - flushed.from)")
        #expect(attempts.last?.server != nil)
        #expect(repaired - flushed.to < .seconds(2))
    }
}
