import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// Who may use a load balancer. The node has 192.0.2.1.
struct SourceRangesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let ranges: [String]
        let annotation: String?
        /// At the published address 1.2.3.4; nil if all may come.
        let published: String?
        /// At the addresses of the node.
        let node: String?

        init(_ name: String, _ ranges: [String], annotation: String? = nil, published: String?, node: String?) {
            self.name = name
            self.ranges = ranges
            self.annotation = annotation
            self.published = published
            self.node = node
        }

        var testDescription: String { name }

        var cluster: TestCluster {
            TestCluster {
                $0.web.publish("1.2.3.4")
                $0.web.openNodePort(30080)
                $0.web.externalIPs = [address("192.168.99.1")]
                $0.web.loadBalancerSourceRanges = ranges.map { network($0) }
                $0.web.metadata.annotations["service.beta.kubernetes.io/load-balancer-source-ranges"] = annotation
                $0.add([pod("10.42.1.5")])
            }
        }

        func check(_ plan: BalancerPlan) {
            let published = published.map { " from \($0)" } ?? ""
            let node = node.map { " from \($0)" } ?? ""
            #expect(
                plan.lines == [
                    "10.43.0.80:80/tcp > 10.42.1.5:8080", "1.2.3.4:80/tcp > 10.42.1.5:8080\(published)",
                    "node:80/tcp > 10.42.1.5:8080\(node)", "192.168.99.1:80/tcp > 10.42.1.5:8080",
                    "node:30080/tcp > 10.42.1.5:8080",
                ]
            )
        }
    }

    @Test(arguments: specified, AddressFamily.allCases)
    func `ranges of the specification`(row: Row, family: AddressFamily) {
        row.check((family == .ipv4 ? row.cluster : row.cluster.inIPv6).plan)
    }

    @Test(arguments: mixed + annotated)
    func `ranges of both families and of the annotation`(row: Row) { row.check(row.cluster.plan) }

    static let specified: [Row] = [
        Row("none", [], published: nil, node: nil),
        row("one network", ["203.0.113.0/24"], "203.0.113.0/24"),
        row("one address", ["203.0.113.7/32"], "203.0.113.7/32"),
        row("in order", ["203.0.113.0/24", "10.0.0.0/8"], "10.0.0.0/8 203.0.113.0/24"),
        row("twice", ["203.0.113.0/24", "203.0.113.0/24"], "203.0.113.0/24"),
        row("one in another", ["203.0.113.0/24", "203.0.113.128/25", "203.0.0.0/16"], "203.0.0.0/16"),
        row("of the same first address", ["203.0.113.0/25", "203.0.113.0/24"], "203.0.113.0/24"),
        row("side by side", ["203.0.113.128/25", "203.0.113.0/25"], "203.0.113.0/25 203.0.113.128/25"),
        Row("everybody", ["0.0.0.0/0"], published: nil, node: nil),
        Row("everybody among others", ["203.0.113.0/24", "0.0.0.0/0"], published: nil, node: nil),
        Row(
            "the node's own: it comes to the published address from that",
            ["192.0.2.0/24", "203.0.113.0/24"],
            published: "1.2.3.4/32 192.0.2.0/24 203.0.113.0/24",
            node: "192.0.2.0/24 203.0.113.0/24"
        ),
        Row(
            "the node's own, and the published address is in another",
            ["1.2.0.0/16", "192.0.2.1/32"],
            published: "1.2.0.0/16 192.0.2.1/32",
            node: "1.2.0.0/16 192.0.2.1/32"
        ),
        row("another node's", ["192.0.2.2/32"], "192.0.2.2/32"),
    ]

    static let mixed: [Row] = [
        Row("of the other family only", ["2001:db8::/32"], published: nil, node: nil),
        row("of both families", ["2001:db8::/32", "203.0.113.0/24"], "203.0.113.0/24"),
        row("everybody of the other family", ["::/0", "203.0.113.0/24"], "203.0.113.0/24"),
    ]

    static let annotated: [Row] = [
        annotation("one", "203.0.113.0/24", "203.0.113.0/24"),
        annotation("several, with blanks", " 203.0.113.0/24 ,\t10.0.0.0/8 ", "10.0.0.0/8 203.0.113.0/24"),
        annotation("a comma too many", "203.0.113.0/24,", "203.0.113.0/24"),
        annotation("empty", "", nil),
        annotation("blank", "  ", nil),
        annotation("everybody", "0.0.0.0/0", nil),
        annotation("of the other family only", "2001:db8::/32", nil),
        annotation("not readable: nobody comes", "203.0.113.0/33", ""),
        annotation("one of two is not readable", "203.0.113.0/24, any", "203.0.113.0/24"),
        annotation("not readable beside the other family: nobody comes", "2001:db8::/32, 203.0.113/24", ""),
        Row(
            "the specification rules",
            ["203.0.113.0/24"],
            annotation: "10.0.0.0/8",
            published: "203.0.113.0/24",
            node: "203.0.113.0/24"
        ),
    ]

    private static func row(_ name: String, _ ranges: [String], _ expected: String) -> Row {
        Row(name, ranges, published: expected, node: expected)
    }

    private static func annotation(_ name: String, _ text: String, _ expected: String?) -> Row {
        Row(name, [], annotation: text, published: expected, node: expected)
    }

    @Test func `ranges count at load balancers alone`() {
        let cluster = TestCluster {
            $0.web.openNodePort(30080)
            $0.web.loadBalancerSourceRanges = [network("203.0.113.0/24")]
        }
        #expect(cluster.plan.lines == ["10.43.0.80:80/tcp > reject", "node:30080/tcp > reject"])
    }
}
