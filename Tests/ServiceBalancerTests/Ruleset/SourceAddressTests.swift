import ClusterFixtures
import ClusterState
import NetworkTypes
import NodeRuleset
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

    /// A table, and what of the cluster it is about.
    struct Situation: Sendable, CustomTestStringConvertible {
        let name: String
        let rows: [Row]
        let doors: [Door]
        let describe: @Sendable (inout TestCluster) -> Void

        init(
            _ name: String,
            _ rows: [Row],
            _ doors: [Door] = Door.allCases,
            describe: @escaping @Sendable (inout TestCluster) -> Void = { _ in }
        ) {
            (self.name, self.rows, self.doors, self.describe) = (name, rows, doors, describe)
        }

        var testDescription: String { name }

        /// `shop/web` with all its doors, by this protocol.
        func cluster(_ transport: NetworkTypes.TransportProtocol, _ family: AddressFamily) -> TestCluster {
            let ports = ClusterState.TransportProtocol.allCases.filter { $0.number == transport }
            let cluster = TestCluster {
                $0.web.ports = ports.map { ServicePort(transport: $0, port: 80) }
                $0.web.publish("1.2.3.4")
                $0.web.openNodePort(30080)
                $0.web.externalIPs = [address("192.168.99.1")]
                $0.add(
                    [pod("10.42.1.5"), pod("10.42.2.5"), host(1), host(2)],
                    ports: ports.map { EndpointPort(transport: $0, port: 8080) }
                )
                describe(&$0)
            }
            return family == .ipv4 ? cluster : cluster.inIPv6
        }

        /// A pod in the network of a node.
        private func host(_ number: Int) -> Endpoint {
            var endpoint = pod("192.0.2.\(number)")
            endpoint.nodeName = "node-\(number)"
            return endpoint
        }
    }

    static let situations: [Situation] = [
        Situation("policy Cluster", cluster),
        // What it has at addresses of its own must not need the port of the node beside it.
        Situation("policy Cluster without ports of the node", cluster, [.clusterIP, .published, .externalIP]) {
            $0.web.loadBalancerClass = "example.org/lb"
            $0.web.ports[0].nodePort = nil
        },
        Situation("policy Cluster with affinity", cluster) { $0.web.affinitySeconds = 60 },
        Situation("policy Cluster on a bridge that is not filtered", unfiltered) {
            $0.facts.unfilteredBridges = Set(AddressFamily.allCases)
        },
        Situation("external policy Local", local, Door.external) { $0.web.externalTrafficPolicy = .local },
        Situation("external policy Local with affinity", local, Door.external) {
            $0.web.externalTrafficPolicy = .local
            $0.web.affinitySeconds = 60
        },
        Situation("internal policy Local", internalLocal, [.clusterIP]) { $0.web.internalTrafficPolicy = .local },
        Situation("internal policy Local at doors outside", cluster, Door.external) {
            $0.web.internalTrafficPolicy = .local
        },
        Situation("external policy Local at the cluster address", cluster, [.clusterIP]) {
            $0.web.externalTrafficPolicy = .local
        },
    ]

    @Test(arguments: situations, AddressFamily.allCases)
    func `an endpoint sees its client, or this node`(situation: Situation, family: AddressFamily) throws {
        #expect(try situation.failures(family) == [])
    }
}

extension SourceAddressTests.Situation {
    /// The rows that are not met, one after the other.
    ///
    /// - Parameter change: what of the rules is to be another way.
    func failures(
        _ family: AddressFamily,
        atMost limit: Int = .max,
        changing change: (inout RulesetFragment) -> Void = { _ in }
    ) throws -> [String] {
        var failures: [String] = []
        for transport in [NetworkTypes.TransportProtocol.tcp, .udp, .sctp] {
            let cluster = cluster(transport, family)
            let tracer = cluster.tracer(change)
            for row in rows {
                for door in doors where failures.count < limit {
                    let packet = cluster.packet(row.sender, door.address, door.port, transport, family)
                    guard try tracer.fates(of: packet).map(\.rowText).sorted() != row.fates else { continue }
                    failures.append("\(name): \(row.client) to \(door) by \(transport)")
                }
            }
        }
        return failures
    }
}
