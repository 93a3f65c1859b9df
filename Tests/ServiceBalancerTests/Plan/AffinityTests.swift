import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

struct AffinityTests {
    @Test(arguments: [nil, 1, 10800, 86400])
    func `each port in each family keeps clients for as long as the service says`(seconds: Int?) {
        let cluster = TestCluster {
            $0.web.affinitySeconds = seconds
            $0.web.clusterIPs.append(address("fd00:43::50"))
            $0.web.ports.append(ServicePort(name: "dns", transport: .udp, port: 53))
            $0.add([pod("10.42.1.5")])
        }
        let planned = cluster.plan.granted.values.flatMap { $0.map(\.affinitySeconds) }
        #expect(planned == [seconds, seconds, seconds, seconds])
    }
}
