import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// An address of the node that one service has by itself, at a port that another service has on all of the node's.
struct OverlapTests {
    /// `shop/web` has 192.0.2.1:80, as an external address or a published one, and leads to 10.42.1.5; `shop/other` has the
    /// port 80 of the node.
    private func cluster(_ change: (inout TestCluster) -> Void) -> TestCluster {
        TestCluster {
            $0.web.metadata.createdAt = 1
            $0.add([pod("10.42.1.5")])
            $0.add("other") {
                $0.metadata.createdAt = 2
                $0.publish()
            }
            change(&$0)
        }
    }

    private func check(_ cluster: TestCluster, address: String, bridge: String) throws {
        for family in AddressFamily.allCases {
            for (destination, expected) in [("192.0.2.1", address), ("10.42.1.1", bridge)] {
                try TraceRow(destination, .outside, destination, 80, .tcp, expected).check(cluster, family)
            }
        }
    }

    @Test func `the address comes before the port`() throws {
        let cluster = cluster { $0.web.externalIPs = [address("192.0.2.1")] }
        try check(cluster, address: "10.42.1.5:8080", bridge: "10.42.1.9:9090")
    }

    @Test func `a port without endpoints here does not concern the address`() throws {
        let cluster = cluster {
            $0.web.externalIPs = [address("192.0.2.1")]
            $0.others[0].externalTrafficPolicy = .local
            $0.slices[1].endpoints = [pod("10.42.2.9")]
        }
        try check(cluster, address: "10.42.1.5:8080", bridge: "drop")
    }

    @Test func `a port without endpoints does not concern the address`() throws {
        let cluster = cluster {
            $0.web.externalIPs = [address("192.0.2.1")]
            $0.slices[1].endpoints = []
        }
        try check(cluster, address: "10.42.1.5:8080", bridge: "reject")
    }

    @Test func `who may not use the port may use the address`() throws {
        let cluster = cluster {
            $0.web.externalIPs = [address("192.0.2.1")]
            $0.others[0].loadBalancerSourceRanges = [network("198.51.100.0/24")]
        }
        try check(cluster, address: "10.42.1.5:8080", bridge: "drop")
    }

    @Test func `who may not use the address may use the port`() throws {
        let cluster = cluster {
            $0.web.publish("192.0.2.1")
            $0.web.loadBalancerClass = "example.org/cloud"
            $0.web.loadBalancerSourceRanges = [network("198.51.100.0/24")]
        }
        try check(cluster, address: "drop", bridge: "10.42.1.9:9090")
    }
}
