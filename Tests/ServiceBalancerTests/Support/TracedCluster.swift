import ClusterFixtures
import NetworkTypes
import NodeRuleset
import RulesetTracer
import ServiceBalancer
import Testing

// Beside the addresses of TestCluster: the bridge of node-1 has 10.42.1.1.

/// Who sends a packet.
enum Sender: Sendable {
    /// 203.0.113.7
    case outside
    /// node-1 itself, by its address 192.0.2.1.
    case node
    /// A pod on node-1, no endpoint of anything: 10.42.1.77.
    case pod
    /// A pod on node-1, by its address.
    case thatPod(String)
    /// A pod of node-2 whose packet came to node-1: 10.42.2.77.
    case otherPod
    /// node-2: 192.0.2.2
    case otherNode
    /// Anybody whose packet came to node-1 by a link.
    case host(String)

    var address: String {
        switch self {
        case .outside: "203.0.113.7"
        case .node: "192.0.2.1"
        case .pod: "10.42.1.77"
        case .thatPod(let address), .host(let address): address
        case .otherPod: "10.42.2.77"
        case .otherNode: "192.0.2.2"
        }
    }

    var isNode: Bool { if case .node = self { true } else { false } }
}

extension TestCluster {
    /// The rules of node-1.
    var tracer: RulesetTracer { tracer { _ in } }

    /// The rules of node-1, with others that somebody else has beside them.
    func tracer(_ add: (inout RulesetFragment) -> Void) -> RulesetTracer {
        var rules = BalancerRuleset(configuration)
        var fragment = rules.fragment(of: plan)
        add(&fragment)
        let own = ["192.0.2.1", "10.42.1.1", "10.42.1.0"].map { address($0) }
        return RulesetTracer(fragment, localAddresses: Set(own + own.map(\.twin)))
    }

    /// The same packet in the cluster's family.
    func packet(
        _ sender: Sender,
        _ destination: String,
        _ port: UInt16,
        _ transport: TransportProtocol,
        _ family: AddressFamily
    ) -> TracedPacket {
        let ends = [sender.address, destination].map { address($0) }.map { family == .ipv4 ? $0 : $0.twin }
        return TracedPacket(from: ends[0], to: ends[1], transport, port, isOwn: sender.isNode)
    }
}

/// A packet, and all that may become of it, in order of the text.
struct TraceRow: Sendable, CustomTestStringConvertible {
    let name: String
    let sender: Sender
    let destination: String
    let port: UInt16
    let transport: TransportProtocol
    let expected: [String]

    init(
        _ name: String,
        _ sender: Sender,
        _ destination: String,
        _ port: UInt16,
        _ transport: TransportProtocol = .tcp,
        _ expected: String...
    ) {
        self.name = name
        self.sender = sender
        self.destination = destination
        self.port = port
        self.transport = transport
        self.expected = expected
    }

    var testDescription: String { name }

    func check(_ cluster: TestCluster, _ family: AddressFamily) throws {
        let cluster = family == .ipv4 ? cluster : cluster.inIPv6
        let packet = cluster.packet(sender, destination, port, transport, family)
        let fates = try cluster.tracer.fates(of: packet).map(\.rowText)
        #expect(fates.sorted() == expected.sorted())
    }
}

extension PacketFate {
    /// `drop`, `reject`, `10.42.2.5:8080`, `10.42.2.5:8080 as node`; `untouched` if it goes where it was sent.
    var rowText: String {
        switch self {
        case .dropped: return "drop"
        case .rejected: return "reject"
        case .delivered(let address, let port, let isTranslated, let isMasqueraded):
            let place = isTranslated ? "\(address.rowText):\(port)" : "untouched"
            return isMasqueraded ? "\(place) as node" : place
        }
    }
}
