import ClusterFixtures
import ClusterState
import NetworkTypes
import RulesetTracer
import ServiceBalancer
import Testing

/// Who sees which source: an endpoint sees its client's own address wherever the answer comes back through this node, and
/// node-1's where it would not.
struct SourceAddressTests {
    /// What an endpoint sees.
    enum Seen: String, Sendable {
        case client = ""
        case node = " as node"
        /// The client does not come to this endpoint.
        case nothing = "nothing"
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let client: String
        let sender: Sender
        /// What the pod 10.42.1.5 of this node sees, the pod 10.42.2.5 of node-2, and a pod in the network of node-1 and of
        /// node-2.
        let here: Seen
        let there: Seen
        let hostHere: Seen
        let hostThere: Seen

        init(_ client: String, _ sender: Sender, _ here: Seen, _ there: Seen, _ hostHere: Seen, _ hostThere: Seen) {
            self.client = client
            self.sender = sender
            self.here = here
            self.there = there
            self.hostHere = hostHere
            self.hostThere = hostThere
        }

        var testDescription: String { client }

        var fates: [String] {
            let all = [("10.42.1.5", here), ("10.42.2.5", there), ("192.0.2.1", hostHere), ("192.0.2.2", hostThere)]
            return all.filter { $0.1 != .nothing }.map { "\($0.0):8080\($0.1.rawValue)" }.sorted()
        }
    }

    /// Where the service can be reached.
    enum Door: String, CaseIterable, Sendable {
        case clusterIP = "10.43.0.80"
        case published = "1.2.3.4"
        case externalIP = "192.168.99.1"
        case nodeAddress = "192.0.2.1"
        /// The bridge's address is one of the node as any other.
        case bridgeAddress = "10.42.1.1"
        case nodePort = "192.0.2.1:30080"

        var address: String { rawValue.hasSuffix(":30080") ? "192.0.2.1" : rawValue }
        var port: UInt16 { self == .nodePort ? 30080 : 80 }

        /// What the external policy is of.
        static let external = allCases.filter { $0 != .clusterIP }
    }

    //                           client                        here     there    host     host there
    static let cluster: [Row] = [
        Row("outside", .outside, .client, .node, .client, .node),
        Row("this node", .node, .client, .node, .client, .node),
        Row("a pod of this node", .pod, .client, .client, .client, .client),
        Row("the endpoint itself", .thatPod("10.42.1.5"), .node, .client, .client, .client),
        Row("a pod of another node", .otherPod, .client, .node, .client, .node),
        Row("the endpoint of another node itself", .host("10.42.2.5"), .client, .node, .client, .node),
        Row("another node", .otherNode, .client, .node, .client, .node),
    ]

    /// Answers between pods of a bridge that is not filtered would not come by here.
    static let unfiltered: [Row] = [
        Row("a pod of this node", .pod, .node, .client, .client, .client),
        Row("the endpoint itself", .thatPod("10.42.1.5"), .node, .client, .client, .client),
        Row("outside", .outside, .client, .node, .client, .node),
        Row("this node", .node, .client, .node, .client, .node),
    ]

    /// From outside, what must stay here keeps its source; pods and the node come to all endpoints.
    static let local: [Row] = [
        Row("outside", .outside, .client, .nothing, .client, .nothing),
        Row("another node", .otherNode, .client, .nothing, .client, .nothing),
        Row("this node", .node, .client, .node, .client, .node),
        Row("a pod of this node", .pod, .client, .client, .client, .client),
        Row("the endpoint itself", .thatPod("10.42.1.5"), .node, .client, .client, .client),
        Row("a pod of another node", .otherPod, .client, .node, .client, .node),
    ]

    /// For everybody at the cluster address.
    static let internalLocal: [Row] = [
        Row("outside", .outside, .client, .nothing, .client, .nothing),
        Row("this node", .node, .client, .nothing, .client, .nothing),
        Row("a pod of this node", .pod, .client, .nothing, .client, .nothing),
        Row("the endpoint itself", .thatPod("10.42.1.5"), .node, .nothing, .client, .nothing),
        Row("a pod of another node", .otherPod, .client, .nothing, .client, .nothing),
    ]

    @Test(arguments: cluster, AddressFamily.allCases)
    func `policy Cluster`(row: Row, family: AddressFamily) throws {
        try check(row, Door.allCases, family) { _ in }
    }

    @Test(arguments: cluster, AddressFamily.allCases)
    func `policy Cluster with affinity`(row: Row, family: AddressFamily) throws {
        try check(row, Door.allCases, family) { $0.web.affinitySeconds = 60 }
    }

    @Test(arguments: unfiltered, AddressFamily.allCases)
    func `policy Cluster on a bridge that is not filtered`(row: Row, family: AddressFamily) throws {
        try check(row, Door.allCases, family) { $0.facts.unfilteredBridges = [.ipv4] }
    }

    @Test(arguments: local, AddressFamily.allCases)
    func `external policy Local`(row: Row, family: AddressFamily) throws {
        try check(row, Door.external, family) { $0.web.externalTrafficPolicy = .local }
    }

    @Test(arguments: local, AddressFamily.allCases)
    func `external policy Local with affinity`(row: Row, family: AddressFamily) throws {
        try check(row, Door.external, family) {
            $0.web.externalTrafficPolicy = .local
            $0.web.affinitySeconds = 60
        }
    }

    @Test(arguments: internalLocal, AddressFamily.allCases)
    func `internal policy Local`(row: Row, family: AddressFamily) throws {
        try check(row, [.clusterIP], family) { $0.web.internalTrafficPolicy = .local }
    }

    @Test(arguments: cluster, AddressFamily.allCases)
    func `each policy leaves the other's doors alone`(row: Row, family: AddressFamily) throws {
        try check(row, Door.external, family) { $0.web.internalTrafficPolicy = .local }
        try check(row, [.clusterIP], family) { $0.web.externalTrafficPolicy = .local }
    }

    private func check(
        _ row: Row,
        _ doors: [Door],
        _ family: AddressFamily,
        _ change: (inout TestCluster) -> Void
    ) throws {
        var cluster = TestCluster {
            $0.web.publish("1.2.3.4")
            $0.web.openNodePort(30080)
            $0.web.externalIPs = [address("192.168.99.1")]
            $0.add([pod("10.42.1.5"), pod("10.42.2.5"), host(1), host(2)])
            change(&$0)
        }
        if family == .ipv6 { cluster = cluster.inIPv6 }
        let tracer = cluster.tracer
        for door in doors {
            let packet = cluster.packet(row.sender, door.address, door.port, .tcp, family)
            #expect(try tracer.fates(of: packet).map(\.rowText).sorted() == row.fates, "\(door)")
        }
    }

    /// A pod in the network of a node.
    private func host(_ number: Int) -> Endpoint {
        var endpoint = pod("192.0.2.\(number)")
        endpoint.nodeName = "node-\(number)"
        return endpoint
    }
}
