import ClusterFixtures
import ClusterState
import NetworkTypes

@testable import ServiceBalancer

/// Which nodes and which of their addresses it is, for services of whom.
extension LoadBalancerRow {
    static let nodeChoice: [LoadBalancerRow] = [
        LoadBalancerRow("no node", [], [web()], ["web": []]),
        LoadBalancerRow(
            "all nodes, in order of texts",
            [node(10), node(9), node(1)],
            [web()],
            [
                "web": ["192.0.2.1", "192.0.2.10", "192.0.2.9"]
            ]
        ),
        LoadBalancerRow(
            "nodes that are to be left out",
            [node(1, [excluded: ""]), node(2)],
            [web()],
            ["web": ["192.0.2.2"]]
        ),
        LoadBalancerRow(
            "some node is listed: only those",
            [node(1), node(2, [enabled: "true"]), node(3, [enabled: "false"])],
            [web()],
            [
                "web": ["192.0.2.2"]
            ]
        ),
        LoadBalancerRow(
            "a node lists itself as none: no other is chosen",
            [node(1), node(2, [enabled: "false"])],
            [web()],
            ["web": []]
        ),
        LoadBalancerRow(
            "a pool, of the nodes that are listed",
            [node(1, [enabled: "true", pool: "a"]), node(2, [enabled: "true", pool: "b"]), node(3, [pool: "a"])],
            [web(pool: "a")],
            ["web": ["192.0.2.1"]]
        ),
        LoadBalancerRow(
            "a pool means nothing while no node is listed",
            [node(1, [pool: "b"]), node(2)],
            [web(pool: "a")],
            [
                "web": ["192.0.2.1", "192.0.2.2"]
            ]
        ),
    ]

    static let addressChoice: [LoadBalancerRow] = [
        LoadBalancerRow(
            "an external address hides internal ones",
            [node(1), externalNode(2), externalNode(3)],
            [web()],
            [
                "web": ["203.0.113.2", "203.0.113.3"]
            ]
        ),
        LoadBalancerRow(
            "but of its own family only",
            [node(1), externalNode(2, [.ipv4])],
            [web([.ipv6, .ipv4])],
            [
                "web": ["2001:db8::1", "2001:db8::2", "203.0.113.2"]
            ]
        ),
        LoadBalancerRow(
            "nor those of nodes that are not chosen",
            [node(1), externalNode(2, labels: [excluded: ""])],
            [web()],
            [
                "web": ["192.0.2.1"]
            ]
        ),
        LoadBalancerRow(
            "IPv6 first where the service has it first",
            [node(1)],
            [web([.ipv6, .ipv4])],
            [
                "web": ["2001:db8::1", "192.0.2.1"]
            ]
        ),
        LoadBalancerRow(
            "without families: those of its cluster addresses",
            [node(1)],
            [web([], addresses: ["fd00:43::1"])],
            [
                "web": ["2001:db8::1"]
            ]
        ),
        LoadBalancerRow("without those either: all", [node(1)], [web([])], ["web": ["192.0.2.1", "2001:db8::1"]]),
    ]

    static let localPolicy: [LoadBalancerRow] = [
        LoadBalancerRow("no endpoint", [node(1), node(2)], [web(policy: .local)], ["web": []]),
        LoadBalancerRow(
            "nodes with an endpoint that is ready",
            [node(1), node(2), node(3)],
            [web(policy: .local)],
            slices: [slice("web", [endpoint(1, isReady: false), endpoint(2), endpoint(2)])],
            ["web": ["192.0.2.2"]]
        ),
        LoadBalancerRow(
            "of the family",
            [node(1), node(2)],
            [web([.ipv4, .ipv6], policy: .local)],
            slices: [slice("web", [endpoint(1)]), slice("web", [endpoint(2, .ipv6)])],
            ["web": ["192.0.2.1", "2001:db8::2"]]
        ),
        LoadBalancerRow(
            "endpoints do not matter else",
            [node(1)],
            [web()],
            slices: [slice("web", [endpoint(2)])],
            [
                "web": ["192.0.2.1"]
            ]
        ),
    ]

    static let others: [LoadBalancerRow] = [
        LoadBalancerRow("no load balancer", [node(1)], [web { $0.type = .nodePort }], [:]),
        LoadBalancerRow("another class", [node(1)], [web { $0.loadBalancerClass = "example.org/lb" }], [:]),
        LoadBalancerRow("another proxy's", [node(1)], [web { $0.metadata.labels[ServiceLabel.proxyName] = "x" }], [:]),
        LoadBalancerRow("headless", [node(1)], [web { $0.isHeadless = true }], [:]),
        LoadBalancerRow(
            "one that is not ours claims nothing",
            [node(1)],
            [web { $0.loadBalancerClass = "x" }, other()],
            [
                "other": ["192.0.2.1"]
            ]
        ),
    ]

    /// Who speaks for these nodes.
    static let publishers: [(nodes: [Node], publisher: AddressSpeaker)] = [
        ([], .each),
        ([node(1), node(2)], .each),
        ([told(2), told(1)], .first(nodeName("node-1"))),
        ([told(1, capabilities: ["overlay"]), told(2, [excluded: ""]), told(3)], .first(nodeName("node-2"))),
        ([node(1), told(2, capabilities: [])], .first(nil)),
    ]
}
