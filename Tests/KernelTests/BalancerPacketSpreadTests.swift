import ClusterFixtures
import ClusterState
import LinuxSystem
import NetworkTypes
import Testing

/// Which of several endpoints connections come to.
@Suite(.serialized, .timeLimit(.minutes(1))) struct BalancerPacketSpreadTests {
    private static let spread = BalancerCase(1, "spread", [.here, .beside, .away])
    private static let sticky = BalancerCase(2, "sticky", [.here, .beside, .away]) { $0.affinitySeconds = 600 }
    private static let localSticky = BalancerCase(3, "local-sticky", [.here, .beside, .away]) {
        $0.affinitySeconds = 600
        $0.externalTrafficPolicy = .local
    }

    private func testbed() async throws -> BalancerTestbed {
        let bed = try BalancerTestbed()
        try await bed.balancer.put([Self.spread, Self.sticky, Self.localSticky].flatMap(\.objects))
        return bed
    }

    /// Who answers.
    private func server(
        _ call: BalancerCall,
        from place: BalancerPlace,
        in bed: BalancerTestbed
    ) async throws -> String {
        try await bed.waiting { try call.outcome(from: bed[place]).server ?? "nobody" }
    }

    @Test(arguments: BalancerWay.all, [BalancerFrontend.clusterIP, .nodePort])
    func `three endpoints have about as many connections each`(
        way: BalancerWay,
        frontend: BalancerFrontend
    ) async throws {
        let bed = try await testbed()
        let call = way.call(frontend, of: Self.spread.number)
        let outcomes = try await bed.waiting {
            try bed[.outside].run { try (0..<300).map { _ in try call.outcome() } }
        }
        let counts = Dictionary(grouping: outcomes) { $0.server ?? "nobody" }.mapValues(\.count)
        // Each of them is five deviations away from so few.
        #expect(counts.count == 3 && counts.values.allSatisfy { $0 > 60 }, "\(counts)")
    }

    @Test(arguments: BalancerWay.all, [BalancerFrontend.clusterIP, .nodePort, .published])
    func `clients keep their endpoint until it goes, and only those of that one move`(
        way: BalancerWay,
        frontend: BalancerFrontend
    ) async throws {
        let bed = try await testbed()
        var call = way.call(frontend, of: Self.sticky.number)
        var servers: [IPAddress: String] = [:]
        for text in BalancerTestbed.crowd {
            let source = address(text).inFamily(way.family)
            call.source = source
            servers[source] = try await server(call, from: .outside, in: bed)
            for _ in 0..<3 { #expect(try await server(call, from: .outside, in: bed) == servers[source]) }
        }
        #expect(Set(servers.values) == ["one", "two", "far"], "forty clients come to three endpoints")

        try await bed.balancer.put(Self.sticky.with([.beside, .away]).objects)
        for (source, former) in servers {
            call.source = source
            let present = try await server(call, from: .outside, in: bed)
            #expect(former == "one" ? ["two", "far"].contains(present) : present == former)
            for _ in 0..<2 { #expect(try await server(call, from: .outside, in: bed) == present) }
        }
    }

    @Test(arguments: BalancerWay.all)
    func `of a service that stays here, clients from outside keep one of its endpoints here`(
        way: BalancerWay
    ) async throws {
        let bed = try await testbed()
        var call = way.call(.nodeAddress, of: Self.localSticky.number)
        var servers: Set<String> = []
        for text in BalancerTestbed.crowd {
            call.source = address(text).inFamily(way.family)
            let first = try await server(call, from: .outside, in: bed)
            for _ in 0..<4 { #expect(try await server(call, from: .outside, in: bed) == first) }
            servers.insert(first)
        }
        #expect(servers == ["one", "two"])
        // A pod may go anywhere, and stays there.
        call.source = nil
        let first = try await server(call, from: .two, in: bed)
        for _ in 0..<4 { #expect(try await server(call, from: .two, in: bed) == first) }
    }
}
