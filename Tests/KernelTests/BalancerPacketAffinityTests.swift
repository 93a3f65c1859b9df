import ClusterFixtures
import ClusterState
import Glibc
import LinuxSystem
import NetworkNamespaces
import NetworkTypes
import Nftables
import Testing

/// How long a client keeps its endpoint (`sessionAffinity: ClientIP`, `timeoutSeconds`).
@Suite(.serialized, .timeLimit(.minutes(1))) struct BalancerPacketAffinityTests {
    /// The shortest time that there is.
    private static let brief = BalancerCase(1, "brief", [.here, .beside, .away]) { $0.affinitySeconds = 1 }
    private static let lasting = BalancerCase(2, "lasting", [.here]) { $0.affinitySeconds = 600 }

    /// Who the endpoints remember, by set.
    private func remembered(
        _ service: BalancerCase,
        _ way: BalancerWay,
        in bed: BalancerTestbed
    ) throws -> [String: [SetElement]] {
        let places = ["10.42.1.5", "10.42.1.6", "10.42.2.5"].map { address($0).inFamily(way.family) }
        let names = places.map { place in
            let text = String("\(place)".map { $0 == ":" ? "." : $0 })
            let seconds = service.service.affinitySeconds ?? 0
            return "to/shop/\(service.name)/\(way.transport)/\(way.transport)/\(text)_8080/\(seconds)"
        }
        let sets = try names.compactMap { name in
            try bed.balancer.socket.elements(ofSet: name, in: .linnet).map { (name, $0) }
        }
        return Dictionary(uniqueKeysWithValues: sets)
    }

    @Test(arguments: BalancerWay.all, [BalancerFrontend.clusterIP, .nodePort])
    func `a client that was away for longer than the time-out is a new one`(
        way: BalancerWay,
        frontend: BalancerFrontend
    ) async throws {
        let bed = try BalancerTestbed()
        try await bed.balancer.put(Self.brief.objects)
        func servers() async throws -> [String] {
            let calls = BalancerTestbed.crowd.map { text in
                var call = way.call(frontend, of: Self.brief.number)
                call.source = address(text).inFamily(way.family)
                return call
            }
            return try await bed.waiting {
                try bed[.outside].run { try calls.map { try $0.outcome().server ?? "nobody" } }
            }
        }
        let first = try await servers()
        #expect(Set(first) == ["one", "two", "far"])
        #expect(try remembered(Self.brief, way, in: bed).count == 3)
        try await bed.waiting {
            while try remembered(Self.brief, way, in: bed).values.contains(where: { !$0.isEmpty }) { pause() }
        }
        // That forty clients draw the same once more happens once in 10^19 times.
        #expect(try await servers() != first)
    }

    @Test(arguments: BalancerWay.all)
    func `each new connection begins the time anew`(way: BalancerWay) async throws {
        let bed = try BalancerTestbed()
        try await bed.balancer.put(Self.lasting.objects)
        let node = try #require(bed.namespaces[.node])
        let call = way.call(.clusterIP, of: Self.lasting.number)
        /// In milliseconds.
        @Sendable func left() throws -> Int {
            let name = try #require(try remembered(Self.lasting, way, in: bed).keys.first)
            let list = try node.run("nft", "list", "set", "inet", "linnet", name)
            let found = try #require(list.firstMatch(of: /expires (?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?/), "\(list)")
            let parts = [found.1, found.2, found.3].map { $0.flatMap { Int($0) } ?? 0 }
            return (parts[0] * 60 + parts[1]) * 1000 + parts[2]
        }
        #expect(try await bed.waiting { try call.outcome(from: bed[.outside]).server } == "one")
        // Reading it takes its time: a second is more than that.
        let before = try await bed.waiting {
            var before = try left()
            while before > 599_000 {
                pause()
                before = try left()
            }
            return before
        }
        #expect(try await bed.waiting { try call.outcome(from: bed[.outside]).server } == "one")
        #expect(try left() > before)
    }

    /// Leaves the processor to others between two looks.
    private func pause() { _ = poll(nil, 0, 20) }
}
