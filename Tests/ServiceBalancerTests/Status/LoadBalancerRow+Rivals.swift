import ClusterState
import NetworkTypes

@testable import ServiceBalancer

/// Ports that others have already.
extension LoadBalancerRow {
    static let refusals: [LoadBalancerRow] = [
        LoadBalancerRow(
            "this node's own, where nothing is told",
            [node(1), node(2)],
            [web()],
            refusals: [tcp80],
            [
                "web": ["192.0.2.2"]
            ]
        ),
        LoadBalancerRow(
            "of one family",
            [node(1)],
            [web([.ipv4, .ipv6])],
            refusals: [tcp80],
            ["web": ["2001:db8::1"]]
        ),
        LoadBalancerRow(
            "of another port",
            [node(1)],
            [web()],
            refusals: [HeldPort(.ipv4, .udp, 80), HeldPort(.ipv4, .tcp, 81)],
            [
                "web": ["192.0.2.1"]
            ]
        ),
        LoadBalancerRow("of one of two ports", [node(1)], [web(ports: [81, 80])], refusals: [tcp80], ["web": []]),
        LoadBalancerRow(
            "as the lease of each node tells, this one's too",
            [told(1, refusing: ["ipv4/tcp/81"]), told(2, refusing: ["ipv4/tcp/80", "nonsense"])],
            [web()],
            refusals: [tcp80],
            ["web": ["192.0.2.1"]]
        ),
        LoadBalancerRow(
            "nodes that have no balancer, by their leases",
            [told(1), node(2), told(3, capabilities: [])],
            [web()],
            [
                "web": ["192.0.2.1"]
            ]
        ),
    ]

    static let rivals: [LoadBalancerRow] = [
        LoadBalancerRow(
            "the older one has the port",
            [node(1)],
            [other(), web()],
            ["web": ["192.0.2.1"], "other": []]
        ),
        LoadBalancerRow(
            "of one age: the first by name",
            [node(1)],
            [other(createdAt: 1), web()],
            [
                "web": [], "other": ["192.0.2.1"],
            ]
        ),
        LoadBalancerRow(
            "another port",
            [node(1)],
            [other(port: 81), web()],
            ["web": ["192.0.2.1"], "other": ["192.0.2.1"]]
        ),
        LoadBalancerRow(
            "another family",
            [node(1)],
            [other(family: .ipv6), web()],
            [
                "web": ["192.0.2.1"], "other": ["2001:db8::1"],
            ]
        ),
        LoadBalancerRow(
            "on other nodes it is free",
            [node(1, [enabled: "true", pool: "a"]), node(2, [enabled: "true", pool: "b"])],
            [other(), web(pool: "a")],
            ["web": ["192.0.2.1"], "other": ["192.0.2.2"]]
        ),
    ]

    static let nodePorts: [LoadBalancerRow] = [
        LoadBalancerRow(
            "an older one's node port",
            [node(1)],
            [other(port: 81), web(nodePort: 81)],
            [
                "web": ["192.0.2.1"], "other": [],
            ]
        ),
        LoadBalancerRow(
            "an older one's node port, which is no load balancer",
            [node(1)],
            [
                other(port: 81), web(nodePort: 81) { $0.type = .nodePort },
            ],
            ["other": []]
        ),
        LoadBalancerRow(
            "an older one's node port, whose class is another",
            [node(1)],
            [
                other(port: 81), web(nodePort: 81) { $0.loadBalancerClass = "example.org/lb" },
            ],
            ["other": []]
        ),
        LoadBalancerRow(
            "a younger one's node port: the balancer keeps its address, too",
            [node(1)],
            [
                other(createdAt: 0), web(ports: [82], nodePort: 80),
            ],
            ["web": ["192.0.2.1"], "other": ["192.0.2.1"]]
        ),
        LoadBalancerRow(
            "a node port of another family",
            [node(1)],
            [
                other(port: 81), web([.ipv6], nodePort: 81),
            ],
            ["web": ["2001:db8::1"], "other": ["192.0.2.1"]]
        ),
        LoadBalancerRow(
            "a node port that the type does not have",
            [node(1)],
            [
                other(port: 81), web(nodePort: 81) { $0.type = .clusterIP },
            ],
            ["other": ["192.0.2.1"]]
        ),
        LoadBalancerRow("its own node port", [node(1)], [web(nodePort: 80)], ["web": ["192.0.2.1"]]),
        LoadBalancerRow(
            "another pool's node port: it is on all nodes",
            [
                node(1, [enabled: "true", pool: "a"]), node(2, [enabled: "true", pool: "b"]),
            ],
            [other(port: 81), web(nodePort: 81, pool: "a")],
            ["web": ["192.0.2.1"], "other": []]
        ),
        LoadBalancerRow(
            "the port of an older one's health check, in whichever family",
            [node(1)],
            [
                other(port: 81),
                web([.ipv6], policy: .local) { $0.healthCheckNodePort = 81 },
            ],
            ["web": [], "other": []]
        ),
        LoadBalancerRow(
            "a health check that the policy does not have",
            [node(1)],
            [
                other(port: 81), web { $0.healthCheckNodePort = 81 },
            ],
            ["web": ["192.0.2.1"], "other": ["192.0.2.1"]]
        ),
    ]
}
