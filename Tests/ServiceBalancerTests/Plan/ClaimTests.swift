import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// Who has a frontend that more than one wants. `shop/web` leads to 10.42.1.5:8080, any other service to 10.42.1.9:9090.
struct ClaimTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let describe: @Sendable (inout TestCluster) -> Void
        let expected: [String]
        let refusals: [String]

        init(
            _ name: String,
            _ expected: [String],
            refusals: [String],
            describe: @escaping @Sendable (inout TestCluster) -> Void
        ) {
            self.name = name
            self.describe = describe
            self.expected = expected
            self.refusals = refusals
        }

        var testDescription: String { name }
    }

    @Test(arguments: services + programs, AddressFamily.allCases)
    func `one has it, the others are told who`(row: Row, family: AddressFamily) {
        let cluster = TestCluster {
            $0.add([pod("10.42.1.5")])
            row.describe(&$0)
        }
        let plan = (family == .ipv4 ? cluster : cluster.inIPv6).plan
        #expect(plan.lines == row.expected)
        #expect(plan.refusalLines == row.refusals)
    }

    private static let web = "10.43.0.80:80/tcp > 10.42.1.5:8080"
    private static let other = "10.43.0.90:80/tcp > 10.42.1.9:9090"

    static let services: [Row] = [
        Row(
            "a node port: the older service",
            [other, "node:30080/tcp > 10.42.1.9:9090", web],
            refusals: ["shop/web node:30080/tcp: shop/other"]
        ) { $0.compete(webAge: 200, otherAge: 100) { $0.openNodePort(30080) } },
        Row(
            "a node port: the older service, whatever its name",
            [other, web, "node:30080/tcp > 10.42.1.5:8080"],
            refusals: ["shop/other node:30080/tcp: shop/web"]
        ) { $0.compete(webAge: 100, otherAge: 200) { $0.openNodePort(30080) } },
        Row(
            "a node port: of the same age the first by name",
            [other, "node:30080/tcp > 10.42.1.9:9090", web],
            refusals: ["shop/web node:30080/tcp: shop/other"]
        ) { $0.compete(webAge: 100, otherAge: 100) { $0.openNodePort(30080) } },
        Row(
            "a node port: without ages the first by name",
            [other, "node:30080/tcp > 10.42.1.9:9090", web],
            refusals: ["shop/web node:30080/tcp: shop/other"]
        ) { $0.compete(webAge: nil, otherAge: nil) { $0.openNodePort(30080) } },
        Row(
            "a node port: an age before none",
            [other, web, "node:30080/tcp > 10.42.1.5:8080"],
            refusals: ["shop/other node:30080/tcp: shop/web"]
        ) { $0.compete(webAge: 300, otherAge: nil) { $0.openNodePort(30080) } },
        Row(
            "an external address",
            [other, web, "192.168.99.1:80/tcp > 10.42.1.5:8080"],
            refusals: ["shop/other 192.168.99.1:80/tcp: shop/web"]
        ) { $0.compete(webAge: 100, otherAge: 200) { $0.externalIPs = [address("192.168.99.1")] } },
        Row(
            "a published address and the port at the node",
            [
                "10.43.0.90:80/tcp > 10.42.1.9:9090", web, "1.2.3.4:80/tcp > 10.42.1.5:8080",
                "node:80/tcp > 10.42.1.5:8080",
            ],
            refusals: ["shop/other 1.2.3.4:80/tcp: shop/web", "shop/other node:80/tcp: shop/web"]
        ) { $0.compete(webAge: 100, otherAge: 200) { $0.publish("1.2.3.4") } },
        Row(
            "one's published address is another's external one",
            [other, "1.2.3.4:80/tcp > 10.42.1.9:9090", "node:80/tcp > 10.42.1.9:9090", web],
            refusals: ["shop/web 1.2.3.4:80/tcp: shop/other"]
        ) {
            $0.web.metadata.createdAt = 200
            $0.web.externalIPs = [address("1.2.3.4")]
            $0.add("other") {
                $0.metadata.createdAt = 100
                $0.publish("1.2.3.4")
            }
        },
        Row(
            "a load balancer's port and a node port",
            [other, "node:80/tcp > 10.42.1.9:9090", web],
            refusals: ["shop/web node:80/tcp: shop/other"]
        ) {
            $0.web.metadata.createdAt = 200
            $0.web.openNodePort(80)
            $0.add("other") {
                $0.metadata.createdAt = 100
                $0.publish()
            }
        },
        Row(
            "a node port and the port of an older one's health check",
            [other, web, "1.2.3.4:80/tcp > 10.42.1.5:8080", "node:80/tcp > 10.42.1.5:8080"],
            refusals: ["shop/other node:31000/tcp: shop/web:healthCheckNodePort"]
        ) {
            $0.checkHealth(webAge: 100)
            $0.add("other") {
                $0.metadata.createdAt = 200
                $0.openNodePort(31000)
            }
        },
        Row(
            "a health check's port is an older one's node port, in whichever family",
            [
                other, "node:31000/tcp > 10.42.1.9:9090", web, "1.2.3.4:80/tcp > 10.42.1.5:8080",
                "node:80/tcp > 10.42.1.5:8080",
            ],
            refusals: ["shop/web:healthCheckNodePort node:31000/tcp: shop/other"]
        ) {
            $0.checkHealth(webAge: 200)
            $0.add("other") {
                $0.metadata.createdAt = 100
                $0.openNodePort(31000)
            }
        },
        Row(
            "a load balancer's port and the port of an older one's health check",
            [
                "10.43.0.90:31000/tcp > 10.42.1.9:9090", web, "1.2.3.4:80/tcp > 10.42.1.5:8080",
                "node:80/tcp > 10.42.1.5:8080",
            ],
            refusals: ["shop/other node:31000/tcp: shop/web:healthCheckNodePort"]
        ) {
            $0.checkHealth(webAge: 100)
            $0.add("other") {
                $0.metadata.createdAt = 200
                $0.publish()
                $0.ports[0].port = 31000
            }
        },
        Row(
            "a load balancer's port and an older one's node port, beside kube-proxy, which serves that",
            [],
            refusals: ["shop/other node:31000/tcp: shop/web"]
        ) {
            $0.facts.scope = BalancerScope(loadBalancers: true, services: false)
            $0.web.metadata.createdAt = 100
            $0.web.openNodePort(31000)
            $0.add("other") {
                $0.metadata.createdAt = 200
                $0.publish()
                $0.ports[0].port = 31000
            }
        },
        Row(
            "a load balancer's port and the port of an older one's health check, beside kube-proxy, which answers it",
            ["1.2.3.4:80/tcp > 10.42.1.5:8080", "node:80/tcp > 10.42.1.5:8080"],
            refusals: ["shop/other node:31000/tcp: shop/web:healthCheckNodePort"]
        ) {
            $0.facts.scope = BalancerScope(loadBalancers: true, services: false)
            $0.checkHealth(webAge: 100)
            $0.add("other") {
                $0.metadata.createdAt = 200
                $0.publish()
                $0.ports[0].port = 31000
            }
        },
        Row(
            "a cluster address",
            [web],
            refusals: ["shop/other 10.43.0.80:80/tcp: shop/web"]
        ) {
            $0.web.metadata.createdAt = 100
            $0.add("other", ["10.43.0.80"]) { $0.metadata.createdAt = 200 }
        },
        Row(
            "ports of other protocols do not compete",
            [
                "10.43.0.90:80/udp > reject", "node:80/udp > reject", web, "node:80/tcp > 10.42.1.5:8080",
            ],
            refusals: []
        ) {
            $0.web.publish()
            $0.add("other") {
                $0.publish()
                $0.ports[0].transport = .udp
            }
        },
        Row(
            "two ports of one service: the first by name",
            [web, "node:30080/tcp > 10.42.1.5:8080", "10.43.0.80:81/tcp > 10.42.1.5:8081"],
            refusals: ["shop/web:b node:30080/tcp: shop/web:a"]
        ) {
            $0.slices = []
            $0.web.ports = [ServicePort(name: "a", port: 80), ServicePort(name: "b", port: 81)]
            $0.web.openNodePort(30080)
            let ports = [EndpointPort(name: "a", port: 8080), EndpointPort(name: "b", port: 8081)]
            $0.add([pod("10.42.1.5")], ports: ports)
        },
        Row(
            "a port that is not served keeps its frontends all the same",
            ["10.43.0.90:80/tcp > 10.42.1.9:9090", "10.43.0.80:80/tcp > reject", "node:30080/tcp > reject"],
            refusals: ["shop/other node:30080/tcp: shop/web"]
        ) {
            $0.slices = []
            $0.compete(webAge: 100, otherAge: 200) { $0.openNodePort(30080) }
        },
        Row(
            "a service that is left out holds nothing",
            [other, "node:30080/tcp > 10.42.1.9:9090"],
            refusals: []
        ) {
            $0.compete(webAge: 100, otherAge: 200) { $0.openNodePort(30080) }
            $0.web.metadata.labels = ["service.kubernetes.io/service-proxy-name": "other"]
        },
    ]

    static let programs: [Row] = [
        Row(
            "a node port without which nobody could repair the node",
            [web],
            refusals: ["shop/web node:6443/tcp: the node, which must stay reachable there"]
        ) { $0.web.openNodePort(6443) },
        Row(
            "a program has a load balancer's port",
            [web, "1.2.3.4:80/tcp > 10.42.1.5:8080"],
            refusals: ["shop/web node:80/tcp: a program"]
        ) {
            $0.web.publish("1.2.3.4")
            $0.heldPorts = [HeldPort(.ipv4, .tcp, 80)]
        },
        Row("a program has the port of another protocol", [web, "node:80/tcp > 10.42.1.5:8080"], refusals: []) {
            $0.web.publish()
            $0.heldPorts = [HeldPort(.ipv4, .udp, 80)]
        },
        Row(
            "a program has the port, and the node's address is the published one",
            [web],
            refusals: ["shop/web 192.0.2.1:80/tcp: a program", "shop/web node:80/tcp: a program"]
        ) {
            $0.web.publish("192.0.2.1")
            $0.heldPorts = [HeldPort(.ipv4, .tcp, 80)]
        },
        Row(
            "a program has the port, and the published address is one that the node's kernel has",
            [web],
            refusals: ["shop/web 192.0.2.101:80/tcp: a program", "shop/web node:80/tcp: a program"]
        ) {
            $0.web.publish("192.0.2.101")
            $0.facts.nodeAddresses = [address("192.0.2.101")]
            $0.heldPorts = [HeldPort(.ipv4, .tcp, 80)]
        },
        Row(
            "ssh at an external address that the node's kernel has",
            ["10.43.0.80:22/tcp > 10.42.1.5:8080", "192.168.99.1:22/tcp > 10.42.1.5:8080"],
            refusals: ["shop/web 192.0.2.101:22/tcp: the node, which must stay reachable there"]
        ) {
            $0.web.ports[0].port = 22
            $0.web.externalIPs = [address("192.0.2.101"), address("192.168.99.1")]
            $0.facts.nodeAddresses = [address("192.0.2.101")]
        },
        Row(
            "a program here has nothing at another node's address",
            [web, "192.0.2.2:80/tcp > 10.42.1.5:8080"],
            refusals: ["shop/web node:80/tcp: a program"]
        ) {
            $0.web.publish("192.0.2.2")
            $0.heldPorts = [HeldPort(.ipv4, .tcp, 80)]
        },
        Row("a program has a node port: it is the cluster's", [web, "node:30080/tcp > 10.42.1.5:8080"], refusals: []) {
            $0.web.openNodePort(30080)
            $0.heldPorts = [HeldPort(.ipv4, .tcp, 30080)]
        },
        Row("a program has the port of a cluster address", [web], refusals: []) {
            $0.heldPorts = [HeldPort(.ipv4, .tcp, 80)]
        },
        Row(
            "a program has the port at an external address of the node",
            [web, "192.0.2.1:80/tcp > 10.42.1.5:8080"],
            refusals: []
        ) {
            $0.web.externalIPs = [address("192.0.2.1")]
            $0.heldPorts = [HeldPort(.ipv4, .tcp, 80)]
        },
        Row(
            "a program has what two services want",
            ["10.43.0.90:80/tcp > 10.42.1.9:9090", web],
            refusals: ["shop/other node:80/tcp: shop/web", "shop/web node:80/tcp: a program"]
        ) {
            $0.compete(webAge: 100, otherAge: 200) { $0.publish() }
            $0.heldPorts = [HeldPort(.ipv4, .tcp, 80)]
        },
    ]

    @Test func `a port of one family is not held in the other`() {
        let cluster = TestCluster {
            $0.web.publish()
            $0.web.clusterIPs.append(address("fd00:43::50"))
            $0.heldPorts = [HeldPort(.ipv6, .tcp, 80)]
        }
        let frontends = ["10.43.0.80:80", "node:80", "fd00:43::50:80"]
        #expect(cluster.plan.lines == frontends.map { "\($0)/tcp > reject" })
    }
}

extension TestCluster {
    /// Makes `shop/web` a load balancer whose health is asked at 31000.
    fileprivate mutating func checkHealth(webAge: Int64) {
        web.metadata.createdAt = webAge
        web.publish("1.2.3.4")
        web.externalTrafficPolicy = .local
        web.healthCheckNodePort = 31000
    }

    /// Gives `shop/web` and `shop/other` the same by `claim`.
    fileprivate mutating func compete(webAge: Int64?, otherAge: Int64?, _ claim: (inout Service) -> Void) {
        web.metadata.createdAt = webAge
        claim(&web)
        add("other") {
            $0.metadata.createdAt = otherAge
            claim(&$0)
        }
    }
}
