import ClusterFixtures
import ClusterState
import LinuxSystem
import NetworkTypes
import Testing

/// What of traffic to services and to the node is let through, by TCP and UDP, in IPv4 and IPv6.
@Suite(.serialized, .timeLimit(.minutes(1))) struct BalancerPacketRefusalTests {
    static let cases = [
        BalancerCase(1, "open", [.here]),
        BalancerCase(41, "guarded", [.here]) { $0.loadBalancerSourceRanges = outside },
        BalancerCase(42, "node-only", [.here]) {
            $0.loadBalancerSourceRanges = nodes
            let second = address(BalancerTestbed.second)
            $0.loadBalancerIngress += [second, second.twin].map { LoadBalancerIngress(address: $0) }
        },
        BalancerCase(43, "guarded-none", []) { $0.loadBalancerSourceRanges = outside },
        BalancerCase(44, "guarded-away", [.away]) {
            $0.loadBalancerSourceRanges = outside + nodes
            $0.externalTrafficPolicy = .local
        },
    ]

    /// The client outside, but not the stranger.
    private static let outside = [network("203.0.113.0/28"), network("2001:db8:113::/124")]
    /// The nodes' first addresses.
    private static let nodes = [network("192.0.2.0/28"), network("2001:db8::/124")]

    /// Source ranges are the load balancer's: its published addresses, and its port at addresses of the node.
    static let ranges = """
        client     frontend        service        hears
        outside    published       guarded        one
        stranger   published       guarded        dropped
        two        published       guarded        dropped
        node       published       guarded        dropped
        outside    nodeAddress     guarded        one
        stranger   nodeAddress     guarded        dropped
        node       nodeAddress     guarded        dropped
        outside    secondAddress   guarded        one
        stranger   secondAddress   guarded        dropped
        stranger   nodePort        guarded        one
        stranger   externalIP      guarded        one
        stranger   clusterIP       guarded        one
        node       published       node-only      one
        node       nodeAddress     node-only      one
        node       secondAddress   node-only      one
        outside    published       node-only      dropped
        outside    nodeAddress     node-only      dropped
        one        published       node-only      dropped
        outside    published       guarded-none   refused
        stranger   published       guarded-none   dropped
        outside    nodeAddress     guarded-none   refused
        stranger   nodeAddress     guarded-none   dropped
        outside    published       guarded-away   dropped
        stranger   published       guarded-away   dropped
        node       published       guarded-away   far:node
        two        published       guarded-away   dropped
        outside    nodeAddress     guarded-away   dropped
        node       nodeAddress     guarded-away   far:node
        """

    /// Ports that no service has, addresses that no service has, and addresses at which services are not served.
    static let places = """
        client     address         port    hears
        outside    10.43.0.1       9       refused
        node       10.43.0.1       9       refused
        one        10.43.0.1       9       refused
        far        10.43.0.1       9       refused
        outside    10.43.0.99      1001    refused
        node       10.43.0.99      1001    refused
        two        10.43.0.99      1001    refused
        far        10.43.0.99      1001    refused
        node       127.0.0.1       1001    refused
        node       127.0.0.1       30001   refused
        outside    192.0.2.102     1001    refused
        outside    192.0.2.102     30001   refused
        node       192.0.2.102     1001    refused
        two        192.0.2.102     30001   refused
        outside    192.0.2.1       9       refused
        node       192.0.2.101     30001   one
        outside    10.42.1.5       8080    one
        one        10.42.1.1       30001   one:bridge
        two        10.42.1.1       1001    one
        """

    struct Row: Sendable, CustomTestStringConvertible {
        let words: [Substring]

        var testDescription: String { words.joined(separator: " ") }
        var client: BalancerPlace { BalancerPlace(rawValue: String(words[0])) ?? .outside }
        /// The address that is not the client's first one.
        var source: String? { words[0] == "stranger" ? BalancerTestbed.stranger : nil }
        var expected: BalancerExpectation { BalancerExpectation(words[3]) }

        func target(in family: AddressFamily) -> (address: IPAddress, port: UInt16) {
            if let frontend = BalancerFrontend(rawValue: String(words[1])) {
                guard let service = cases.first(where: { $0.name == words[2] }) else {
                    preconditionFailure("\(words)")
                }
                return frontend.target(of: service.number, family)
            }
            return (address(String(words[1])).inFamily(family), UInt16(words[2]) ?? 0)
        }
    }

    static let rows = (ranges.split(separator: "\n").dropFirst() + places.split(separator: "\n").dropFirst())
        .map { Row(words: $0.split(separator: " ")) }

    private static let bed = Task {
        let bed = try BalancerTestbed()
        try await bed.balancer.put(cases.flatMap(\.objects))
        return bed
    }

    @Test(arguments: rows, BalancerWay.all)
    func `who may come is answered, and what nobody serves is refused`(row: Row, way: BalancerWay) async throws {
        let bed = try await Self.bed.value
        let target = row.target(in: way.family)
        let source = row.source.map { address($0).inFamily(way.family) }
        let call = BalancerCall(
            transport: way.transport,
            target: target.address,
            port: target.port,
            source: source
        )
        let problem = try await bed.waiting { try row.expected.problem(with: call, from: bed[row.client]) }
        #expect(problem == nil)
    }

    @Test(arguments: AddressFamily.allCases, [BalancerPlace.outside, .node, .two])
    func `each of many connections is refused at once, however few messages of ICMP the kernel allows`(
        family: AddressFamily,
        client: BalancerPlace
    ) async throws {
        let bed = try BalancerTestbed()
        try await bed.balancer.put(Self.cases.flatMap(\.objects))
        try bed[.node].run {
            for name in ["net/ipv4/icmp_ratelimit", "net/ipv6/icmp/ratelimit"] {
                try Sysctl.write("1000", to: SysctlName(name))
            }
        }
        let target = address("10.43.0.1").inFamily(family)
        // What is not refused at once is tried again by the kernel after a second.
        let call = BalancerCall(target: target, port: 9, patience: .milliseconds(900))
        let outcomes = try await bed.waiting {
            try bed[client].run { try (0..<40).map { _ in try call.outcome() } }
        }
        #expect(Set(outcomes) == [.refused])
    }
}
