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
        BalancerCase(15, "out-local", [.away]) { $0.externalTrafficPolicy = .local },
        BalancerCase(16, "in-local", [.away]) { $0.internalTrafficPolicy = .local },
        BalancerCase(21, "leaving", [.here.terminating, .away]),
        BalancerCase(22, "local-goes", [.here.terminating, .away]) { $0.keepLocal() },
        BalancerCase(23, "all-leave", [.here.terminating, .away.terminating]),
        BalancerCase(24, "stopped", [.here.stopped]),
        BalancerCase(31, "host", [.host]),
        BalancerCase(32, "host-away", [.hostAway]),
        BalancerCase(33, "host-both", [.host, .hostAway]),
        BalancerCase(35, "own-places", [.here, .away]) {
            $0.loadBalancerClass = "example.org/lb"
            for index in $0.ports.indices { $0.ports[index].nodePort = nil }
        },
        BalancerCase(34, "local-host", [.host, .hostAway]) { $0.keepLocal() },
    ]

    /// The truth table of masquerading (`BalancerExpectation` tells how to read it): the client's address is kept wherever
    /// the answer comes back through node-1, which it does from endpoints that are here, and to pods that are here.
    ///
    /// Clients are in the order of `BalancerPlace`: `peer` is another node, to which `Local` applies as to a client outside.
    /// `one`, `far`, `node` and `peer` are clients and endpoints.
    static let table = """
        service     frontends  outside         node            one             two        far             peer
        here        all        one             one             one:bridge      one        one             one
        away        all        far:node        far:node        far             far        far:node        far:node
        both        all        one+far:node    one+far:node    one:bridge+far  one+far    one+far:node    one+far:node
        none        all        refused         refused         refused         refused    refused         refused
        local-here  all        one             one             one:bridge      one        one             one
        local-away  clusterIP  dropped         dropped         dropped         dropped    dropped         dropped
        local-away  external   dropped         far:node        far             far        far:node        dropped
        local-both  clusterIP  one             one             one:bridge      one        one             one
        local-both  external   one             one+far:node    one:bridge+far  one+far    one+far:node    one
        local-none  all        refused         refused         refused         refused    refused         refused
        out-local   clusterIP  far:node        far:node        far             far        far:node        far:node
        out-local   external   dropped         far:node        far             far        far:node        dropped
        in-local    clusterIP  dropped         dropped         dropped         dropped    dropped         dropped
        in-local    external   far:node        far:node        far             far        far:node        far:node
        leaving     all        far:node        far:node        far             far        far:node        far:node
        local-goes  clusterIP  one             one             one:bridge      one        one             one
        local-goes  external   one             far:node        far             far        far:node        one
        all-leave   all        one+far:node    one+far:node    one:bridge+far  one+far    one+far:node    one+far:node
        stopped     all        refused         refused         refused         refused    refused         refused
        host        all        node            node            node            node       node            node
        host-away   all        peer:node       peer:node       peer            peer       peer:node       peer:node
        host-both   all        node+peer:node  node+peer:node  node+peer       node+peer  node+peer:node  node+peer:node
        local-host  clusterIP  node            node            node            node       node            node
        local-host  external   node            node+peer:node  node+peer       node+peer  node+peer:node  node
        own-places  apart      one+far:node    one+far:node    one:bridge+far  one+far    one+far:node    one+far:node
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
            case "apart": BalancerFrontend.apart
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
