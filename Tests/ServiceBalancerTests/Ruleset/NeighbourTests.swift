import ClusterFixtures
import ClusterState
import NetworkTypes
import Nftables
import NodeRuleset
import RulesetTracer
import ServiceBalancer
import Testing

/// Traffic that is others': it keeps its source and goes where it would without us.
struct NeighbourTests {
    /// Somebody leads a port of the node to the pod 10.42.1.30:7070, ahead of us as host ports of pods are.
    private func hostPort(_ port: UInt16, _ family: AddressFamily) -> PlannedChain {
        let target = family == .ipv4 ? address("10.42.1.30") : address("10.42.1.30").twin
        return PlannedChain(
            Chain("host-ports", base: BaseChain(.nat, .prerouting, priority: -111)),
            [
                Rule(
                    .isLocal(.destination),
                    .port(.destination, port, of: .tcp),
                    .destinationNAT(to: target, 7070)
                )
            ]
        )
    }

    private func fates(
        _ cluster: TestCluster,
        _ family: AddressFamily,
        _ neighbour: PlannedChain,
        _ port: UInt16
    ) throws -> [String] {
        let tracer = cluster.tracer { $0.chains.append(neighbour) }
        return try tracer.fates(of: cluster.packet(.outside, "192.0.2.1", port, .tcp, family)).map(\.rowText)
    }

    @Test(arguments: AddressFamily.allCases)
    func `a host port that no service has keeps its clients' addresses`(family: AddressFamily) throws {
        let cluster = TestCluster {
            $0.web.publish()
            $0.add([pod("10.42.1.5")])
        }
        let own = family == .ipv4 ? cluster : cluster.inIPv6
        #expect(try fates(own, family, hostPort(8088, family), 8088) == ["10.42.1.30:7070"])
    }

    @Test(arguments: AddressFamily.allCases)
    func `so does one that a service has in the other family only`(family: AddressFamily) throws {
        let cluster = TestCluster {
            $0.web.publish()
            $0.add([pod("10.42.1.5")])
        }
        let other = family == .ipv4 ? cluster.inIPv6 : cluster
        #expect(try fates(other, family, hostPort(80, family), 80) == ["10.42.1.30:7070"])
    }

    @Test func `of two families each packet meets the rules of its own`() throws {
        let cluster = TestCluster {
            $0.web.publish()
            $0.web.clusterIPs.append(address("fd00:43::50"))
            $0.add([pod("10.42.1.5")])
            $0.add([pod("fd00:42:0:1::5"), pod("fd00:42:0:2::5")])
        }
        let packets = [
            ("10.43.0.80", "203.0.113.7", ["10.42.1.5:8080"]), ("192.0.2.1", "203.0.113.7", ["10.42.1.5:8080"]),
            ("fd00:43::50", "fd00:42:0:1::9", ["fd00:42:0:1::5:8080", "fd00:42:0:2::5:8080"]),
            ("fd00:43::50", "2001:db8:7::7", ["fd00:42:0:1::5:8080", "fd00:42:0:2::5:8080 as node"]),
        ]
        for (destination, source, expected) in packets {
            let packet = TracedPacket(from: address(source), to: address(destination), .tcp, 80, isOwn: false)
            #expect(try cluster.tracer.fates(of: packet).map(\.rowText).sorted() == expected, "\(source)")
        }
    }

    @Test(arguments: besideKubeProxy, AddressFamily.allCases)
    func `beside kube-proxy only load balancers are ours`(row: TraceRow, family: AddressFamily) throws {
        let cluster = TestCluster {
            $0.facts.scope = BalancerScope(loadBalancers: true, services: false)
            $0.web.publish("1.2.3.4")
            $0.web.openNodePort(30080)
            $0.web.externalIPs = [address("192.168.99.1")]
            $0.add([pod("10.42.1.5"), pod("10.42.2.5")])
        }
        try row.check(cluster, family)
    }

    static let besideKubeProxy: [TraceRow] = [
        TraceRow("the published address", .pod, "1.2.3.4", 80, .tcp, "10.42.1.5:8080", "10.42.2.5:8080"),
        TraceRow("at the node", .outside, "192.0.2.1", 80, .tcp, "10.42.1.5:8080", "10.42.2.5:8080 as node"),
        TraceRow("the cluster address", .pod, "10.43.0.80", 80, .tcp, "untouched"),
        TraceRow("a port that the cluster address does not have", .pod, "10.43.0.80", 81, .tcp, "untouched"),
        TraceRow("the node port", .outside, "192.0.2.1", 30080, .tcp, "untouched"),
        TraceRow("an external address", .outside, "192.168.99.1", 80, .tcp, "untouched"),
    ]

    @Test(arguments: AddressFamily.allCases)
    func `nothing is touched where nothing is ours`(family: AddressFamily) throws {
        let cluster = TestCluster {
            $0.facts.scope = .none
            $0.web.publish("1.2.3.4")
            $0.add([pod("10.42.1.5")])
        }
        for destination in ["10.43.0.80", "1.2.3.4", "192.0.2.1"] {
            try TraceRow(destination, .pod, destination, 80, .tcp, "untouched").check(cluster, family)
        }
    }
}
