import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// Addresses that no service can have, wherever a service names them. `shop/web` leads to 10.42.1.5:8080.
struct AddressRefusalTests {
    @Test(arguments: ["127.0.0.1", "0.0.0.0", "224.0.0.251", "255.255.255.255"])
    func `an address that is everybody's own is refused`(text: String) {
        for place in ["external", "published", "cluster"] {
            let cluster = TestCluster {
                $0.add([pod("10.42.1.5")])
                switch place {
                case "external": $0.web.externalIPs = [address(text)]
                case "published": $0.web.publish(text)
                default: $0.web.clusterIPs.append(address(text))
                }
            }
            let plan = cluster.plan
            #expect(plan.lines.allSatisfy { !$0.contains("\(text):") }, "\(place)")
            #expect(plan.refusalLines.contains("shop/web \(text):80/tcp: no address of services"), "\(place)")
            #expect(plan.lines.contains("10.43.0.80:80/tcp > 10.42.1.5:8080"), "\(place): the rest is served")
        }
    }
}
