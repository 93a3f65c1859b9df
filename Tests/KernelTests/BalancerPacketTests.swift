import ClusterState
import LinuxSystem
import NetworkTypes
import Testing

/// Who answers whom, and what address of the client the server sees: real packets to every frontend, by TCP and UDP, in
/// IPv4 and IPv6.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BalancerPacketTests {
    static let cases = [
        BalancerCase(1, "here", [.here]),
        BalancerCase(2, "away", [.away]),
        BalancerCase(3, "both", [.here, .away]),
        BalancerCase(4, "none", []),
        BalancerCase(11, "local-here", [.here]) { $0.keepLocal() },
        BalancerCase(12, "local-away", [.away]) { $0.keepLocal() },
        BalancerCase(13, "local-both", [.here, .away]) { $0.keepLocal() },
        BalancerCase(14, "local-none", []) { $0.keepLocal() },
        BalancerCase(15, "outside-local", [.away]) { $0.externalTrafficPolicy = .local },
        BalancerCase(16, "inside-local", [.away]) { $0.internalTrafficPolicy = .local },
        BalancerCase(21, "leaving", [.here.terminating, .away]),
        BalancerCase(22, "local-leaving", [.here.terminating, .away]) { $0.keepLocal() },
        BalancerCase(23, "all-leaving", [.here.terminating, .away.terminating]),
        BalancerCase(24, "stopped", [.here.stopped]),
        BalancerCase(31, "host", [.host]),
    ]

    /// The truth table of masquerading (`BalancerExpectation` tells how to read it): the client's address is kept wherever
    /// the answer comes back through node-1, which it does from endpoints that are here, and to pods that are here.
    ///
    /// Clients are in the order of `BalancerPlace`. The pods `one` and `far` are clients and endpoints.
    static let table = """
        service         frontends   outside        node           one              two            far
        here            all         one            one            one:bridge       one            one
        away            all         far:node       far:node       far              far            far:node
        both            all         one+far:node   one+far:node   one:bridge+far   one+far        one+far:node
        none            all         refused        refused        refused          refused        refused
        local-here      all         one            one            one:bridge       one            one
        local-away      clusterIP   dropped        dropped        dropped          dropped        dropped
        local-away      external    dropped        far:node       far              far            far:node
        local-both      clusterIP   one            one            one:bridge       one            one
        local-both      external    one            one+far:node   one:bridge+far   one+far        one+far:node
        local-none      all         refused        refused        refused          refused        refused
        outside-local   clusterIP   far:node       far:node       far              far            far:node
        outside-local   external    dropped        far:node       far              far            far:node
        inside-local    clusterIP   dropped        dropped        dropped          dropped        dropped
        inside-local    external    far:node       far:node       far              far            far:node
        leaving         all         far:node       far:node       far              far            far:node
        local-leaving   clusterIP   one            one            one:bridge       one            one
        local-leaving   external    one            far:node       far              far            far:node
        all-leaving     all         one+far:node   one+far:node   one:bridge+far   one+far        one+far:node
        stopped         all         refused        refused        refused          refused        refused
        host            all         node           node           node             node           node
        """

    /// A line of the table.
    struct Line: Sendable, CustomTestStringConvertible {
        let service: BalancerCase
        let frontends: [BalancerFrontend]
        let expected: [(client: BalancerPlace, outcome: BalancerExpectation)]

        var testDescription: String { "\(service.name): \(frontends.count) frontends" }
    }

    static let lines: [Line] = table.split(separator: "\n").dropFirst().map { line in
        let words = line.split(separator: " ")
        guard let service = cases.first(where: { $0.name == words[0] }) else { preconditionFailure("\(words[0])") }
        let frontends: [BalancerFrontend] =
            switch words[1] {
            case "all": BalancerFrontend.allCases
            case "external": BalancerFrontend.external
            default: [.clusterIP]
            }
        let outcomes = words.dropFirst(2).map { BalancerExpectation($0) }
        return Line(
            service: service,
            frontends: frontends,
            expected: zip(BalancerPlace.allCases, outcomes).map { ($0, $1) }
        )
    }

    /// One ruleset with all services, as a node has it.
    private static let bed = Task { try await served(BalancerTestbed()) }
    private static let unfilteredBed = Task { try await served(BalancerTestbed(filtersBridges: false)) }

    private static func served(_ bed: BalancerTestbed) async throws -> BalancerTestbed {
        try await bed.balancer.put(cases.flatMap(\.objects))
        return bed
    }

    @Test(arguments: lines, BalancerWay.all)
    func `a client is answered, and seen by the server`(line: Line, way: BalancerWay) async throws {
        try await check(line, way, in: try await Self.bed.value) { _, expected in expected }
    }

    @Test(arguments: lines, BalancerWay.all)
    func `where bridges are not filtered, pods of the same one are masqueraded, and nothing else is different`(
        line: Line,
        way: BalancerWay
    ) async throws {
        try await check(line, way, in: try await Self.unfilteredBed.value) { client, expected in
            client == .two ? expected.betweenPodsOfAnUnfilteredBridge : expected
        }
    }

    private func check(
        _ line: Line,
        _ way: BalancerWay,
        in bed: BalancerTestbed,
        _ change: (BalancerPlace, BalancerExpectation) -> BalancerExpectation
    ) async throws {
        for frontend in line.frontends {
            let call = way.call(frontend, of: line.service.number)
            for (client, outcome) in line.expected {
                let expected = change(client, outcome)
                let problem = try await bed.waiting { try expected.problem(with: call, from: bed[client]) }
                #expect(problem == nil, "\(client) to \(frontend) of \(line.service.name): \(expected)")
            }
        }
    }
}

extension Service {
    /// Neither traffic from outside nor from inside leaves the node.
    fileprivate mutating func keepLocal() {
        externalTrafficPolicy = .local
        internalTrafficPolicy = .local
    }
}
