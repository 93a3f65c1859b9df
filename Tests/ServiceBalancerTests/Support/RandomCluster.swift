import ClusterFixtures
import ClusterState
import NetworkTypes
import SeededNumbers
import ServiceBalancer

/// Changes of few services, slices and nodes in few forms, so that the same ones come, go and compete again and again.
enum RandomCluster {
    static func change(using random: inout SeededNumbers) -> ClusterChange {
        let object = object(using: &random)
        return random.oneIn(4) ? .remove(object.key) : .set(object)
    }

    static func facts(using random: inout SeededNumbers) -> HostFacts {
        var facts = HostFacts()
        if random.oneIn(6) { facts.scope = BalancerScope(loadBalancers: true, services: random.oneIn(2)) }
        if random.oneIn(20) { facts.scope = .none }
        for family in AddressFamily.allCases where random.oneIn(8) { facts.unfilteredBridges.insert(family) }
        if random.oneIn(8) { facts.heldAddresses = [address("192.0.2.1"), address("2001:db8::1")] }
        return facts
    }

    static func heldPorts(using random: inout SeededNumbers) -> Set<HeldPort> {
        var ports: Set<HeldPort> = []
        for family in AddressFamily.allCases where random.oneIn(3) {
            ports.insert(HeldPort(family, .tcp, random.pick([80, 81, 30080])))
        }
        return ports
    }

    private static func object(using random: inout SeededNumbers) -> ClusterObject {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: .node(node(using: &random))
        case 1..<5: .service(service(using: &random))
        default: .endpointSlice(slice(using: &random))
        }
    }

    private static func node(using random: inout SeededNumbers) -> Node {
        var node = fixtureNode(Int.random(in: 1...3, using: &random))
        node.zone = random.pick([nil, "a", "b"])
        if random.oneIn(4) { node.labels[random.pick(nodeLabels)] = random.pick(["true", "false", "a"]) }
        if random.oneIn(6) { node.externalAddresses.v4 = address("1.2.3.4") }
        if random.oneIn(6) { node.podCIDRs.v6 = nil }
        return node
    }

    private static let nodeLabels = [
        "svccontroller.k3s.cattle.io/enablelb", "svccontroller.k3s.cattle.io/lbpool",
        "node.kubernetes.io/exclude-from-external-load-balancers",
    ]

    private static func service(using random: inout SeededNumbers) -> Service {
        let number = Int.random(in: 1...5, using: &random)
        var service = fixtureService("shop/s\(number)", ["10.43.0.\(number)"], ports: ports(using: &random))
        service.metadata.createdAt = random.pick([nil, 1, 2, 3])
        if random.oneIn(2) { service.clusterIPs.append(address("fd00:43::\(number)")) }
        if random.oneIn(8) { service.clusterIPs = [address("10.43.0.1")] }
        if random.oneIn(12) { service.isHeadless = true }
        if random.oneIn(12) { service.clusterIPs = [] }
        if random.oneIn(12) { service.metadata.labels["service.kubernetes.io/service-proxy-name"] = "other" }
        if random.oneIn(8) { service.metadata.labels["svccontroller.k3s.cattle.io/lbpool"] = "a" }
        service.type = random.pick(Service.Exposure.allCases)
        if random.oneIn(3) { service.externalIPs = [address(random.pick(["192.168.99.1", "1.2.3.4", "fd00:99::1"]))] }
        if random.oneIn(3) {
            let published = random.pick(["1.2.3.4", "5.6.7.8", "192.0.2.1", "2001:db8:1::4"])
            service.loadBalancerIngress = [LoadBalancerIngress(address: address(published), isProxy: random.oneIn(4))]
        }
        if random.oneIn(4) { service.loadBalancerSourceRanges = [network("203.0.113.0/24"), network("192.0.2.0/28")] }
        if random.oneIn(8) { service.loadBalancerClass = "example.org/cloud" }
        service.externalTrafficPolicy = random.pick(Service.TrafficPolicy.allCases)
        service.internalTrafficPolicy = random.pick(Service.TrafficPolicy.allCases)
        if random.oneIn(4) { service.affinitySeconds = random.pick([60, 10800]) }
        if random.oneIn(2) { service.healthCheckNodePort = 31000 }
        return service
    }

    private static func ports(using random: inout SeededNumbers) -> [ServicePort] {
        ["a", "b", ""].prefix(Int.random(in: 1...3, using: &random)).map { name in
            ServicePort(
                name: name,
                transport: random.oneIn(4) ? .udp : .tcp,
                port: random.pick([80, 81]),
                nodePort: random.pick([nil, 80, 30080, 30081])
            )
        }
    }

    /// A slice may change its service and its family, and hold what another slice holds too.
    private static func slice(using random: inout SeededNumbers) -> EndpointSlice {
        let base = random.oneIn(3) ? "fd00:42:0:%::" : "10.42.%."
        let endpoints = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            let node = String(Int.random(in: 1...3, using: &random))
            let text = base.split(separator: "%", omittingEmptySubsequences: false).joined(separator: node)
            var endpoint = pod(
                "\(text)\(Int.random(in: 1...2, using: &random))",
                random.oneIn(2) ? .ready : random.pick([.notReady, .terminating, .stopped]),
                zones: random.oneIn(4) ? [] : [random.pick(["a", "b"])],
                nodes: random.oneIn(2) ? [] : [random.pick(["node-1", "node-2"])]
            )
            if random.oneIn(6) { endpoint.nodeName = random.pick([nil, "node-1", "node-2"]) }
            return endpoint
        }
        var slice = fixtureSlice(
            of: "shop/s\(Int.random(in: 1...5, using: &random))",
            endpoints,
            ports: ["a", "b", ""].filter { _ in !random.oneIn(4) }.map { name in
                EndpointPort(name: name, transport: random.oneIn(4) ? .udp : .tcp, port: random.pick([8080, 9090]))
            }
        )
        slice.metadata.name = "slice-\(Int.random(in: 1...7, using: &random))"
        if random.oneIn(8) { slice.metadata.labels = [:] }
        return slice
    }
}

extension SeededNumbers {
    fileprivate mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    fileprivate mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &self)]
    }
}
