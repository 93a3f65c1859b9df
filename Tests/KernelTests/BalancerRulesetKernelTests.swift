import ClusterFixtures
import ClusterState
import NetworkNamespaces
import NetworkTypes
import Nftables
import NodeRuleset
import ServiceBalancer
import Testing

// This node is node-1 with the pods 10.42.1.0/24 and fd00:42:0:1::/64. Services are in 10.43.0.0/16 and fd00:43::/112.

@Suite(.timeLimit(.minutes(1))) struct BalancerRulesetKernelTests {
    @Test func `the whole ruleset is taken by the kernel, listed by nft, and read by it again`() async throws {
        let node = try TestNamespace("node")
        let ruleset = NodeRuleset(kernel: try NftablesSocket.open(in: node.namespace))
        var plan = BalancerPlan(Self.configuration)
        _ = plan.update(Self.cluster.current, changed: .everything, facts: HostFacts())
        var rules = BalancerRuleset(Self.configuration)
        try await ruleset.apply(rules.fragment(of: plan))

        let listed = try node.run("nft", "list", "table", "inet", "linnet")
        #expect(listed.contains("comment \"shop/web:http\""))
        try node.run("nft", "flush", "ruleset")
        try node.run("nft", "-f", "-", input: listed)
        let again = try node.run("nft", "list", "table", "inet", "linnet")
        let differing = Set(again.lines).symmetricDifference(listed.lines)
        #expect(differing.isEmpty)
    }

    private static let configuration = BalancerConfiguration(
        node: nodeName("node-1"),
        clusterCIDRs: PerFamily(v4: network("10.42.0.0/16"), v6: network("fd00:42::/48")),
        serviceCIDRs: PerFamily(v4: network("10.43.0.0/16"), v6: network("fd00:43::/112"))
    )

    /// Something of each kind.
    private static let cluster: SnapshotStore = {
        var web = fixtureService(
            "shop/web",
            ["10.43.0.80", "fd00:43::80"],
            ports: [ServicePort(name: "http", port: 80, nodePort: 30_080)]
        )
        web.type = .loadBalancer
        web.externalTrafficPolicy = .local
        web.loadBalancerSourceRanges = [network("203.0.113.0/24"), network("198.51.100.7/32")]
        web.externalIPs = [address("192.168.99.11")]
        web.loadBalancerIngress = [LoadBalancerIngress(address: address("1.2.3.4"))]
        var cart = fixtureService("shop/cart", ["10.43.0.81", "fd00:43::81"], ports: [ServicePort(port: 81)])
        cart.affinitySeconds = 10_800
        let idle = fixtureService("shop/idle", ["10.43.0.82"], ports: [ServicePort(transport: .udp, port: 53)])
        var here = fixtureEndpoint("10.42.1.5")
        here.nodeName = "node-1"
        var there = fixtureEndpoint("10.42.2.6")
        there.nodeName = "node-2"
        var here6 = fixtureEndpoint("fd00:42:0:1::5")
        here6.nodeName = "node-1"
        let port = [EndpointPort(name: "http", port: 8080)]
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        let objects: [ClusterObject] = [
            .node(fixtureNode(1)), .node(fixtureNode(2)), .service(web), .service(cart), .service(idle),
            .endpointSlice(fixtureSlice(of: "shop/web", [here, there], ports: port)),
            .endpointSlice(fixtureSlice(of: "shop/web", suffix: "b", [here6], ports: port)),
            .endpointSlice(fixtureSlice(of: "shop/cart", [here, there], ports: [EndpointPort(port: 8081)])),
            .endpointSlice(fixtureSlice(of: "shop/cart", suffix: "b", [here6], ports: [EndpointPort(port: 8081)])),
        ]
        store.apply(.replace(kinds: [.node, .service, .endpointSlice], with: objects), confirmedAt: 0)
        return store
    }()
}

extension String {
    /// Sorted, since nft lists the elements of a hash table in an order of the kernel's own.
    fileprivate var lines: [Substring] { split(separator: "\n").sorted() }
}
