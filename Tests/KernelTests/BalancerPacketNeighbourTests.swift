import LinuxSystem
import NetworkNamespaces
import NetworkTypes
import ServiceBalancer
import Testing

/// kube-proxy beside us, which leads the service to the pod `far`, while we lead it to the pod `one`: who answers says whose
/// rules it were.
@Suite(.serialized, .timeLimit(.minutes(1))) struct BalancerPacketNeighbourTests {
    enum Neighbour: String, Sendable, CaseIterable { case nftables, iptables }

    /// What kube-proxy does stays its own while it is there; load balancers are ours, with the client's address. Once we
    /// serve all of services, what it has left behind does nothing.
    static let table = """
        client    frontend        beside it    instead of it
        outside   nodeAddress     one          one
        outside   secondAddress   one          one
        outside   published       one          one
        outside   nodePort        far:node     one
        outside   clusterIP       far:node     one
        outside   externalIP      far:node     one
        node      nodeAddress     one          one
        node      secondAddress   one          one
        node      published       one          one
        node      nodePort        far:node     one
        node      clusterIP       far:node     one
        one       nodeAddress     one:bridge   one:bridge
        one       published       one:bridge   one:bridge
        one       nodePort        far:node     one:bridge
        one       clusterIP       far          one:bridge
        two       nodeAddress     one          one
        two       secondAddress   one          one
        two       published       one          one
        two       nodePort        far:node     one
        two       clusterIP       far          one
        two       externalIP      far:node     one
        far       nodeAddress     one          one
        far       published       one          one
        far       nodePort        far:node     one
        """

    private static let web = BalancerCase(1, "web", [.here])

    @Test(arguments: Neighbour.allCases, BalancerWay.all)
    func `load balancers are ours beside kube-proxy, and everything once we serve everything`(
        neighbour: Neighbour,
        way: BalancerWay
    ) async throws {
        let bed = try BalancerTestbed()
        let rules = KubeProxyRules(number: Self.web.number, family: way.family)
        try load(neighbour, rules, in: try #require(bed.namespaces[.node]))
        try await bed.balancer.put(Self.web.objects)
        let scopes = [(2, BalancerScope(loadBalancers: true, services: false)), (3, .all)]
        for (column, scope) in scopes {
            try await bed.balancer.serve(scope)
            for line in Self.table.split(separator: "\n").dropFirst() {
                let words = line.split(separator: " ")
                let client = try #require(BalancerPlace(rawValue: String(words[0])))
                let frontend = try #require(BalancerFrontend(rawValue: String(words[1])))
                let call = way.call(frontend, of: Self.web.number)
                let expected = BalancerExpectation(words[column])
                let problem = try await bed.waiting { try expected.problem(with: call, from: bed[client]) }
                #expect(problem == nil, "\(line)")
            }
        }
    }

    private func load(_ neighbour: Neighbour, _ rules: KubeProxyRules, in node: TestNamespace) throws {
        switch (neighbour, rules.family) {
        case (.nftables, _): try node.run("nft", "-f", "-", input: rules.nftables)
        case (.iptables, .ipv4): try node.run("iptables-nft-restore", input: rules.iptables)
        case (.iptables, .ipv6): try node.run("ip6tables-nft-restore", input: rules.iptables)
        }
    }
}
