import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

// Nodes: fixtureNode(N), pods 10.42.N.0/24, this one is node-1. Services 10.43.0.0/16, outside 203.0.113.0/24.

@Suite struct ServicePlanTests {
    @Test func `a service with an endpoint has its cluster address as a frontend`() {
        let service = fixtureService("default/web", ["10.43.0.80"], ports: [ServicePort(port: 80)])
        let slice = fixtureSlice(
            of: "default/web",
            [fixtureEndpoint("10.42.1.5")],
            ports: [EndpointPort(port: 8080)]
        )
        let plan = plan([.service(service), .endpointSlice(slice), .node(fixtureNode(1))])
        let port = plan.granted[service.metadata.namespacedName]?.first
        #expect(port?.cluster == [Backend(address("10.42.1.5"), 8080)])
        #expect(port?.frontends.map(\.key.description) == ["10.43.0.80:80/tcp"])
    }

    private func plan(_ objects: [ClusterObject]) -> BalancerPlan {
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        store.apply(.replace(kinds: [.node, .service, .endpointSlice], with: objects), confirmedAt: 0)
        var plan = BalancerPlan(
            BalancerConfiguration(
                node: nodeName("node-1"),
                clusterCIDRs: PerFamily(v4: network("10.42.0.0/16")),
                serviceCIDRs: PerFamily(v4: network("10.43.0.0/16"))
            )
        )
        _ = plan.update(store.current, changed: .everything, facts: HostFacts())
        return plan
    }
}
