import ClusterFixtures
import ClusterState
import NetworkTypes
import Testing

@testable import ServiceBalancer

/// Node N has the addresses 192.0.2.N and 2001:db8::N; `E` stands for external ones too, 203.0.113.N and 2001:db8:1::N. This
/// node is node-1. `web` has port 80 of TCP and is older than `other`, which has it too where it is there.
@Suite struct LoadBalancerStatusesTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let nodes: [Node]
        let services: [Service]
        var slices: [EndpointSlice] = []
        var refusals: Set<HeldPort> = []
        /// By service; nil if it is none of ours.
        let wanted: [String: [String]]

        init(
            _ situation: String,
            _ nodes: [Node],
            _ services: [Service],
            slices: [EndpointSlice] = [],
            refusals: Set<HeldPort> = [],
            _ wanted: [String: [String]]
        ) {
            testDescription = situation
            self.nodes = nodes
            self.services = services
            self.slices = slices
            self.refusals = refusals
            self.wanted = wanted
        }
    }

    static let nodeChoice: [Row] = [
        Row("no node", [], [web()], ["web": []]),
        Row(
            "all nodes, in order of texts",
            [node(10), node(9), node(1)],
            [web()],
            [
                "web": ["192.0.2.1", "192.0.2.10", "192.0.2.9"]
            ]
        ),
        Row("nodes that are to be left out", [node(1, [excluded: ""]), node(2)], [web()], ["web": ["192.0.2.2"]]),
        Row(
            "some node is listed: only those",
            [node(1), node(2, [enabled: "true"]), node(3, [enabled: "false"])],
            [web()],
            [
                "web": ["192.0.2.2"]
            ]
        ),
        Row(
            "a node lists itself as none: no other is chosen",
            [node(1), node(2, [enabled: "false"])],
            [web()],
            ["web": []]
        ),
        Row(
            "a pool, of the nodes that are listed",
            [node(1, [enabled: "true", pool: "a"]), node(2, [enabled: "true", pool: "b"]), node(3, [pool: "a"])],
            [web(pool: "a")],
            ["web": ["192.0.2.1"]]
        ),
        Row(
            "a pool means nothing while no node is listed",
            [node(1, [pool: "b"]), node(2)],
            [web(pool: "a")],
            [
                "web": ["192.0.2.1", "192.0.2.2"]
            ]
        ),
    ]

    static let addressChoice: [Row] = [
        Row(
            "an external address hides internal ones",
            [node(1), externalNode(2), externalNode(3)],
            [web()],
            [
                "web": ["203.0.113.2", "203.0.113.3"]
            ]
        ),
        Row(
            "but of its own family only",
            [node(1), externalNode(2, [.ipv4])],
            [web([.ipv6, .ipv4])],
            [
                "web": ["2001:db8::1", "2001:db8::2", "203.0.113.2"]
            ]
        ),
        Row(
            "nor those of nodes that are not chosen",
            [node(1), externalNode(2, labels: [excluded: ""])],
            [web()],
            [
                "web": ["192.0.2.1"]
            ]
        ),
        Row(
            "IPv6 first where the service has it first",
            [node(1)],
            [web([.ipv6, .ipv4])],
            [
                "web": ["2001:db8::1", "192.0.2.1"]
            ]
        ),
        Row(
            "without families: those of its cluster addresses",
            [node(1)],
            [web([], addresses: ["fd00:43::1"])],
            [
                "web": ["2001:db8::1"]
            ]
        ),
        Row("without those either: all", [node(1)], [web([])], ["web": ["192.0.2.1", "2001:db8::1"]]),
    ]

    static let localPolicy: [Row] = [
        Row("no endpoint", [node(1), node(2)], [web(policy: .local)], ["web": []]),
        Row(
            "nodes with an endpoint that is ready",
            [node(1), node(2), node(3)],
            [web(policy: .local)],
            slices: [slice("web", [endpoint(1, isReady: false), endpoint(2), endpoint(2)])],
            ["web": ["192.0.2.2"]]
        ),
        Row(
            "of the family",
            [node(1), node(2)],
            [web([.ipv4, .ipv6], policy: .local)],
            slices: [slice("web", [endpoint(1)]), slice("web", [endpoint(2, .ipv6)])],
            ["web": ["192.0.2.1", "2001:db8::2"]]
        ),
        Row(
            "endpoints do not matter else",
            [node(1)],
            [web()],
            slices: [slice("web", [endpoint(2)])],
            [
                "web": ["192.0.2.1"]
            ]
        ),
    ]

    static let refusals: [Row] = [
        Row(
            "this node's own, where nothing is told",
            [node(1), node(2)],
            [web()],
            refusals: [tcp80],
            [
                "web": ["192.0.2.2"]
            ]
        ),
        Row("of one family", [node(1)], [web([.ipv4, .ipv6])], refusals: [tcp80], ["web": ["2001:db8::1"]]),
        Row(
            "of another port",
            [node(1)],
            [web()],
            refusals: [HeldPort(.ipv4, .udp, 80), HeldPort(.ipv4, .tcp, 81)],
            [
                "web": ["192.0.2.1"]
            ]
        ),
        Row("of one of two ports", [node(1)], [web(ports: [81, 80])], refusals: [tcp80], ["web": []]),
        Row(
            "as the lease of each node tells, this one's too",
            [told(1, refusing: ["ipv4/tcp/81"]), told(2, refusing: ["ipv4/tcp/80", "nonsense"])],
            [web()],
            refusals: [tcp80],
            ["web": ["192.0.2.1"]]
        ),
        Row(
            "nodes that have no balancer, by their leases",
            [told(1), node(2), told(3, capabilities: [])],
            [web()],
            [
                "web": ["192.0.2.1"]
            ]
        ),
    ]

    static let rivals: [Row] = [
        Row("the older one has the port", [node(1)], [other(), web()], ["web": ["192.0.2.1"], "other": []]),
        Row(
            "of one age: the first by name",
            [node(1)],
            [other(createdAt: 1), web()],
            [
                "web": [], "other": ["192.0.2.1"],
            ]
        ),
        Row("another port", [node(1)], [other(port: 81), web()], ["web": ["192.0.2.1"], "other": ["192.0.2.1"]]),
        Row(
            "another family",
            [node(1)],
            [other(family: .ipv6), web()],
            [
                "web": ["192.0.2.1"], "other": ["2001:db8::1"],
            ]
        ),
        Row(
            "on other nodes it is free",
            [node(1, [enabled: "true", pool: "a"]), node(2, [enabled: "true", pool: "b"])],
            [other(), web(pool: "a")],
            ["web": ["192.0.2.1"], "other": ["192.0.2.2"]]
        ),
    ]

    static let nodePorts: [Row] = [
        Row(
            "an older one's node port",
            [node(1)],
            [other(port: 81), web(nodePort: 81)],
            [
                "web": ["192.0.2.1"], "other": [],
            ]
        ),
        Row(
            "an older one's node port, which is no load balancer",
            [node(1)],
            [
                other(port: 81), web(nodePort: 81) { $0.type = .nodePort },
            ],
            ["other": []]
        ),
        Row(
            "an older one's node port, whose class is another",
            [node(1)],
            [
                other(port: 81), web(nodePort: 81) { $0.loadBalancerClass = "example.org/lb" },
            ],
            ["other": []]
        ),
        Row(
            "a younger one's node port: the balancer keeps its address, too",
            [node(1)],
            [
                other(createdAt: 0), web(ports: [82], nodePort: 80),
            ],
            ["web": ["192.0.2.1"], "other": ["192.0.2.1"]]
        ),
        Row(
            "a node port of another family",
            [node(1)],
            [
                other(port: 81), web([.ipv6], nodePort: 81),
            ],
            ["web": ["2001:db8::1"], "other": ["192.0.2.1"]]
        ),
        Row(
            "a node port that the type does not have",
            [node(1)],
            [
                other(port: 81), web(nodePort: 81) { $0.type = .clusterIP },
            ],
            ["other": ["192.0.2.1"]]
        ),
        Row("its own node port", [node(1)], [web(nodePort: 80)], ["web": ["192.0.2.1"]]),
        Row(
            "another pool's node port: it is on all nodes",
            [
                node(1, [enabled: "true", pool: "a"]), node(2, [enabled: "true", pool: "b"]),
            ],
            [other(port: 81), web(nodePort: 81, pool: "a")],
            ["web": ["192.0.2.1"], "other": []]
        ),
        Row(
            "the port of an older one's health check, in whichever family",
            [node(1)],
            [
                other(port: 81),
                web([.ipv6], policy: .local) { $0.healthCheckNodePort = 81 },
            ],
            ["web": [], "other": []]
        ),
        Row(
            "a health check that the policy does not have",
            [node(1)],
            [
                other(port: 81), web { $0.healthCheckNodePort = 81 },
            ],
            ["web": ["192.0.2.1"], "other": ["192.0.2.1"]]
        ),
    ]

    static let others: [Row] = [
        Row("no load balancer", [node(1)], [web { $0.type = .nodePort }], [:]),
        Row("another class", [node(1)], [web { $0.loadBalancerClass = "example.org/lb" }], [:]),
        Row("another proxy's", [node(1)], [web { $0.metadata.labels[ServiceLabel.proxyName] = "x" }], [:]),
        Row("headless", [node(1)], [web { $0.isHeadless = true }], [:]),
        Row(
            "one that is not ours claims nothing",
            [node(1)],
            [web { $0.loadBalancerClass = "x" }, other()],
            [
                "other": ["192.0.2.1"]
            ]
        ),
    ]

    @Test(arguments: nodeChoice + addressChoice + localPolicy + refusals + rivals + nodePorts + others)
    func `a load balancer is published with the addresses at which it is served`(row: Row) {
        let objects =
            row.nodes.map(ClusterObject.node) + row.services.map(ClusterObject.service)
            + row.slices.map(ClusterObject.endpointSlice)
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        store.apply(.replace(kinds: [.node, .service, .endpointSlice], with: objects), confirmedAt: 0)
        var statuses = LoadBalancerStatuses(.forStatuses)
        let changes = statuses.update(store.current, changed: .everything, ownRefusals: row.refusals)
        let wanted = row.wanted.map { (NamespacedName(namespace: "default", name: $0), $1) }
        #expect(statuses.addresses == Dictionary(uniqueKeysWithValues: wanted))
        #expect(Set(changes.map(\.service)) == Set(statuses.addresses.keys))
    }

    static let publishers: [(nodes: [Node], publisher: LoadBalancerReport.Publisher)] = [
        ([], .each),
        ([node(1), node(2)], .each),
        ([told(2), told(1)], .first(nodeName("node-1"))),
        ([told(1, capabilities: ["overlay"]), told(2, [excluded: ""]), told(3)], .first(nodeName("node-2"))),
        ([node(1), told(2, capabilities: [])], .first(nil)),
    ]

    @Test(arguments: publishers)
    func `the first node that can speaks for all`(nodes: [Node], publisher: LoadBalancerReport.Publisher) {
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        store.apply(.replace(kinds: [.node], with: nodes.map(ClusterObject.node)), confirmedAt: 0)
        var statuses = LoadBalancerStatuses(.forStatuses)
        _ = statuses.update(store.current, changed: .everything, ownRefusals: [])
        #expect(statuses.publisher == publisher)
    }

    static let texts: [(text: String, port: HeldPort?)] = [
        ("ipv4/tcp/80", tcp80), ("ipv6/udp/65535", HeldPort(.ipv6, .udp, 65535)),
        ("ipv4/sctp/1", HeldPort(.ipv4, .sctp, 1)), ("80/tcp", nil), ("ipv4/tcp/0", nil), ("ipv4/tcp/65536", nil),
        ("ipv4/icmp/80", nil), ("ip/tcp/80", nil), ("ipv4/tcp/80/", nil), ("", nil),
    ]

    @Test(arguments: texts)
    func `a port's text is read as it is written`(text: String, port: HeldPort?) {
        #expect(HeldPort(leaseText: text) == port)
        if let port { #expect(port.leaseText == text) }
    }
}

// MARK: - Builders

private let enabled = BalancerNodeChoice.enabled
private let pool = BalancerNodeChoice.pool
private let excluded = BalancerNodeChoice.excluded
private let tcp80 = HeldPort(.ipv4, .tcp, 80)

private func node(_ number: Int, _ labels: [String: String] = [:]) -> Node {
    var node = fixtureNode(number)
    node.labels = labels
    return node
}

private func externalNode(
    _ number: Int,
    _ families: [AddressFamily] = AddressFamily.allCases,
    labels: [String: String] = [:]
) -> Node {
    var node = node(number, labels)
    if families.contains(.ipv4) { node.externalAddresses.v4 = address("203.0.113.\(number)") }
    if families.contains(.ipv6) { node.externalAddresses.v6 = address("2001:db8:1::\(number)") }
    return node
}

/// A node whose lease tells of it.
private func told(
    _ number: Int,
    _ labels: [String: String] = [:],
    capabilities: [String] = ["overlay", "services"],
    refusing ports: [String] = []
) -> Node {
    var node = node(number, labels)
    node.extras = LeaseExtras(agentVersion: "0.1.0", readyCapabilities: capabilities, refusedPorts: ports)
    return node
}

private func web(
    _ families: [AddressFamily] = [.ipv4],
    addresses: [String] = [],
    ports: [UInt16] = [80],
    nodePort: UInt16? = nil,
    pool value: String? = nil,
    policy: Service.TrafficPolicy = .cluster,
    _ change: (inout Service) -> Void = { _ in }
) -> Service {
    var service = fixtureService("default/web", addresses, ports: ports.map { ServicePort(name: "p\($0)", port: $0) })
    service.isHeadless = false
    service.type = .loadBalancer
    service.ipFamilies = families
    service.metadata.labels[pool] = value
    service.metadata.createdAt = 1
    service.externalTrafficPolicy = policy
    if let nodePort { service.openNodePort(nodePort) }
    change(&service)
    return service
}

private func other(port: UInt16 = 80, family: AddressFamily = .ipv4, createdAt: Int64 = 2) -> Service {
    var service = fixtureService("default/other", [], ports: [ServicePort(port: port)])
    service.isHeadless = false
    service.type = .loadBalancer
    service.ipFamilies = [family]
    service.metadata.createdAt = createdAt
    return service
}

private func endpoint(_ node: Int, _ family: AddressFamily = .ipv4, isReady: Bool = true) -> Endpoint {
    let place = family == .ipv4 ? "10.42.\(node).5" : "fd00:42:0:\(node)::5"
    var endpoint = fixtureEndpoint(place, isReady: isReady)
    endpoint.nodeName = "node-\(node)"
    return endpoint
}

private func slice(_ service: String, _ endpoints: [Endpoint]) -> EndpointSlice {
    let family = endpoints.first?.addresses.first?.family ?? .ipv4
    return fixtureSlice(of: "default/\(service)", suffix: "\(family.rawValue)", endpoints)
}

extension BalancerConfiguration {
    /// Of node-1, for services of both families.
    static let forStatuses = BalancerConfiguration(
        node: nodeName("node-1"),
        clusterCIDRs: PerFamily(v4: network("10.42.0.0/16"), v6: network("fd00:42::/48")),
        serviceCIDRs: PerFamily(v4: network("10.43.0.0/16"), v6: network("fd00:43::/108"))
    )
}
