import ClusterFixtures
import ClusterState
import NetworkTypes
import RulesetTracer
import ServiceBalancer
import Testing

/// kube-proxy's tests of policies and of endpoints that terminate, by the tests' names: what comes of one packet in
/// clusters with other endpoints.
struct KubeProxyPolicyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let pods: [Endpoint]
        /// Of a pod at the cluster address, and of a client outside at the external one.
        let inside: [String]
        let outside: [String]

        init(_ name: String, _ pods: [Endpoint], inside: [String], outside: [String]) {
            self.name = name
            self.pods = pods
            self.inside = inside
            self.outside = outside
        }

        var testDescription: String { name }

        func check(
            _ family: AddressFamily,
            external: Service.TrafficPolicy,
            internal internalPolicy: Service.TrafficPolicy = .cluster
        ) throws {
            let cluster = TestCluster {
                $0.web.publish("1.2.3.4")
                $0.web.externalTrafficPolicy = external
                $0.web.internalTrafficPolicy = internalPolicy
                $0.add(pods, ports: [EndpointPort(port: 80)])
            }
            let rows: [(String, Sender, [String])] = [
                ("10.43.0.80", .pod, inside), ("1.2.3.4", .outside, outside),
            ]
            for (destination, sender, expected) in rows {
                let cluster = family == .ipv4 ? cluster : cluster.inIPv6
                let packet = cluster.packet(sender, destination, 80, .tcp, family)
                #expect(try cluster.tracer.fates(of: packet).map(\.rowText).sorted() == expected, "\(destination)")
            }
        }
    }

    @Test(arguments: internalLocal, AddressFamily.allCases)
    func `TestInternalTrafficPolicy`(row: Row, family: AddressFamily) throws {
        try row.check(family, external: .cluster, internal: .local)
    }

    @Test(arguments: terminatingLocal, AddressFamily.allCases)
    func `TestTerminatingEndpointsTrafficPolicyLocal`(row: Row, family: AddressFamily) throws {
        try row.check(family, external: .local)
    }

    @Test(arguments: terminatingCluster, AddressFamily.allCases)
    func `TestTerminatingEndpointsTrafficPolicyCluster`(row: Row, family: AddressFamily) throws {
        try row.check(family, external: .cluster)
    }

    static let internalLocal: [Row] = [
        Row(
            "endpoints here and elsewhere",
            [pod("10.42.1.11"), pod("10.42.2.2"), pod("10.42.3.3")],
            inside: ["10.42.1.11:80"],
            outside: ["10.42.1.11:80", "10.42.2.2:80 as node", "10.42.3.3:80 as node"]
        ),
        Row("endpoints here only", [pod("10.42.1.11")], inside: ["10.42.1.11:80"], outside: ["10.42.1.11:80"]),
        Row(
            "endpoints elsewhere only",
            [pod("10.42.2.1"), pod("10.42.3.2")],
            inside: ["drop"],
            outside: ["10.42.2.1:80 as node", "10.42.3.2:80 as node"]
        ),
        Row("no endpoints", [], inside: ["reject"], outside: ["reject"]),
        Row(
            "endpoints that are not ready",
            [pod("10.42.1.11", .notReady), pod("10.42.2.1")],
            inside: ["drop"],
            outside: ["10.42.2.1:80 as node"]
        ),
    ]

    static let terminatingLocal: [Row] = [
        Row(
            "ready and terminating: ready ones",
            [
                pod("10.42.1.11"), pod("10.42.1.2"), pod("10.42.1.3", .terminating), pod("10.42.1.4", .stopped),
                pod("10.42.2.5"),
            ],
            inside: ["10.42.1.11:80", "10.42.1.2:80", "10.42.2.5:80"],
            outside: ["10.42.1.11:80", "10.42.1.2:80"]
        ),
        Row(
            "only terminating ones here: those that answer",
            [
                pod("10.42.1.2", .terminating), pod("10.42.1.3", .terminating), pod("10.42.1.4", .stopped),
                pod("10.42.2.5"),
            ],
            inside: ["10.42.2.5:80"],
            outside: ["10.42.1.2:80", "10.42.1.3:80"]
        ),
        Row(
            "only terminating ones, here and elsewhere",
            [pod("10.42.1.2", .terminating), pod("10.42.2.5", .terminating)],
            inside: ["10.42.1.2:80", "10.42.2.5:80"],
            outside: ["10.42.1.2:80"]
        ),
        Row(
            "nothing here: dropped outside",
            [pod("10.42.2.5"), pod("10.42.3.5", .terminating)],
            inside: ["10.42.2.5:80"],
            outside: ["drop"]
        ),
        Row(
            "only terminating ones elsewhere",
            [pod("10.42.2.5", .terminating)],
            inside: ["10.42.2.5:80"],
            outside: ["drop"]
        ),
        Row(
            "none answers",
            [pod("10.42.1.4", .stopped), pod("10.42.1.5", .notReady)],
            inside: ["reject"],
            outside: ["reject"]
        ),
    ]

    static let terminatingCluster: [Row] = [
        Row(
            "ready and terminating: ready ones",
            [
                pod("10.42.1.11"), pod("10.42.2.2"), pod("10.42.2.3", .terminating), pod("10.42.1.4", .stopped),
                pod("10.42.2.5", .notReady),
            ],
            inside: ["10.42.1.11:80", "10.42.2.2:80"],
            outside: ["10.42.1.11:80", "10.42.2.2:80 as node"]
        ),
        Row(
            "only terminating ones: those that answer",
            [pod("10.42.1.2", .terminating), pod("10.42.2.3", .terminating), pod("10.42.1.4", .stopped)],
            inside: ["10.42.1.2:80", "10.42.2.3:80"],
            outside: ["10.42.1.2:80", "10.42.2.3:80 as node"]
        ),
        Row(
            "a ready one elsewhere, a terminating one here",
            [pod("10.42.1.2", .terminating), pod("10.42.2.5")],
            inside: ["10.42.2.5:80"],
            outside: ["10.42.2.5:80 as node"]
        ),
        Row(
            "none answers",
            [pod("10.42.1.4", .stopped), pod("10.42.2.5", .stopped)],
            inside: ["reject"],
            outside: ["reject"]
        ),
    ]

    /// What stays here by one policy, and what is masqueraded then: TestInternalExternalMasquerade.
    @Test(arguments: masquerade, AddressFamily.allCases)
    func `TestInternalExternalMasquerade`(row: MasqueradeRow, family: AddressFamily) throws {
        var cluster = TestCluster {
            $0.web.publish("1.2.3.4")
            $0.web.openNodePort(3001)
            $0.web.internalTrafficPolicy = row.internalPolicy
            $0.web.externalTrafficPolicy = row.externalPolicy
            $0.add([pod("10.42.1.11"), pod("10.42.2.1")], ports: [EndpointPort(port: 80)])
        }
        if family == .ipv6 { cluster = cluster.inIPv6 }
        let tracer = cluster.tracer
        let all = [Sender.pod, .node, .outside]
        for (sender, expected) in zip(all, row.cluster) {
            let packet = cluster.packet(sender, "10.43.0.80", 80, .tcp, family)
            #expect(
                try tracer.fates(of: packet).map(\.rowText).sorted() == expected,
                "\(sender) to the cluster address"
            )
        }
        for (destination, port) in [("192.0.2.1", 3001), ("1.2.3.4", 80)] as [(String, UInt16)] {
            for (sender, expected) in zip(all, row.external) {
                let packet = cluster.packet(sender, destination, port, .tcp, family)
                #expect(try tracer.fates(of: packet).map(\.rowText).sorted() == expected, "\(sender) to \(destination)")
            }
        }
    }

    struct MasqueradeRow: Sendable, CustomTestStringConvertible {
        let internalPolicy: Service.TrafficPolicy
        let externalPolicy: Service.TrafficPolicy
        /// Of a pod, of the node, and of a client outside, at the cluster address.
        let cluster: [[String]]
        /// Of the same, at the node port and the published address.
        let external: [[String]]

        var testDescription: String { "internal \(internalPolicy.rawValue), external \(externalPolicy.rawValue)" }
    }

    private static let kept = ["10.42.1.11:80", "10.42.2.1:80"]
    private static let needed = ["10.42.1.11:80", "10.42.2.1:80 as node"]
    private static let here = ["10.42.1.11:80"]

    static let masquerade: [MasqueradeRow] = [
        MasqueradeRow(
            internalPolicy: .cluster,
            externalPolicy: .cluster,
            cluster: [kept, needed, needed],
            external: [kept, needed, needed]
        ),
        MasqueradeRow(
            internalPolicy: .cluster,
            externalPolicy: .local,
            cluster: [kept, needed, needed],
            external: [kept, needed, here]
        ),
        MasqueradeRow(
            internalPolicy: .local,
            externalPolicy: .cluster,
            cluster: [here, here, here],
            external: [kept, needed, needed]
        ),
        MasqueradeRow(
            internalPolicy: .local,
            externalPolicy: .local,
            cluster: [here, here, here],
            external: [kept, needed, here]
        ),
    ]
}
