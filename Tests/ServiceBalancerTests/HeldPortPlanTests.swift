import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

// This node is node-1; the load balancer default/web has ports 80 and 443.

@Suite struct HeldPortPlanTests {
    @Test func `the ports of load balancers are wanted, and no others`() {
        var plan = BalancerPlan(Self.configuration)
        plan.prepare(Self.snapshot([Self.balancer, Self.inside]), changed: .everything, facts: HostFacts())
        #expect(plan.wantedPorts == [HeldPort(.ipv4, .tcp, 80), HeldPort(.ipv4, .tcp, 443)])
        #expect(plan.granted.isEmpty)
    }

    @Test func `a port of the node itself is refused to a load balancer, and nobody is asked who has it`() {
        var plan = BalancerPlan(Self.configuration)
        var balancer = Self.balancer
        balancer.ports[0].port = 22
        _ = plan.update(Self.snapshot([balancer]), changed: .everything, facts: HostFacts())
        #expect(plan.wantedPorts == [HeldPort(.ipv4, .tcp, 443)])
        let complaint = "node:22/tcp that default/web:http wants is held by the node, which must stay reachable there"
        #expect(plan.refusals.map(\.description) == [complaint])
    }

    @Test func `the ports of a load balancer that is gone are wanted no more`() {
        var plan = BalancerPlan(Self.configuration)
        plan.prepare(Self.snapshot([Self.balancer]), changed: .everything, facts: HostFacts())
        plan.prepare(Self.snapshot([]), changed: .everything, facts: HostFacts())
        #expect(plan.wantedPorts.isEmpty)
    }

    @Test func `a port that a program has is refused, and the other ones are given`() {
        var plan = BalancerPlan(Self.configuration)
        let held = [HeldPort(.ipv4, .tcp, 80): PortHolder.program("process 7 (apache2)")]
        let snapshot = Self.snapshot([Self.balancer])
        _ = plan.update(snapshot, changed: .everything, facts: HostFacts(), heldPorts: held)
        let frontends = plan.granted.values.flatMap { $0.flatMap(\.frontends) }.filter { $0.kind == .loadBalancer }
        #expect(frontends.map(\.key.description) == ["node:443/tcp"])
        let complaint = "node:80/tcp that default/web:http wants is held by process 7 (apache2)"
        #expect(plan.refusals.map(\.description) == [complaint])
        let changes = plan.update(snapshot, changed: .keys([]), facts: HostFacts())
        #expect(changes.map(\.service) == [Self.balancer.metadata.namespacedName])
        #expect(plan.refusals.isEmpty)
    }

    private static let configuration = BalancerConfiguration(
        node: nodeName("node-1"),
        clusterCIDRs: PerFamily(v4: network("10.42.0.0/16")),
        serviceCIDRs: PerFamily(v4: network("10.43.0.0/16"))
    )

    private static var balancer: Service {
        var service = fixtureService(
            "default/web",
            ["10.43.0.80"],
            ports: [ServicePort(name: "http", port: 80), ServicePort(name: "https", port: 443)]
        )
        service.type = .loadBalancer
        return service
    }

    private static var inside: Service {
        var service = fixtureService("default/inside", ["10.43.0.81"], ports: [ServicePort(port: 90, nodePort: 30_090)])
        service.type = .nodePort
        return service
    }

    private static func snapshot(_ services: [Service]) -> ClusterSnapshot {
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        let objects = services.map { ClusterObject.service($0) } + [.node(fixtureNode(1))]
        store.apply(.replace(kinds: [.node, .service, .endpointSlice], with: objects), confirmedAt: 0)
        return store.current
    }
}
