import ClusterFixtures
import ClusterState
import NetworkTypes
import Nftables
import NodeRuleset
import ServiceBalancer
import Testing

/// The kernel takes names of up to 255 bytes.
struct LongNameTests {
    @Test func `the longest names of a service with affinity fit, and tell two services apart`() {
        let label = String(repeating: "x", count: 62)
        var ports: Set<String> = []
        for letter in ["a", "b"] {
            var service = fixtureService(
                "\(label)y/\(label)z",
                ["fd00:43::80"],
                ports: [ServicePort(name: label + letter, transport: .sctp, port: 18_080)]
            )
            service.affinitySeconds = 86_400
            let slice = fixtureSlice(
                of: "\(label)y/\(label)z",
                [fixtureEndpoint("fd00:4242:4242:4242:4242:4242:4242:4242")],
                ports: [EndpointPort(name: label + letter, transport: .sctp, port: 18_080)]
            )
            let cluster = TestCluster {
                $0.web = service
                $0.slices = [slice]
            }
            var rules = BalancerRuleset(cluster.configuration)
            let fragment = rules.fragment(of: cluster.plan)
            let names = fragment.chains.map(\.chain.name) + fragment.sets.map(\.definition.name)
            #expect(names.allSatisfy { $0.utf8.count <= 255 })
            let own = names.filter { $0.contains("4242") }
            #expect(own.count == 2)
            ports.formUnion(own)
        }
        #expect(ports.count == 2)
    }
}
