import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// Which load balancers have ports on the addresses of node-1, by the labels of nodes and service.
struct NodeChoiceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let own: [String: String]
        let other: [String: String]
        let service: [String: String]
        let isServed: Bool

        init(
            _ name: String,
            own: [String: String] = [:],
            other: [String: String] = [:],
            service: [String: String] = [:],
            isServed: Bool
        ) {
            self.name = name
            self.own = own
            self.other = other
            self.service = service
            self.isServed = isServed
        }

        var testDescription: String { name }
    }

    @Test(arguments: rows, AddressFamily.allCases)
    func `a load balancer is on the node`(row: Row, family: AddressFamily) {
        let cluster = TestCluster {
            $0.web.publish("1.2.3.4")
            $0.web.openNodePort(30080)
            $0.web.metadata.labels = row.service
            $0.nodes[0].labels = row.own
            $0.nodes[1].labels = row.other
            $0.add([pod("10.42.1.5")])
        }
        // The published address and the node port are there on all nodes.
        let frontends = ["10.43.0.80:80", "1.2.3.4:80"] + (row.isServed ? ["node:80"] : []) + ["node:30080"]
        let lines = (family == .ipv4 ? cluster : cluster.inIPv6).plan.lines
        #expect(lines == frontends.map { "\($0)/tcp > 10.42.1.5:8080" })
    }

    private static let enabled = "svccontroller.k3s.cattle.io/enablelb"
    private static let pool = "svccontroller.k3s.cattle.io/lbpool"
    private static let excluded = "node.kubernetes.io/exclude-from-external-load-balancers"

    static let rows: [Row] = [
        Row("no labels", isServed: true),
        Row("listed", own: [enabled: "true"], isServed: true),
        Row("another node is listed", other: [enabled: "true"], isServed: false),
        Row("both are listed", own: [enabled: "true"], other: [enabled: "true"], isServed: true),
        Row("listed as false", own: [enabled: "false"], isServed: false),
        Row("listed as nothing", own: [enabled: ""], isServed: false),
        Row("another node is listed as false: nodes are listed", other: [enabled: "false"], isServed: false),
        Row("excluded", own: [excluded: "true"], isServed: false),
        Row("excluded, whatever the value", own: [excluded: "false"], isServed: false),
        Row("excluded with an empty value", own: [excluded: ""], isServed: false),
        Row("excluded and listed", own: [excluded: "", enabled: "true"], isServed: false),
        Row("another node is excluded", other: [excluded: ""], isServed: true),
        Row("the pool of the service", own: [enabled: "true", pool: "a"], service: [pool: "a"], isServed: true),
        Row("another pool", own: [enabled: "true", pool: "b"], service: [pool: "a"], isServed: false),
        Row("the service's pool, and none of the node", own: [enabled: "true"], service: [pool: "a"], isServed: false),
        Row("the node's pool, and none of the service", own: [enabled: "true", pool: "a"], isServed: true),
        Row("the pool of the service, not listed", own: [pool: "a"], service: [pool: "a"], isServed: true),
        Row("another pool, where no node is listed", own: [pool: "b"], service: [pool: "a"], isServed: true),
        Row(
            "the pool of the service, where another node is listed",
            own: [pool: "a"],
            other: [enabled: "true"],
            service: [pool: "a"],
            isServed: false
        ),
        Row("an empty pool", own: [enabled: "true", pool: ""], service: [pool: "a"], isServed: false),
    ]

    @Test func `a node that is not known yet has what nodes without labels have`() {
        let cluster = TestCluster {
            $0.nodes = []
            $0.web.publish()
            $0.add([pod("10.42.1.5")])
        }
        #expect(cluster.plan.lines == ["10.43.0.80:80/tcp > 10.42.1.5:8080", "node:80/tcp > 10.42.1.5:8080"])
    }
}
