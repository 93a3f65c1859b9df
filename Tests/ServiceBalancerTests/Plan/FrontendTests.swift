import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// Where packets for a service arrive.
struct FrontendTests {
    @Test(arguments: rows, AddressFamily.allCases)
    func `a service's frontends`(row: PlanRow, family: AddressFamily) { row.check(family) }

    @Test(arguments: dual)
    func `frontends of both families`(row: PlanRow) { row.check(.ipv4) }

    static let rows: [PlanRow] = [
        row("a cluster address", ["10.43.0.80:80/tcp > 10.42.1.5:8080"]) { _ in },
        row("a node port", ["10.43.0.80:80/tcp > 10.42.1.5:8080", "node:30080/tcp > 10.42.1.5:8080"]) {
            $0.web.openNodePort(30080)
        },
        row("a node port of 0", ["10.43.0.80:80/tcp > 10.42.1.5:8080"]) { $0.web.openNodePort(0) },
        row("a node port that the type does not have", ["10.43.0.80:80/tcp > 10.42.1.5:8080"]) {
            $0.web.ports[0].nodePort = 30080
        },
        row(
            "external addresses of a service that has none but a cluster address",
            ["80 > 10.43.0.80", "80 > 192.168.99.1", "80 > 192.168.99.2"].map(everywhere)
        ) { $0.web.externalIPs = [address("192.168.99.1"), address("192.168.99.2")] },
        row("published addresses of another type", ["10.43.0.80:80/tcp > 10.42.1.5:8080"]) {
            $0.web.publish("1.2.3.4")
            $0.web.type = .nodePort
        },
        row(
            "a load balancer that is published, with a node port",
            ["80 > 10.43.0.80", "80 > 1.2.3.4", "80 > 5.6.7.8", "80 > node", "30080 > node"].map(everywhere)
        ) {
            $0.web.publish("1.2.3.4", "5.6.7.8")
            $0.web.openNodePort(30080)
        },
        row("a load balancer without node ports", ["80 > 10.43.0.80", "80 > 1.2.3.4", "80 > node"].map(everywhere)) {
            $0.web.publish("1.2.3.4")
            $0.web.allocatesNodePorts = false
        },
        row("a load balancer that is not published yet", ["80 > 10.43.0.80", "80 > node"].map(everywhere)) {
            $0.web.publish()
        },
        row("ipMode Proxy", ["80 > 10.43.0.80", "80 > node"].map(everywhere)) {
            $0.web.publish("1.2.3.4")
            $0.web.loadBalancerIngress[0].isProxy = true
        },
        row("ipMode Proxy at one of two", ["80 > 10.43.0.80", "80 > 5.6.7.8", "80 > node"].map(everywhere)) {
            $0.web.publish("1.2.3.4", "5.6.7.8")
            $0.web.loadBalancerIngress[0].isProxy = true
        },
        row("published by a name only", ["80 > 10.43.0.80", "80 > node"].map(everywhere)) {
            $0.web.publish()
            $0.web.loadBalancerIngress = [LoadBalancerIngress(hostname: "lb.example.org")]
        },
        row("another implementation's load balancer", ["80 > 10.43.0.80", "80 > 1.2.3.4"].map(everywhere)) {
            $0.web.publish("1.2.3.4")
            $0.web.loadBalancerClass = "example.org/cloud"
        },
        row(
            "the address that is asked for is none that is published",
            ["80 > 10.43.0.80", "80 > node"].map(everywhere)
        ) {
            $0.web.publish()
            $0.web.loadBalancerIP = address("1.2.3.4")
        },
        row(
            "an external address that is also published",
            ["80 > 10.43.0.80", "80 > 1.2.3.4", "80 > node"].map(everywhere)
        ) {
            $0.web.publish("1.2.3.4")
            $0.web.externalIPs = [address("1.2.3.4")]
        },
        row("a node port of the port's own number", ["80 > 10.43.0.80", "80 > node"].map(everywhere)) {
            $0.web.publish()
            $0.web.openNodePort(80)
        },
        row("published twice", ["80 > 10.43.0.80", "80 > 1.2.3.4", "80 > node"].map(everywhere)) {
            $0.web.publish("1.2.3.4", "1.2.3.4")
        },
        row(
            "no cluster address, as without an API server",
            ["80 > 1.2.3.4", "80 > node", "30080 > node"].map(everywhere)
        ) {
            $0.web.publish("1.2.3.4")
            $0.web.openNodePort(30080)
            $0.web.clusterIPs = []
            // Or else both families would have it.
            $0.web.ipFamilies = [.ipv4]
        },
        row("load balancers alone are ours", ["80 > 1.2.3.4", "80 > node"].map(everywhere)) {
            $0.facts.scope = BalancerScope(loadBalancers: true, services: false)
            $0.web.publish("1.2.3.4")
            $0.web.openNodePort(30080)
            $0.web.externalIPs = [address("192.168.99.1")]
        },
        row("load balancers alone are ours, and this is none", []) {
            $0.facts.scope = BalancerScope(loadBalancers: true, services: false)
            $0.web.openNodePort(30080)
        },
        row("load balancers alone are ours, and this is another implementation's", []) {
            $0.facts.scope = BalancerScope(loadBalancers: true, services: false)
            $0.web.publish("1.2.3.4")
            $0.web.loadBalancerClass = "example.org/cloud"
        },
        row(
            "everything but load balancers is ours",
            ["80 > 10.43.0.80", "80 > 1.2.3.4", "80 > 192.168.99.1", "30080 > node"].map(everywhere)
        ) {
            $0.facts.scope = BalancerScope(loadBalancers: false, services: true)
            $0.web.publish("1.2.3.4")
            $0.web.openNodePort(30080)
            $0.web.externalIPs = [address("192.168.99.1")]
        },
    ]

    static let dual: [PlanRow] = [
        row(
            "two cluster addresses, in the order of families",
            ["10.43.0.80:80/tcp > 10.42.1.5:8080", "fd00:43::50:80/tcp > fd00:42:0:1::5:8080"]
        ) {
            $0.add([pod("fd00:42:0:1::5")])
            $0.web.clusterIPs = [address("fd00:43::50"), address("10.43.0.80")]
        },
        row("one family: the other has no node port", ["80 > 10.43.0.80", "30080 > node"].map(everywhere)) {
            $0.add([pod("fd00:42:0:1::5")])
            $0.web.openNodePort(30080)
        },
        row(
            "both families have the node port",
            [
                "10.43.0.80:80/tcp > 10.42.1.5:8080", "node:30080/tcp > 10.42.1.5:8080",
                "fd00:43::50:80/tcp > fd00:42:0:1::5:8080", "node:30080/tcp > fd00:42:0:1::5:8080",
            ]
        ) {
            $0.add([pod("fd00:42:0:1::5")])
            $0.web.clusterIPs.append(address("fd00:43::50"))
            $0.web.openNodePort(30080)
        },
        row(
            "external and published addresses each in their family",
            [
                "10.43.0.80:80/tcp > 10.42.1.5:8080", "1.2.3.4:80/tcp > 10.42.1.5:8080",
                "node:80/tcp > 10.42.1.5:8080", "192.168.99.1:80/tcp > 10.42.1.5:8080",
                "fd00:43::50:80/tcp > fd00:42:0:1::5:8080", "2001:db8:1::4:80/tcp > fd00:42:0:1::5:8080",
                "node:80/tcp > fd00:42:0:1::5:8080", "fd00:99::1:80/tcp > fd00:42:0:1::5:8080",
            ]
        ) {
            $0.add([pod("fd00:42:0:1::5")])
            $0.web.clusterIPs.append(address("fd00:43::50"))
            $0.web.publish("2001:db8:1::4", "1.2.3.4")
            $0.web.externalIPs = [address("fd00:99::1"), address("192.168.99.1")]
        },
        row("one family: addresses of the other are none", ["80 > 10.43.0.80", "80 > node"].map(everywhere)) {
            $0.add([pod("fd00:42:0:1::5")])
            $0.web.publish("2001:db8:1::4")
            $0.web.externalIPs = [address("fd00:99::1")]
        },
        row(
            "without an API server all families are served",
            ["node:30080/tcp > 10.42.1.5:8080", "node:30080/tcp > fd00:42:0:1::5:8080"]
        ) {
            $0.add([pod("fd00:42:0:1::5")])
            $0.web.clusterIPs = []
            $0.web.openNodePort(30080)
        },
        row("without an API server the families that are named", ["node:30080/tcp > fd00:42:0:1::5:8080"]) {
            $0.add([pod("fd00:42:0:1::5")])
            $0.web.clusterIPs = []
            $0.web.ipFamilies = [.ipv6]
            $0.web.openNodePort(30080)
        },
    ]

    private static func row(
        _ name: String,
        _ expected: [String],
        describe: @escaping @Sendable (inout TestCluster) -> Void
    ) -> PlanRow {
        PlanRow(
            name,
            {
                $0.add([pod("10.42.1.5")])
                describe(&$0)
            },
            expected
        )
    }

    /// `80 > node` as the line of that frontend, which leads to the pod 10.42.1.5.
    private static func everywhere(_ text: String) -> String {
        let parts = text.split(separator: " > ")
        return "\(parts[1]):\(parts[0])/tcp > 10.42.1.5:8080"
    }
}
