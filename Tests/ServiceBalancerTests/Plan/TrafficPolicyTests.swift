import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// What the two traffic policies make of each kind of frontend, for clients outside and for pods and the node itself.
struct TrafficPolicyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let external: Service.TrafficPolicy
        let internalPolicy: Service.TrafficPolicy
        let pods: Pods
        /// For everybody at the cluster address.
        let cluster: String
        /// At the node port, the external address and the published one.
        let outside: String
        let inside: String

        init(
            _ external: Service.TrafficPolicy,
            _ internalPolicy: Service.TrafficPolicy,
            _ pods: Pods,
            cluster: String,
            outside: String,
            inside: String
        ) {
            self.external = external
            self.internalPolicy = internalPolicy
            self.pods = pods
            self.cluster = cluster
            self.outside = outside
            self.inside = inside
        }

        var testDescription: String {
            "external \(external.rawValue), internal \(internalPolicy.rawValue), \(pods.rawValue)"
        }
    }

    enum Pods: String {
        case both = "here and elsewhere"
        case here, elsewhere
        case none
        case hereTerminating = "terminating here, ready elsewhere"

        var endpoints: [Endpoint] {
            switch self {
            case .both: [pod("10.42.1.5"), pod("10.42.2.5")]
            case .here: [pod("10.42.1.5")]
            case .elsewhere: [pod("10.42.2.5")]
            case .none: []
            case .hereTerminating: [pod("10.42.1.5", .terminating), pod("10.42.2.5")]
            }
        }
    }

    @Test(arguments: rows, AddressFamily.allCases)
    func `who comes to which endpoints`(row: Row, family: AddressFamily) {
        let cluster = TestCluster {
            $0.web.publish("1.2.3.4")
            $0.web.openNodePort(30080)
            $0.web.externalIPs = [address("192.168.99.1")]
            $0.web.externalTrafficPolicy = row.external
            $0.web.internalTrafficPolicy = row.internalPolicy
            $0.add(row.pods.endpoints)
        }
        let outside = row.outside == row.inside ? row.outside : "\(row.outside), inside \(row.inside)"
        #expect(
            (family == .ipv4 ? cluster : cluster.inIPv6).plan.lines == ["10.43.0.80:80/tcp > \(row.cluster)"]
                + ["1.2.3.4:80", "node:80", "192.168.99.1:80", "node:30080"].map { "\($0)/tcp > \(outside)" }
        )
    }

    private static let all = "10.42.1.5:8080 10.42.2.5:8080"
    private static let here = "10.42.1.5:8080"
    private static let there = "10.42.2.5:8080"

    static let rows: [Row] = [
        Row(.cluster, .cluster, .both, cluster: all, outside: all, inside: all),
        Row(.cluster, .cluster, .here, cluster: here, outside: here, inside: here),
        Row(.cluster, .cluster, .elsewhere, cluster: there, outside: there, inside: there),
        Row(.cluster, .cluster, .none, cluster: "reject", outside: "reject", inside: "reject"),
        Row(.cluster, .cluster, .hereTerminating, cluster: there, outside: there, inside: there),
        Row(.cluster, .local, .both, cluster: here, outside: all, inside: all),
        Row(.cluster, .local, .here, cluster: here, outside: here, inside: here),
        Row(.cluster, .local, .elsewhere, cluster: "drop", outside: there, inside: there),
        Row(.cluster, .local, .none, cluster: "reject", outside: "reject", inside: "reject"),
        Row(.cluster, .local, .hereTerminating, cluster: here, outside: there, inside: there),
        Row(.local, .cluster, .both, cluster: all, outside: here, inside: all),
        Row(.local, .cluster, .here, cluster: here, outside: here, inside: here),
        Row(.local, .cluster, .elsewhere, cluster: there, outside: "drop", inside: there),
        Row(.local, .cluster, .none, cluster: "reject", outside: "reject", inside: "reject"),
        Row(.local, .cluster, .hereTerminating, cluster: there, outside: here, inside: there),
        Row(.local, .local, .both, cluster: here, outside: here, inside: all),
        Row(.local, .local, .here, cluster: here, outside: here, inside: here),
        Row(.local, .local, .elsewhere, cluster: "drop", outside: "drop", inside: there),
        Row(.local, .local, .none, cluster: "reject", outside: "reject", inside: "reject"),
        Row(.local, .local, .hereTerminating, cluster: here, outside: here, inside: there),
    ]

    @Test func `a service inside only has no endpoints but those of its own policy`() {
        var cluster = TestCluster {
            $0.web.internalTrafficPolicy = .local
            $0.add([pod("10.42.1.5"), pod("10.42.2.5")])
        }
        #expect(cluster.plan.granted.values.first?.first?.cluster == [])
        cluster.web.internalTrafficPolicy = .cluster
        cluster.web.externalTrafficPolicy = .local
        #expect(cluster.plan.granted.values.first?.first?.local == [])
    }

    @Test func `both families follow the policy by their own endpoints`() {
        let cluster = TestCluster {
            $0.web.clusterIPs.append(address("fd00:43::50"))
            $0.web.internalTrafficPolicy = .local
            $0.add([pod("10.42.1.5")])
            $0.add([pod("fd00:42:0:2::5")])
        }
        #expect(cluster.plan.lines == ["10.43.0.80:80/tcp > 10.42.1.5:8080", "fd00:43::50:80/tcp > drop"])
    }
}
