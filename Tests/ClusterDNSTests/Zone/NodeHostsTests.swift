import ClusterFixtures
import ClusterState
import DNSWire
import NetworkTypes
import Testing

@testable import ClusterDNS

/// The key NodeHosts, and how it goes together with the Nodes. Node 1 has 192.0.2.1 and 2001:db8::1.
@Suite struct NodeHostsTests {
    @Test(
        arguments: [
            ("192.0.2.1 node-1", ["node-1.": ["192.0.2.1"]], []),
            (
                "192.0.2.1\tnode-1  alias # comment\r\n\r\n# all\n  2001:db8::1 node-1\n",
                ["node-1.": ["192.0.2.1", "2001:db8::1"], "alias.": ["192.0.2.1"]], []
            ),
            ("192.0.2.1 A.b. a.B\n192.0.2.1 a.b", ["a.b.": ["192.0.2.1"]], []),
            (
                "192.0.2.1\nx y\n192.0.2.1 ok bad..name\n192.0.2.2 #none\nfe80::1%eth0 zone",
                ["ok.": ["192.0.2.1"]], [1, 2, 3, 4, 5]
            ),
            ("192.0.2.1 *.Apps.lan *.lan", ["*.apps.lan.": ["192.0.2.1"], "*.lan.": ["192.0.2.1"]], []),
            ("192.0.2.1 *\n192.0.2.1 a.*.lan\n192.0.2.1 *a.lan", [:], [1, 2, 3]),
            ("192.0.2.1 *.*.lan\n192.0.2.1 192.0.2.2", [:], [1, 2]),
            ("", [:], []),
        ] as [(String, [String: [String]], [Int])]
    )
    func `lines give names to addresses`(text: String, names: [String: [String]], unreadable: [Int]) throws {
        let hosts = NodeHosts(text)
        let found = try hosts.addresses.map { (try DNSName(wire: $0).description, $1.map(\.description)) }
        #expect(Dictionary(uniqueKeysWithValues: found) == names)
        #expect(hosts.unreadableLines == unreadable)
    }

    @Test(
        arguments: [
            ("192.0.2.1 ok", nil), ("x\n192.0.2.1 ok\ny", "lines 1, 3 cannot be read"), ("x", "line 1 cannot be read"),
            ("x\nx\nx\nx\nx\nx", "lines 1, 2, 3, 4, 5, and 1 more cannot be read"),
        ] as [(String, String?)]
    )
    func `lines that cannot be read are told`(text: String, wanted: String?) {
        let metadata = ObjectMetadata(name: "coredns", namespace: "kube-system")
        let hosts = ConfigMap(metadata: metadata, data: [DNSZone.nodeHostsKey: text])
        let keeper = ZoneKeeper(testConfiguration, serial: 1)
        _ = keeper.take(TestCluster([.configMap(hosts)]).store.current, now: 1)
        let complaint = keeper.complaint
        #expect(wanted.map { complaint?.contains("coredns: NodeHosts: \($0)") } ?? (complaint == nil) == true)
    }

    struct Merge: CustomTestStringConvertible, Sendable {
        let situation: String
        var nodes: [Node] = [fixtureNode(1)]
        let file: String
        let asked: [Asked]

        var testDescription: String { situation }
    }

    private static func named(_ number: Int, _ hostName: String) -> Node {
        var node = fixtureNode(number)
        node.hostName = hostName
        return node
    }

    static let merges = [
        Merge(
            situation: "a node alone",
            file: "",
            asked: [
                Asked("node-1.", .a, ["A 192.0.2.1"]), Asked("node-1.", .aaaa, ["AAAA 2001:db8::1"]),
                Asked("1.2.0.192.in-addr.arpa.", .ptr, ["PTR node-1."]),
                // It is a zone of its own.
                Asked("node-1.", .soa, ["SOA ns.dns.Z hostmaster.Z 1 7200 1800 86400 5"]),
            ]
        ),
        Merge(
            situation: "k3s's own lines change nothing but for the alias that they have",
            file: "192.0.2.1 node-1 node-1.example.org\n2001:db8::1 node-1",
            asked: [
                Asked("node-1.", .a, ["A 192.0.2.1"]), Asked("node-1.example.org.", .a, ["A 192.0.2.1"]),
                Asked("1.2.0.192.in-addr.arpa.", .ptr, ["PTR node-1."]),
            ]
        ),
        Merge(
            situation: "an address of a Node has the Node's name, whatever a line calls it",
            file: "192.0.2.1 registry",
            asked: [
                Asked("registry.", .a, ["A 192.0.2.1"]), Asked("1.2.0.192.in-addr.arpa.", .ptr, ["PTR node-1."]),
            ]
        ),
        Merge(
            situation: "a line gives a node a further address",
            file: "198.51.100.1 node-1",
            asked: [
                Asked("node-1.", .a, ["A 192.0.2.1", "A 198.51.100.1"]),
                Asked("1.100.51.198.in-addr.arpa.", .ptr, ["PTR node-1."]),
            ]
        ),
        Merge(
            situation: "lines without nodes",
            nodes: [],
            file: "192.0.2.1 node-1\n172.17.0.1 host.k3d.internal",
            asked: [
                Asked("node-1.", .a, ["A 192.0.2.1"]), Asked("host.k3d.internal.", .a, ["A 172.17.0.1"]),
                Asked("Host.K3d.Internal.", .a, ["A 172.17.0.1"]),
            ] + Asked.noData("host.k3d.internal.", .aaaa, .txt, apex: "host.k3d.internal.")
        ),
        Merge(
            situation: "a line hides a service of the same name",
            file: "192.0.2.50 web.shop.svc.cluster.local",
            asked: [Asked("web.shop.svc", .a, ["A 192.0.2.50"]), Asked("_http._tcp.web.shop.svc", .a, ["A 10.43.0.1"])]
                + Asked.noData("web.shop.svc", .aaaa, .srv)
        ),
        Merge(
            situation: "a line for the zone itself gives it an address",
            file: "192.0.2.60 cluster.local",
            asked: [
                Asked("", .a, ["A 192.0.2.60"]), Asked("", .soa, ["SOA ns.dns.Z hostmaster.Z 1 7200 1800 86400 5"]),
            ] + Asked.noData("", .aaaa, .txt)
        ),
        Merge(
            situation: "a wildcard stands for one label, and for no name that has a line of its own",
            file: "192.0.2.70 *.apps.lan\n2001:db8::70 *.apps.lan\n192.0.2.71 a.apps.lan",
            asked: [
                Asked("b.apps.lan.", .a, ["A 192.0.2.70"]), Asked("B.Apps.lan.", .aaaa, ["AAAA 2001:db8::70"]),
                Asked("*.apps.lan.", .a, ["A 192.0.2.70"]), Asked("a.apps.lan.", .a, ["A 192.0.2.71"]),
                .foreign("apps.lan.", .a), .foreign("c.b.apps.lan.", .a), .foreign("70.2.0.192.in-addr.arpa.", .ptr),
            ] + Asked.noData("a.apps.lan.", .aaaa, apex: "a.apps.lan.")
                + Asked.noData("b.apps.lan.", .txt, apex: "b.apps.lan.")
        ),
        Merge(
            situation: "a wildcard in the zone hides what the cluster has in its place, but not the zone",
            file: "192.0.2.72 *.shop.svc.cluster.local *.cluster.local *.local",
            asked: [
                Asked("web.shop.svc", .a, ["A 192.0.2.72"]), Asked("no.shop.svc", .a, ["A 192.0.2.72"]),
                Asked("_http._tcp.web.shop.svc", .a, ["A 10.43.0.1"]),
            ] + Asked.noData("", .a) + Asked.noData("shop.svc", .a)
        ),
        Merge(
            situation: "a host's own name is one more of its Node's addresses, unless it cannot be one",
            nodes: [
                named(1, "North.example.org"), named(2, "north.example.org"), named(3, "node-3"), named(4, "192.0.2.4"),
                named(5, "*.lan"), named(6, "bad..name"),
            ],
            file: "",
            asked: [
                Asked("north.example.org.", .a, ["A 192.0.2.1", "A 192.0.2.2"]), Asked("node-1.", .a, ["A 192.0.2.1"]),
                Asked("node-3.", .a, ["A 192.0.2.3"]), Asked("node-6.", .a, ["A 192.0.2.6"]),
                Asked("1.2.0.192.in-addr.arpa.", .ptr, ["PTR node-1."]),
                .foreign("192.0.2.4.", .a), .foreign("x.lan.", .a),
            ]
        ),
        Merge(
            situation: "a node without addresses has no name",
            nodes: [Node(name: nodeName("bare"))],
            file: "",
            asked: [.foreign("bare.", .a)]
        ),
    ]

    @Test(arguments: merges)
    func `nodes and lines together`(merge: Merge) throws {
        let service = fixtureService("shop/web", ["10.43.0.1"], ports: [ServicePort(name: "http", port: 80)])
        let cluster = TestCluster([.service(service), .nodeHosts(merge.file)] + merge.nodes.map { .node($0) })
        for asked in merge.asked { try asked.check(against: cluster.table) }
    }

    @Test func `another ConfigMap, and another key, say nothing`() throws {
        let other = ConfigMap(
            metadata: ObjectMetadata(name: "other", namespace: "kube-system"),
            data: ["NodeHosts": "192.0.2.9 x"]
        )
        let key = ConfigMap(
            metadata: ObjectMetadata(name: "coredns", namespace: "kube-system"),
            data: ["Corefile": "192.0.2.9 x"]
        )
        let cluster = TestCluster([.configMap(other), .configMap(key)])
        try Asked.foreign("x.", .a).check(against: cluster.table)
    }
}
