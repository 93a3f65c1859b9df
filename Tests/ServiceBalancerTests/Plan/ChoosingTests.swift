import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// Which endpoints get traffic: those for traffic that may go anywhere, and those for traffic that stays here.
///
/// The zones and nodes of hints are as in kube-proxy's TestCategorizeEndpoints, whose rows these are too.
struct ChoosingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// The zone of node-1.
        let zone: String?
        let pods: [Endpoint]
        let cluster: String
        let local: String

        init(_ name: String, zone: String? = nil, _ pods: [Endpoint], cluster: String, local: String) {
            self.name = name
            self.zone = zone
            self.pods = pods
            self.cluster = cluster
            self.local = local
        }

        var testDescription: String { name }
    }

    @Test(arguments: states + zones + nodes, AddressFamily.allCases)
    func `the endpoints of both sets`(row: Row, family: AddressFamily) {
        let cluster = TestCluster {
            $0.web.openNodePort(30080)
            $0.web.externalTrafficPolicy = .local
            $0.nodes[0].zone = row.zone
            $0.add(row.pods)
        }
        let lines = (family == .ipv4 ? cluster : cluster.inIPv6).plan.lines
        let clusterText = row.cluster.isEmpty ? "reject" : row.cluster
        let localText = row.local.isEmpty ? (row.cluster.isEmpty ? "reject" : "drop") : row.local
        let inside = clusterText == localText ? "" : ", inside \(clusterText)"
        #expect(lines == ["10.43.0.80:80/tcp > \(clusterText)", "node:30080/tcp > \(localText)\(inside)"])
    }

    static let states: [Row] = [
        Row("none", [], cluster: "", local: ""),
        Row(
            "all ready",
            [pod("10.42.1.5"), pod("10.42.2.5")],
            cluster: "10.42.1.5:8080 10.42.2.5:8080",
            local: "10.42.1.5:8080"
        ),
        Row("here only", [pod("10.42.1.5")], cluster: "10.42.1.5:8080", local: "10.42.1.5:8080"),
        Row("elsewhere only", [pod("10.42.2.5")], cluster: "10.42.2.5:8080", local: ""),
        Row("none ready", [pod("10.42.1.5", .notReady), pod("10.42.2.5", .notReady)], cluster: "", local: ""),
        Row(
            "one ready elsewhere",
            [pod("10.42.1.5", .notReady), pod("10.42.2.5")],
            cluster: "10.42.2.5:8080",
            local: ""
        ),
        Row("all stopped", [pod("10.42.1.5", .stopped), pod("10.42.2.5", .stopped)], cluster: "", local: ""),
        Row(
            "all terminate",
            [pod("10.42.1.5", .terminating), pod("10.42.2.5", .terminating)],
            cluster: "10.42.1.5:8080 10.42.2.5:8080",
            local: "10.42.1.5:8080"
        ),
        Row(
            "all terminate elsewhere",
            [pod("10.42.2.5", .terminating), pod("10.42.3.5", .terminating)],
            cluster: "10.42.2.5:8080 10.42.3.5:8080",
            local: ""
        ),
        Row(
            "of those that go, only those that answer",
            [pod("10.42.1.5", .terminating), pod("10.42.1.6", .stopped), pod("10.42.1.7", .notReady)],
            cluster: "10.42.1.5:8080",
            local: "10.42.1.5:8080"
        ),
        Row(
            "one terminates here while others are ready here",
            [pod("10.42.1.5", .terminating), pod("10.42.1.6"), pod("10.42.2.5")],
            cluster: "10.42.1.6:8080 10.42.2.5:8080",
            local: "10.42.1.6:8080"
        ),
        Row(
            "what terminates here serves here alone while others are ready elsewhere",
            [
                pod("10.42.2.5"), pod("10.42.1.5", .notReady), pod("10.42.1.6", .terminating),
                pod("10.42.2.6", .terminating),
            ],
            cluster: "10.42.2.5:8080",
            local: "10.42.1.6:8080"
        ),
        Row(
            "what terminates elsewhere serves nothing while one is ready here",
            [pod("10.42.1.5"), pod("10.42.2.5", .terminating)],
            cluster: "10.42.1.5:8080",
            local: "10.42.1.5:8080"
        ),
    ]

    static let zones: [Row] = [
        Row(
            "hints for zones, and one of them is ours",
            zone: "a",
            zoned(["a"], ["b"], ["c"], ["a"]),
            cluster: "10.42.2.1:8080 10.42.2.4:8080",
            local: ""
        ),
        Row("the node is in no zone", zoned(["a"]), cluster: "10.42.2.1:8080", local: ""),
        Row("the node's zone is empty", zone: "", zoned(["a"]), cluster: "10.42.2.1:8080", local: ""),
        Row("the node is in another zone", zone: "b", zoned(["a"]), cluster: "10.42.2.1:8080", local: ""),
        Row("no hints", zone: "a", zoned([], []), cluster: "10.42.2.1:8080 10.42.2.2:8080", local: ""),
        Row(
            "one has no hint",
            zone: "a",
            zoned(["a"], ["b"], [], ["a"]),
            cluster: "10.42.2.1:8080 10.42.2.2:8080 10.42.2.3:8080 10.42.2.4:8080",
            local: ""
        ),
        Row(
            "several hints each",
            zone: "c",
            zoned(["a", "b", "c"], ["b", "c"], ["b", "d"], ["c"]),
            cluster: "10.42.2.1:8080 10.42.2.2:8080 10.42.2.4:8080",
            local: ""
        ),
        Row(
            "one of our zone is not ready",
            zone: "a",
            zoned(["a"], ["b"], ["c"]) + [pod("10.42.2.4", .notReady, zones: ["a"])],
            cluster: "10.42.2.1:8080",
            local: ""
        ),
        Row(
            "all of our zone are not ready",
            zone: "a",
            [pod("10.42.2.5", .notReady, zones: ["a"])] + zoned(["b"], ["c"]),
            cluster: "10.42.2.1:8080 10.42.2.2:8080",
            local: ""
        ),
        Row(
            "one that is not ready has no hint",
            zone: "a",
            [pod("10.42.2.5", .notReady)] + zoned(["a"], ["b"]),
            cluster: "10.42.2.1:8080",
            local: ""
        ),
        Row(
            "what terminates is not chosen by zone",
            zone: "a",
            [pod("10.42.2.1", .terminating, zones: ["a"]), pod("10.42.2.2", .terminating, zones: ["b"])],
            cluster: "10.42.2.1:8080 10.42.2.2:8080",
            local: ""
        ),
        Row(
            "those here are chosen whatever their zones",
            zone: "a",
            [
                pod("10.42.1.1", zones: ["a"]), pod("10.42.1.2", zones: ["b"]), pod("10.42.2.1", zones: ["c"]),
                pod("10.42.2.2", zones: ["a"]),
            ],
            cluster: "10.42.1.1:8080 10.42.2.2:8080",
            local: "10.42.1.1:8080 10.42.1.2:8080"
        ),
        Row(
            "those here are all of another zone",
            zone: "a",
            [pod("10.42.1.1", zones: ["b"]), pod("10.42.2.1", zones: ["a"])],
            cluster: "10.42.2.1:8080",
            local: "10.42.1.1:8080"
        ),
    ]

    static let nodes: [Row] = [
        Row(
            "hints for nodes, and one of them is ours",
            zone: "a",
            hinted((["a"], ["node-1"]), (["b"], ["node-2"]), (["c"], ["node-3"]), (["a"], ["node-4"])),
            cluster: "10.42.2.1:8080",
            local: ""
        ),
        Row(
            "the hint counts, not where the endpoint is",
            hinted(([], ["node-2"])) + [pod("10.42.1.5", nodes: ["node-2"]), pod("10.42.2.5", nodes: ["node-1"])],
            cluster: "10.42.2.5:8080",
            local: "10.42.1.5:8080"
        ),
        Row(
            "no hint for this node, but for its zone",
            zone: "a",
            hinted((["a"], ["node-3"]), (["b"], ["node-2"]), (["a"], ["node-4"])),
            cluster: "10.42.2.1:8080 10.42.2.3:8080",
            local: ""
        ),
        Row(
            "no hint for this node nor for its zone",
            zone: "d",
            hinted((["a"], ["node-3"]), (["b"], ["node-2"])),
            cluster: "10.42.2.1:8080 10.42.2.2:8080",
            local: ""
        ),
        Row(
            "one has no hint for a node: those for zones count",
            zone: "a",
            hinted((["a"], ["node-1"]), (["b"], ["node-2"]), (["c"], []), (["a"], ["node-4"])),
            cluster: "10.42.2.1:8080 10.42.2.4:8080",
            local: ""
        ),
        Row(
            "one has no hint at all",
            zone: "a",
            hinted((["a"], ["node-1"]), ([], []), (["b"], ["node-2"])),
            cluster: "10.42.2.1:8080 10.42.2.2:8080 10.42.2.3:8080",
            local: ""
        ),
        Row(
            "hints for nodes without those for zones",
            hinted(([], ["node-1"]), ([], ["node-2"])),
            cluster: "10.42.2.1:8080",
            local: ""
        ),
        Row(
            "several nodes each",
            hinted(([], ["node-1", "node-2"]), ([], ["node-2"]), ([], ["node-3", "node-1"])),
            cluster: "10.42.2.1:8080 10.42.2.3:8080",
            local: ""
        ),
        Row(
            "the one for this node is not ready",
            zone: "a",
            [pod("10.42.2.5", .notReady, zones: ["a"], nodes: ["node-1"])]
                + hinted((["a"], ["node-2"]), (["b"], ["node-3"])),
            cluster: "10.42.2.1:8080",
            local: ""
        ),
    ]

    private static func zoned(_ zones: [String]...) -> [Endpoint] {
        zones.enumerated().map { pod("10.42.2.\($0 + 1)", zones: $1) }
    }

    private static func hinted(_ hints: ([String], [String])...) -> [Endpoint] {
        hints.enumerated().map { pod("10.42.2.\($0 + 1)", zones: $1.0, nodes: $1.1) }
    }
}
