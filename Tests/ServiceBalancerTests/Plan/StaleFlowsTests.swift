import ClusterFixtures
import ClusterState
import Netlink
import NetworkTypes
import ServiceBalancer
import Testing

/// Which flows of UDP are forgotten. `shop/web` is 10.43.0.80:80/udp and 30080/udp of the node, and leads to
/// 10.42.1.5:8080; the node is 192.0.2.1. The run before is not known.
struct StaleFlowsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Where the first packet was sent, and who answers.
        let target: String
        let port: UInt16
        let answering: String
        let answeringPort: UInt16
        /// On the first pass of a run, and on a later one that brings the service.
        let isStaleAtFirst: Bool
        let isStaleLater: Bool

        init(
            _ description: String,
            _ target: String,
            _ port: UInt16,
            _ answering: String,
            _ answeringPort: UInt16,
            first: Bool,
            later: Bool
        ) {
            testDescription = description
            (self.target, self.port, self.answering, self.answeringPort) = (target, port, answering, answeringPort)
            (isStaleAtFirst, isStaleLater) = (first, later)
        }
    }

    static let rows = [
        Row("an endpoint", "10.43.0.80", 80, "10.42.1.5", 8080, first: false, later: false),
        Row("an endpoint that is gone", "10.43.0.80", 80, "10.42.1.6", 8080, first: true, later: true),
        Row("nobody yet", "10.43.0.80", 80, "10.43.0.80", 80, first: true, later: true),
        Row("a service that is gone", "10.43.0.99", 53, "10.42.1.7", 53, first: true, later: false),
        Row("an address that the node has itself", "10.43.0.10", 53, "10.43.0.10", 53, first: false, later: false),
        Row(
            "an endpoint of a node port that is gone",
            "192.0.2.1",
            30080,
            "10.42.1.6",
            8080,
            first: true,
            later: false
        ),
        Row("a node port that is gone", "192.0.2.1", 30081, "10.42.2.7", 8080, first: true, later: false),
        Row("a node port that is gone, elsewhere", "192.0.2.2", 30081, "10.42.2.7", 8080, first: false, later: false),
        Row("a node port's number, to no pod", "192.0.2.1", 30081, "172.17.0.2", 80, first: false, later: false),
        Row("a server of the node", "192.0.2.1", 30081, "192.0.2.1", 30081, first: false, later: false),
        Row("a port outside of the range", "192.0.2.1", 53, "10.42.2.7", 53, first: false, later: false),
        Row("an endpoint of a node port", "192.0.2.1", 30080, "10.42.1.5", 8080, first: false, later: false),
        Row("the same port elsewhere", "203.0.113.9", 30080, "203.0.113.9", 30080, first: false, later: false),
        Row("somebody else's translation", "192.0.2.1", 5000, "172.17.0.2", 5000, first: false, later: false),
    ]

    @Test(arguments: rows) func `a flow is forgotten if it leads to no endpoint`(row: Row) {
        let cluster = TestCluster {
            $0.web.ports[0].transport = .udp
            $0.web.openNodePort(30080)
            $0.add([pod("10.42.1.5")], ports: [EndpointPort(transport: .udp, port: 8080)])
        }
        let changes = cluster.plan.granted.map { BalancerPlan.Change(service: $0.key, old: [], new: $0.value) }
        let flow = ConntrackFlow(
            transport: .udp,
            original: ConntrackFlow.Direction(
                source: address("203.0.113.5"),
                destination: address(row.target),
                sourcePort: 4000,
                destinationPort: row.port
            ),
            reply: ConntrackFlow.Direction(
                source: address(row.answering),
                destination: address("203.0.113.5"),
                sourcePort: row.answeringPort,
                destinationPort: 4000
            )
        )
        let own: Set<IPAddress> = [address("192.0.2.1"), address("10.43.0.10")]
        let first = StaleFlows(
            changes,
            unknownNetworks: [network("10.43.0.0/16")],
            podNetworks: [network("10.42.0.0/16")]
        )
        #expect(first.contains(flow, ownAddresses: own) == row.isStaleAtFirst)
        #expect(first.filters.allSatisfy { $0.originalDestination == nil })
        let later = StaleFlows(changes, podNetworks: [network("10.42.0.0/16")])
        #expect(later.contains(flow, ownAddresses: own) == row.isStaleLater)
    }
}
