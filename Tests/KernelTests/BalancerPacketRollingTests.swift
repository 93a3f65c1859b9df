import ClusterFixtures
import ClusterState
import LinuxSystem
import NetworkTypes
import Nftables
import Testing

/// Endpoints that come and go while connections are made.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BalancerPacketRollingTests {
    private static let web = BalancerCase(1, "web", [.here])

    /// Growing, shrinking, and all of them exchanged at once.
    private static let steps: [[Endpoint]] = [
        [.here, .beside],
        [.here, .beside, .away, .host],
        [.beside, .away, .host],
        [.away, .host],
        [.host],
        [.here],
    ]

    @Test(arguments: AddressFamily.allCases, [BalancerFrontend.clusterIP, .nodeAddress])
    func `no connection fails while endpoints come and go, and none comes to one that went before`(
        family: AddressFamily,
        frontend: BalancerFrontend
    ) async throws {
        let bed = try BalancerTestbed()
        try await bed.balancer.put(Self.web.objects)
        try await roll(in: bed, frontend, family, rounds: 4) { _ in [] }
    }

    @Test(arguments: AddressFamily.allCases)
    func `nor does one while hundreds of other services change with it in several transactions`(
        family: AddressFamily
    ) async throws {
        let bed = try BalancerTestbed()
        try await bed.balancer.put(Self.web.objects + Self.crowd(.away))
        let before = try bed.balancer.socket.generation()
        try await roll(in: bed, .clusterIP, family, rounds: 1, Self.crowd)
        let transactions = try bed.balancer.socket.generation() - before
        #expect(transactions > 2 * 6, "\(transactions) transactions for 6 changes")
    }

    private func roll(
        in bed: BalancerTestbed,
        _ frontend: BalancerFrontend,
        _ family: AddressFamily,
        rounds: Int,
        _ others: ([Endpoint]) -> [ClusterObject]
    ) async throws {
        var periods: [(from: ContinuousClock.Instant, to: ContinuousClock.Instant, names: Set<String>)] = []
        let call = BalancerWay(family: family, transport: .tcp).call(frontend, of: Self.web.number)
        let attempts = try await BalancerLoad.attempts(call, from: bed[.outside], atMost: 50_000) { load in
            await load.goesOn(for: 20)
            for endpoints in (0..<rounds).flatMap({ _ in Self.steps }) {
                try await bed.balancer.put(Self.web.with(endpoints).objects + others(endpoints))
                let started = ContinuousClock.now
                await load.goesOn(for: 40)
                periods.append((started, .now, Set(endpoints.map(\.serverName))))
            }
        }
        print("\(periods.count) changes under load, \(frontend) \(family): \(attempts.count) connections")
        #expect(attempts.count { $0.server == nil } == 0)
        #expect(attempts.count { $0.retransmissions > 0 } == 0, "a packet was lost")
        for period in periods {
            let settled = attempts.filter { $0.began >= period.from && $0.ended <= period.to }
            #expect(settled.count > 20, "\(attempts.count) connections were too few")
            #expect(period.names.isSuperset(of: settled.compactMap(\.server)))
        }
    }

    /// 400 services that have these endpoints.
    private static func crowd(_ endpoints: Endpoint...) -> [ClusterObject] { crowd(endpoints) }

    private static func crowd(_ endpoints: [Endpoint]) -> [ClusterObject] {
        (0..<400).flatMap { number -> [ClusterObject] in
            let name = "shop/crowd-\(number)"
            let address = "10.43.\(1 + number / 200).\(number % 200)"
            let service = fixtureService(name, [address], ports: [ServicePort(port: 80)])
            let slice = fixtureSlice(of: name, endpoints, ports: [EndpointPort(port: 8080)])
            return [.service(service), .endpointSlice(slice)]
        }
    }

    @Test(arguments: AddressFamily.allCases, [BalancerPlace.outside, .two, .node])
    func `a connection goes on to an endpoint that terminates and is gone, and new ones never reach it`(
        family: AddressFamily,
        client: BalancerPlace
    ) async throws {
        let bed = try BalancerTestbed()
        let both = Self.web.with([.here, .away])
        try await bed.balancer.put(both.objects)
        let call = BalancerWay(family: family, transport: .tcp).call(.clusterIP, of: Self.web.number)
        let socket = try connection(call, to: "one", from: client, in: bed)
        let changes: [(String, () async throws -> Void)] = [
            ("terminates", { try await bed.balancer.put(Self.web.with([.here.terminating, .away]).objects) }),
            ("has stopped", { try await bed.balancer.put(Self.web.with([.here.stopped, .away]).objects) }),
            ("is gone", { try await bed.balancer.put(Self.web.with([.away]).objects) }),
        ]
        for (what, change) in changes {
            try await change()
            let outcomes = try bed[client].run { try (0..<30).map { _ in try call.outcome() } }
            #expect(Set(outcomes.map(\.server)) == ["far"], "it \(what)")
            #expect(try socket.hears(what), "it \(what)")
        }
        try await bed.balancer.put([], removing: both.objects)
        #expect(try call.outcome(from: bed[client]) == .refused)
        #expect(try socket.hears("the service is gone, too"))
    }

    @Test(arguments: AddressFamily.allCases, [BalancerPlace.outside, .two, .node])
    func `a client by UDP that keeps its port comes to whatever endpoint there is`(
        family: AddressFamily,
        client: BalancerPlace
    ) async throws {
        let bed = try BalancerTestbed()
        try await bed.balancer.put([])
        let way = BalancerWay(family: family, transport: .udp)
        let calls = [BalancerFrontend.clusterIP, .nodePort, .published].map { way.call($0, of: Self.web.number) }
        let sockets = try bed[client].run { try calls.map { _ in try BalancerSocket(.udp, family) } }
        func servers() throws -> Set<String?> {
            try Set(zip(calls, sockets).map { try $0.outcome(by: $1).server })
        }
        let steps: [(endpoints: [Endpoint], server: String?)] = [
            ([.here], "one"), ([.away], "far"), ([], nil), ([.beside], "two"), ([.beside.terminating, .here], "one"),
        ]
        // Node ports are closed before the service is there, and cluster addresses refused.
        for (call, socket) in zip(calls, sockets).prefix(2) { #expect(try call.outcome(by: socket) == .refused) }
        for (endpoints, wanted) in steps {
            try await bed.balancer.put(Self.web.with(endpoints).objects)
            for _ in 0..<3 { #expect(try servers() == [wanted]) }
        }
        try await bed.balancer.put([], removing: Self.web.objects)
        for (call, socket) in zip(calls, sockets).prefix(2) { #expect(try call.outcome(by: socket) == .refused) }
    }

    /// A connection to this one of several endpoints.
    private func connection(
        _ call: BalancerCall,
        to server: String,
        from client: BalancerPlace,
        in bed: BalancerTestbed
    ) throws -> BalancerSocket {
        let found = try bed[client].run {
            for _ in 0..<60 {
                let (socket, outcome) = try call.connection()
                if case .answered(server, _, _) = outcome { return BalancerSocket?.some(socket) }
            }
            return nil
        }
        return try #require(found)
    }
}

extension Endpoint {
    /// What the server calls itself.
    fileprivate var serverName: String {
        switch self {
        case .here: "one"
        case .beside: "two"
        case .away: "far"
        default: "node"
        }
    }
}

extension BalancerSocket {
    /// Whether what is said comes back.
    fileprivate func hears(_ text: String) throws -> Bool {
        send(text)
        return try waits(10_000) && receive() == text
    }
}
