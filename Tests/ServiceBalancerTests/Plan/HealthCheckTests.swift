import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// What a cloud's load balancer is told at a service's `healthCheckNodePort`.
struct HealthCheckTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let describe: @Sendable (inout TestCluster) -> Void
        /// Nil if nothing listens.
        let endpoints: Int?

        init(_ name: String, _ endpoints: Int?, describe: @escaping @Sendable (inout TestCluster) -> Void) {
            self.name = name
            self.describe = describe
            self.endpoints = endpoints
        }

        var testDescription: String { name }
    }

    @Test(arguments: rows, AddressFamily.allCases)
    func `endpoints here that are ready are counted`(row: Row, family: AddressFamily) {
        let cluster = TestCluster {
            $0.web.publish("1.2.3.4")
            $0.web.externalTrafficPolicy = .local
            $0.web.healthCheckNodePort = 31000
            row.describe(&$0)
        }
        let plan = (family == .ipv4 ? cluster : cluster.inIPv6).plan
        let check = plan.healthChecks[cluster.web.metadata.namespacedName]
        #expect(check?.localEndpoints == row.endpoints)
        #expect(check?.port == row.endpoints.map { _ in 31000 })
    }

    static let rows: [Row] = [
        Row("no endpoints", 0) { _ in },
        Row("one here", 1) { $0.add([pod("10.42.1.5")]) },
        Row("two here, one elsewhere", 2) { $0.add([pod("10.42.1.5"), pod("10.42.1.6"), pod("10.42.2.5")]) },
        Row("elsewhere only", 0) { $0.add([pod("10.42.2.5")]) },
        Row("not ready", 0) { $0.add([pod("10.42.1.5", .notReady)]) },
        Row("what terminates serves, and does not count", 0) { $0.add([pod("10.42.1.5", .terminating)]) },
        Row("one ready, one terminates", 1) { $0.add([pod("10.42.1.5"), pod("10.42.1.6", .terminating)]) },
        Row("one in two slices", 1) {
            $0.add([pod("10.42.1.5")])
            $0.add([pod("10.42.1.5")])
        },
        Row("one with two ports", 1) {
            $0.web.ports = [ServicePort(name: "a", port: 80), ServicePort(name: "b", port: 81)]
            $0.add([pod("10.42.1.5")], ports: [EndpointPort(name: "a", port: 1), EndpointPort(name: "b", port: 2)])
        },
        Row("each port has another one", 2) {
            $0.web.ports = [ServicePort(name: "a", port: 80), ServicePort(name: "b", port: 81)]
            $0.add([pod("10.42.1.5")], ports: [EndpointPort(name: "a", port: 1)])
            $0.add([pod("10.42.1.6")], ports: [EndpointPort(name: "b", port: 2)])
        },
        Row("hints do not matter", 1) {
            $0.add([pod("10.42.1.5", nodes: ["node-2"]), pod("10.42.2.5", nodes: ["node-1"])])
        },
        Row("another policy", nil) {
            $0.web.externalTrafficPolicy = .cluster
            $0.add([pod("10.42.1.5")])
        },
        Row("another type", nil) {
            $0.web.type = .nodePort
            $0.add([pod("10.42.1.5")])
        },
        Row("no such port", nil) {
            $0.web.healthCheckNodePort = nil
            $0.add([pod("10.42.1.5")])
        },
        Row("port 0", nil) {
            $0.web.healthCheckNodePort = 0
            $0.add([pod("10.42.1.5")])
        },
        Row("another implementation's load balancer", 1) {
            $0.web.loadBalancerClass = "example.org/cloud"
            $0.add([pod("10.42.1.5")])
        },
        Row("another proxy's service", nil) {
            $0.web.metadata.labels = ["service.kubernetes.io/service-proxy-name": "other"]
            $0.add([pod("10.42.1.5")])
        },
        Row("beside kube-proxy, which answers", nil) {
            $0.facts.scope = BalancerScope(loadBalancers: true, services: false)
            $0.add([pod("10.42.1.5")])
        },
        Row("a node without load balancers of its own", 1) {
            $0.nodes[0].labels["node.kubernetes.io/exclude-from-external-load-balancers"] = ""
            $0.add([pod("10.42.1.5")])
        },
    ]

    @Test(arguments: [nil, 100, 300] as [Int64?])
    func `of two services with one port the older one is answered, then the first by name, and the other is told`(
        age: Int64?
    ) {
        let cluster = TestCluster {
            for name in ["b", "a"] {
                $0.add(name) {
                    $0.metadata.createdAt = name == "b" ? age.map { _ in 200 } : age
                    $0.publish()
                    $0.externalTrafficPolicy = .local
                    $0.healthCheckNodePort = 31000
                    $0.ports[0].port = name == "b" ? 81 : 80
                }
            }
        }
        let plan = cluster.plan
        let (first, second) = age == 300 ? ("b", "a") : ("a", "b")
        #expect(plan.healthChecks.keys.map(\.name) == [first])
        let refusals = Set(plan.refusals.map(\.description))
        let words = "node:31000/tcp that shop/\(second):healthCheckNodePort wants is held by "
        #expect(refusals == ["\(words)shop/\(first):healthCheckNodePort"])
    }

    @Test func `a port that a node port has in one family is not listened on, and asked again when it is free`() {
        var live = LivePlan()
        var cluster = TestCluster {
            $0.web.metadata.createdAt = 200
            $0.web.publish()
            $0.web.externalTrafficPolicy = .local
            $0.web.healthCheckNodePort = 31000
            $0.add("other", ["fd00:43::90"]) {
                $0.metadata.createdAt = 100
                $0.openNodePort(31000)
            }
        }
        live.store.apply(.replace(kinds: BalancerPlan.neededKinds, with: cluster.objects), confirmedAt: 0)
        live.update()
        live.check()
        #expect(live.plan.healthChecks.isEmpty)
        cluster.others[0].type = .clusterIP
        live.store.apply(.set(.service(cluster.others[0])), confirmedAt: 0)
        live.update()
        live.check()
        #expect(live.plan.healthChecks.keys.map(\.name) == ["web"])
        #expect(live.plan.refusals.isEmpty)
    }

    @Test func `a pod with addresses of both families counts once`() {
        let cluster = TestCluster {
            $0.web.publish("1.2.3.4")
            $0.web.clusterIPs.append(address("fd00:43::50"))
            $0.web.externalTrafficPolicy = .local
            $0.web.healthCheckNodePort = 31000
            $0.add([pod("10.42.1.5"), pod("10.42.1.6")])
            $0.add([pod("fd00:42:0:1::5"), pod("fd00:42:0:1::6")])
        }
        #expect(cluster.plan.healthChecks.values.map(\.localEndpoints) == [2])
    }
}
