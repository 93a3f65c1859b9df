import ClusterFixtures
import ClusterState
import LinuxSystem
import Netlink
import NetworkNamespaces
import NetworkTypes
import ServiceBalancer
import Testing

/// Which tracked connections are forgotten after a change of services, in a namespace that is a node: default/dns has port
/// 53 of UDP and TCP and node port 30053, and `rules` send its packets to endpoint 2. default/other has the same ports on an
/// address of its own, and the same endpoint; somebody elsewhere has them, too, whom packets pass through the node to.
@Suite(.timeLimit(.minutes(1))) struct BalancerConntrackTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let situation: String
        /// The endpoints of default/dns before and after, by number; nil if there is no such service.
        let before: [Int]?
        let after: [Int]?
        /// Whether packets for default/dns were sent to endpoint 2 when the connections began.
        var isTranslated = true
        /// What is forgotten.
        let forgotten: [Flow]

        var testDescription: String { situation }
    }

    enum Flow: CaseIterable, Sendable {
        case service, nodePort, stream, other, elsewhere, elsewhereNodePort
    }

    static let rows: [Row] = [
        Row(situation: "another endpoint", before: [2], after: [3], forgotten: [.service, .nodePort]),
        Row(situation: "one more endpoint", before: [2], after: [2, 3], forgotten: []),
        Row(situation: "one endpoint less", before: [2, 3], after: [3], forgotten: [.service, .nodePort]),
        Row(situation: "no endpoint left", before: [2], after: [], forgotten: [.service, .nodePort]),
        Row(situation: "no such service any more", before: [2], after: nil, forgotten: [.service, .nodePort]),
        Row(
            situation: "the first endpoint",
            before: [],
            after: [2],
            isTranslated: false,
            forgotten: [.service, .nodePort]
        ),
        Row(
            situation: "a service that there was not",
            before: nil,
            after: [2],
            isTranslated: false,
            forgotten: [.service, .nodePort]
        ),
    ]

    @Test(arguments: rows, AddressFamily.allCases)
    func `flows to where a service has no endpoint are forgotten, and no others`(
        row: Row,
        family: AddressFamily
    ) throws {
        let bed = try Bed(family)
        try bed.begin(isTranslated: row.isTranslated)
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        var plan = BalancerPlan(Bed.configuration)
        _ = bed.update(&plan, store, row.before)
        let stale = StaleFlows(bed.update(&plan, store, row.after))
        let count = try bed.follower.forget(stale)
        #expect(count == row.forgotten.count)
        #expect(try bed.flows() == Set(Flow.allCases).subtracting(row.forgotten))
    }

    /// More frontends than are asked for one by one.
    @Test func `many services at once are one look at all flows`() throws {
        let bed = try Bed(.ipv4)
        try bed.begin(isTranslated: true)
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        var plan = BalancerPlan(Bed.configuration)
        _ = bed.update(&plan, store, [2], others: 10)
        let stale = StaleFlows(bed.update(&plan, store, [3], others: 0))
        #expect(stale.filters.count == 1)
        #expect(try bed.follower.forget(stale) == 2)
        #expect(try bed.flows() == Set(Flow.allCases).subtracting([.service, .nodePort]))
    }
}

extension BalancerConntrackTests {
    private final class Bed {
        let follower: HostFollower
        private let family: AddressFamily
        private let node: TestNamespace
        private let socket: ConntrackSocket
        private var clients: [TestSocket] = []

        static let configuration = BalancerConfiguration(
            node: nodeName("node-1"),
            clusterCIDRs: PerFamily(v4: network("10.42.0.0/16"), v6: network("fd00:42::/48")),
            serviceCIDRs: PerFamily(v4: network("10.43.0.0/16"), v6: network("fd00:43::/112"))
        )

        init(_ family: AddressFamily) throws {
            self.family = family
            node = try TestNamespace("node")
            // What is sent there is gone: nobody has to answer for a hardware address.
            try node.run("ip", "link", "add", "eth0", "arp", "off", "type", "veth", "peer", "name", "away")
            try node.run("ip", "link", "set", "away", "up")
            try node.run("ip", "address", "add", "192.168.0.1/24", "dev", "eth0")
            try node.run("ip", "address", "add", "fd00:168::1/64", "dev", "eth0", "nodad")
            try node.run("ip", "link", "set", "eth0", "up")
            try node.run("ip", "-4", "route", "add", "default", "dev", "eth0")
            try node.run("ip", "-6", "route", "add", "default", "dev", "eth0")
            socket = try ConntrackSocket.open(in: node.namespace)
            follower = HostFollower(
                HostConfiguration(),
                probe: try KernelProbe(namespace: node.namespace),
                ears: nil,
                memory: ProxyMemory(stateDirectory: "/nonexistent")
            )
        }

        /// Begins one connection of each kind.
        func begin(isTranslated: Bool) throws {
            let ip = family == .ipv4 ? "ip" : "ip6"
            let to = "dnat \(ip) to \(family == .ipv4 ? "10.42.1.2" : "[fd00:42::2]"):53"
            let dispatch = """
                \(ip) daddr \(service) meta l4proto { tcp, udp } th dport 53 \(to)
                \(ip) daddr \(own) udp dport 30053 \(to)
                """
            let rules = """
                table inet t {
                  chain output {
                    type nat hook output priority -110
                    \(isTranslated ? dispatch : "")
                    \(ip) daddr \(other) udp dport 53 \(to)
                  }
                }
                """
            try node.run("nft", "-f", "-", input: rules)
            for flow in Flow.allCases {
                let (address, port) = target(flow)
                let client = try TestSocket.client(flow == .stream ? .tcp : .udp, family, in: node.namespace)
                client.call(address, port)
                clients.append(client)
            }
            try #require(try flows() == Set(Flow.allCases))
        }

        /// Plans default/dns with these endpoints, default/other, and more services of no endpoints.
        func update(
            _ plan: inout BalancerPlan,
            _ store: SnapshotStore,
            _ endpoints: [Int]?,
            others: Int = 0
        ) -> [BalancerPlan.Change] {
            var objects: [ClusterObject] = [.node(fixtureNode(1))]
            objects += add("default/other", "\(other)", [2], nodePort: 30_054)
            if let endpoints { objects += add("default/dns", "\(service)", endpoints, nodePort: 30_053) }
            for number in 0..<others {
                objects += add("default/more-\(number)", "10.43.1.\(number)", [], nodePort: UInt16(31_000 + number))
            }
            store.apply(.replace(kinds: [.node, .service, .endpointSlice], with: objects), confirmedAt: 0)
            return plan.update(store.current, changed: .everything, facts: HostFacts())
        }

        /// Those of the flows that the kernel tracks.
        func flows() throws -> Set<Flow> {
            let tracked = try [TransportProtocol.tcp, .udp].flatMap { transport in
                try socket.flows(ConntrackFilter(family: family, transport: transport))
            }
            return Set(
                Flow.allCases.filter { flow in
                    let (address, port) = target(flow)
                    return tracked.contains {
                        $0.original.destination == address && $0.original.destinationPort == port
                            && ($0.transport == .tcp) == (flow == .stream)
                    }
                }
            )
        }

        private func add(
            _ name: String,
            _ clusterAddress: String,
            _ endpoints: [Int],
            nodePort: UInt16
        ) -> [ClusterObject] {
            var service = fixtureService(
                name,
                [clusterAddress],
                ports: [
                    ServicePort(name: "dns", transport: .udp, port: 53, nodePort: nodePort),
                    ServicePort(name: "dns-tcp", transport: .tcp, port: 53),
                ]
            )
            service.type = .nodePort
            guard !endpoints.isEmpty else { return [.service(service)] }
            let prefix = family == .ipv4 ? "10.42.1." : "fd00:42::"
            let slice = fixtureSlice(
                of: name,
                endpoints.map { fixtureEndpoint("\(prefix)\($0)") },
                ports: [
                    EndpointPort(name: "dns", transport: .udp, port: 53),
                    EndpointPort(name: "dns-tcp", transport: .tcp, port: 53),
                ]
            )
            return [.service(service), .endpointSlice(slice)]
        }

        private var service: IPAddress { address(family == .ipv4 ? "10.43.0.53" : "fd00:43::53") }
        private var other: IPAddress { address(family == .ipv4 ? "10.43.0.54" : "fd00:43::54") }
        private var own: IPAddress { address(family == .ipv4 ? "192.168.0.1" : "fd00:168::1") }
        private var elsewhere: IPAddress { address(family == .ipv4 ? "203.0.113.9" : "2001:db8::9") }

        private func target(_ flow: Flow) -> (IPAddress, UInt16) {
            switch flow {
            case .service, .stream: (service, 53)
            case .nodePort: (own, 30_053)
            case .other: (other, 53)
            case .elsewhere: (elsewhere, 53)
            case .elsewhereNodePort: (elsewhere, 30_053)
            }
        }
    }
}
