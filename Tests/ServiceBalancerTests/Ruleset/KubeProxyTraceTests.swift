import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// The packets of kube-proxy's own tests (pkg/proxy/nftables/proxier_test.go), by the tests' names.
///
/// Its endpoints are the same; of sources more are kept: only what would be answered past this node is masqueraded.
struct KubeProxyTraceTests {
    @Test(arguments: clusterIPs, AddressFamily.allCases)
    func `TestClusterIPGeneral`(row: TraceRow, family: AddressFamily) throws {
        try row.check(Self.clusterIPCluster, family)
    }

    @Test(arguments: loadBalancers, AddressFamily.allCases)
    func `TestLoadBalancer`(row: TraceRow, family: AddressFamily) throws {
        try row.check(Self.loadBalancerCluster, family)
    }

    @Test(arguments: nodePorts, AddressFamily.allCases)
    func `TestNodePorts`(row: TraceRow, family: AddressFamily) throws {
        try row.check(Self.nodePortCluster, family)
    }

    @Test(arguments: noEndpoints, AddressFamily.allCases)
    func `TestNoEndpointsReject`(row: TraceRow, family: AddressFamily) throws {
        try row.check(Self.external(pods: []), family)
    }

    @Test(arguments: externalLocal, AddressFamily.allCases)
    func `TestExternalTrafficPolicyLocal`(row: TraceRow, family: AddressFamily) throws {
        try row.check(Self.external(.local, pods: [pod("10.42.2.1"), pod("10.42.1.11")]), family)
    }

    @Test(arguments: externalCluster, AddressFamily.allCases)
    func `TestExternalTrafficPolicyCluster`(row: TraceRow, family: AddressFamily) throws {
        try row.check(Self.external(pods: [pod("10.42.2.1"), pod("10.42.1.2")]), family)
    }

    @Test(arguments: proxyMode, AddressFamily.allCases)
    func `TestLoadBalancerIngressRouteTypeProxy`(row: TraceRow, family: AddressFamily) throws {
        var cluster = Self.external(pods: [pod("10.42.2.1")])
        cluster.web.publish("1.2.3.4", "5.6.7.8")
        cluster.web.loadBalancerIngress[1].isProxy = true
        try row.check(cluster, family)
    }

    // MARK: ClusterIP

    private static let clusterIPCluster = TestCluster {
        $0.web.clusterIPs = [address("10.43.0.41")]
        $0.add([pod("10.42.1.11")], ports: [EndpointPort(port: 80)])
        var multi = fixtureService("shop/multi", ["10.43.0.42"])
        multi.ports = [ServicePort(name: "http", port: 80), ServicePort(name: "https", port: 443)]
        var mixed = fixtureService("shop/mixed", ["10.43.0.43"])
        mixed.ports = [
            ServicePort(name: "t", port: 80), ServicePort(name: "u", transport: .udp, port: 80),
            ServicePort(name: "s", transport: .sctp, port: 80),
        ]
        $0.others = [multi, mixed]
        let ports = [EndpointPort(name: "http", port: 8080), EndpointPort(name: "https", port: 8443)]
        $0.add([pod("10.42.1.11"), pod("10.42.2.1")], of: "multi", ports: ports)
        let mixedPorts = [
            EndpointPort(name: "t", port: 8081), EndpointPort(name: "u", transport: .udp, port: 8082),
            EndpointPort(name: "s", transport: .sctp, port: 8083),
        ]
        $0.add([pod("10.42.1.3")], of: "mixed", ports: mixedPorts)
    }

    static let clusterIPs: [TraceRow] = [
        TraceRow("simple", .pod, "10.43.0.41", 80, .tcp, "10.42.1.11:80"),
        TraceRow("hairpin", .thatPod("10.42.1.11"), "10.43.0.41", 80, .tcp, "10.42.1.11:80 as node"),
        TraceRow("several endpoints", .pod, "10.43.0.42", 443, .tcp, "10.42.1.11:8443", "10.42.2.1:8443"),
        TraceRow(
            "several endpoints, from one of them",
            .thatPod("10.42.1.11"),
            "10.43.0.42",
            443,
            .tcp,
            "10.42.1.11:8443 as node",
            "10.42.2.1:8443"
        ),
        TraceRow("another port of the same", .pod, "10.43.0.42", 80, .tcp, "10.42.1.11:8080", "10.42.2.1:8080"),
        TraceRow("TCP, UDP and SCTP on one port: TCP", .pod, "10.43.0.43", 80, .tcp, "10.42.1.3:8081"),
        TraceRow("TCP, UDP and SCTP on one port: UDP", .pod, "10.43.0.43", 80, .udp, "10.42.1.3:8082"),
        TraceRow("TCP, UDP and SCTP on one port: SCTP", .pod, "10.43.0.43", 80, .sctp, "10.42.1.3:8083"),
        TraceRow("a protocol that it does not have", .pod, "10.43.0.41", 80, .udp, "reject"),
        TraceRow("a port that it does not have", .pod, "10.43.0.42", 8080, .tcp, "reject"),
        TraceRow("a port that it does not have, from the node", .node, "10.43.0.42", 8080, .tcp, "reject"),
        TraceRow("a port that it does not have, from outside", .outside, "10.43.0.42", 8080, .tcp, "reject"),
        TraceRow("an address that no service has", .pod, "10.43.0.50", 80, .tcp, "reject"),
        TraceRow("from the node", .node, "10.43.0.42", 80, .tcp, "10.42.1.11:8080", "10.42.2.1:8080 as node"),
        TraceRow("from outside", .outside, "10.43.0.42", 80, .tcp, "10.42.1.11:8080", "10.42.2.1:8080 as node"),
        TraceRow("to a pod", .pod, "10.42.2.3", 80, .tcp, "untouched"),
        TraceRow("to the outside", .pod, "203.0.113.9", 80, .tcp, "untouched"),
    ]

    // MARK: LoadBalancer

    private static let loadBalancerCluster = TestCluster {
        $0.web.clusterIPs = [address("10.43.0.41")]
        $0.web.publish("1.2.3.4", "5.6.7.8")
        $0.web.openNodePort(3001)
        $0.web.loadBalancerSourceRanges = [network("192.168.0.0/24"), network("203.0.113.0/25")]
        $0.add([pod("10.42.2.1")], ports: [EndpointPort(port: 80)])
    }

    static let loadBalancers: [TraceRow] = [
        TraceRow("the cluster address", .pod, "10.43.0.41", 80, .tcp, "10.42.2.1:80"),
        TraceRow("the node port, from outside", .outside, "192.0.2.1", 3001, .tcp, "10.42.2.1:80 as node"),
        TraceRow(
            "the node port is open to all",
            .host("203.0.113.130"),
            "192.0.2.1",
            3001,
            .tcp,
            "10.42.2.1:80 as node"
        ),
        TraceRow("the node port at another node", .outside, "192.0.2.2", 3001, .tcp, "untouched"),
        TraceRow("the node port at loopback", .node, "127.0.0.1", 3001, .tcp, "untouched"),
        TraceRow("a source that may come to 1.2.3.4", .outside, "1.2.3.4", 80, .tcp, "10.42.2.1:80 as node"),
        TraceRow("a source that may come to 5.6.7.8", .outside, "5.6.7.8", 80, .tcp, "10.42.2.1:80 as node"),
        TraceRow("the last one that may", .host("203.0.113.127"), "1.2.3.4", 80, .tcp, "10.42.2.1:80 as node"),
        TraceRow("the first one that may not", .host("203.0.113.128"), "1.2.3.4", 80, .tcp, "drop"),
        TraceRow("of the other range", .host("192.168.0.9"), "5.6.7.8", 80, .tcp, "10.42.2.1:80 as node"),
        TraceRow("a source that may not come to 5.6.7.8", .host("203.0.113.130"), "5.6.7.8", 80, .tcp, "drop"),
        TraceRow("a source that may come, at the node", .outside, "192.0.2.1", 80, .tcp, "10.42.2.1:80 as node"),
        TraceRow("a source that may not come, at the node", .host("203.0.113.130"), "192.0.2.1", 80, .tcp, "drop"),
        TraceRow("a pod may not come either", .pod, "5.6.7.8", 80, .tcp, "drop"),
        TraceRow("the node may not come either", .node, "5.6.7.8", 80, .tcp, "drop"),
        TraceRow("another port of it", .outside, "1.2.3.4", 81, .tcp, "untouched"),
        TraceRow("another protocol", .outside, "1.2.3.4", 80, .udp, "untouched"),
    ]

    // MARK: NodePort

    private static let nodePortCluster = TestCluster {
        $0.web.clusterIPs = [address("10.43.0.41")]
        $0.web.openNodePort(3001)
        $0.facts.heldAddresses = [address("10.42.1.0")]
        $0.add([pod("10.42.2.1")], ports: [EndpointPort(port: 80)])
    }

    static let nodePorts: [TraceRow] = [
        TraceRow("pod to cluster IP", .pod, "10.43.0.41", 80, .tcp, "10.42.2.1:80"),
        TraceRow("external to NodePort", .outside, "192.0.2.1", 3001, .tcp, "10.42.2.1:80 as node"),
        TraceRow("node to NodePort", .node, "192.0.2.1", 3001, .tcp, "10.42.2.1:80 as node"),
        TraceRow("pod to NodePort", .pod, "192.0.2.1", 3001, .tcp, "10.42.2.1:80"),
        TraceRow("localhost to NodePort gets ignored", .node, "127.0.0.1", 3001, .tcp, "untouched"),
        TraceRow("another protocol", .outside, "192.0.2.1", 3001, .udp, "untouched"),
        TraceRow("the service's port at the node", .outside, "192.0.2.1", 80, .tcp, "untouched"),
        TraceRow("the node port at the cluster address", .pod, "10.43.0.41", 3001, .tcp, "reject"),
        TraceRow("an address of the node that is held", .outside, "10.42.1.0", 3001, .tcp, "untouched"),
    ]

    // MARK: External addresses

    /// With the external address 192.168.99.11, the published one 1.2.3.4 and the node port 3001.
    private static func external(
        _ policy: Service.TrafficPolicy = .cluster,
        pods: [Endpoint]
    ) -> TestCluster {
        TestCluster {
            $0.web.clusterIPs = [address("10.43.0.41")]
            $0.web.publish("1.2.3.4")
            $0.web.openNodePort(3001)
            $0.web.externalIPs = [address("192.168.99.11")]
            $0.web.externalTrafficPolicy = policy
            $0.add(pods, ports: [EndpointPort(port: 80)])
        }
    }

    static let noEndpoints: [TraceRow] = [
        TraceRow("pod to cluster IP", .pod, "10.43.0.41", 80, .tcp, "reject"),
        TraceRow("node to cluster IP", .node, "10.43.0.41", 80, .tcp, "reject"),
        TraceRow("external to external IP", .outside, "192.168.99.11", 80, .tcp, "reject"),
        TraceRow("pod to NodePort", .pod, "192.0.2.1", 3001, .tcp, "reject"),
        TraceRow("external to NodePort", .outside, "192.0.2.1", 3001, .tcp, "reject"),
        TraceRow("pod to LoadBalancer IP", .pod, "1.2.3.4", 80, .tcp, "reject"),
        TraceRow("external to LoadBalancer IP", .outside, "1.2.3.4", 80, .tcp, "reject"),
        TraceRow("external to the node's address", .outside, "192.0.2.1", 80, .tcp, "reject"),
        TraceRow("node to the node's address", .node, "192.0.2.1", 80, .tcp, "reject"),
    ]

    static let externalLocal: [TraceRow] = [
        TraceRow("pod to cluster IP", .pod, "10.43.0.41", 80, .tcp, "10.42.1.11:80", "10.42.2.1:80"),
        TraceRow("pod to external IP", .pod, "192.168.99.11", 80, .tcp, "10.42.1.11:80", "10.42.2.1:80"),
        TraceRow("external to external IP", .outside, "192.168.99.11", 80, .tcp, "10.42.1.11:80"),
        TraceRow("pod to LB IP", .pod, "1.2.3.4", 80, .tcp, "10.42.1.11:80", "10.42.2.1:80"),
        TraceRow("external to LB IP", .outside, "1.2.3.4", 80, .tcp, "10.42.1.11:80"),
        TraceRow("node to LB IP", .node, "1.2.3.4", 80, .tcp, "10.42.1.11:80", "10.42.2.1:80 as node"),
        TraceRow("pod to NodePort", .pod, "192.0.2.1", 3001, .tcp, "10.42.1.11:80", "10.42.2.1:80"),
        TraceRow("external to NodePort", .outside, "192.0.2.1", 3001, .tcp, "10.42.1.11:80"),
        TraceRow("node to NodePort", .node, "192.0.2.1", 3001, .tcp, "10.42.1.11:80", "10.42.2.1:80 as node"),
        TraceRow("external to the node's address", .outside, "192.0.2.1", 80, .tcp, "10.42.1.11:80"),
    ]

    static let externalCluster: [TraceRow] = [
        TraceRow("pod to cluster IP", .pod, "10.43.0.41", 80, .tcp, "10.42.1.2:80", "10.42.2.1:80"),
        TraceRow("pod to external IP", .pod, "192.168.99.11", 80, .tcp, "10.42.1.2:80", "10.42.2.1:80"),
        TraceRow(
            "external to external IP",
            .outside,
            "192.168.99.11",
            80,
            .tcp,
            "10.42.1.2:80",
            "10.42.2.1:80 as node"
        ),
        TraceRow("pod to LB IP", .pod, "1.2.3.4", 80, .tcp, "10.42.1.2:80", "10.42.2.1:80"),
        TraceRow("external to LB IP", .outside, "1.2.3.4", 80, .tcp, "10.42.1.2:80", "10.42.2.1:80 as node"),
        TraceRow("pod to NodePort", .pod, "192.0.2.1", 3001, .tcp, "10.42.1.2:80", "10.42.2.1:80"),
        TraceRow("external to NodePort", .outside, "192.0.2.1", 3001, .tcp, "10.42.1.2:80", "10.42.2.1:80 as node"),
    ]

    static let proxyMode: [TraceRow] = [
        TraceRow("VIP, from a pod", .pod, "1.2.3.4", 80, .tcp, "10.42.2.1:80"),
        TraceRow("VIP, from outside", .outside, "1.2.3.4", 80, .tcp, "10.42.2.1:80 as node"),
        TraceRow("Proxy, from a pod", .pod, "5.6.7.8", 80, .tcp, "untouched"),
        TraceRow("Proxy, from the node", .node, "5.6.7.8", 80, .tcp, "untouched"),
        TraceRow("Proxy, from outside", .outside, "5.6.7.8", 80, .tcp, "untouched"),
    ]
}
