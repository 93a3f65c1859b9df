import Foundation
import Testing

extension Nodes {
    /// The addresses of a load balancer where leases tell nodes of one another: north is the first by name. The service has
    /// both families; north is 192.168.77.1 and fd00:77::1, south 192.168.77.2 and fd00:77::2.
    @Suite struct LoadBalancerTests {
        /// The load balancers have port 80, which is the ingress's where there is one.
        private static let withoutIngress = ["--disable", "traefik"]

        private static let service = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec:
              type: LoadBalancer
              clusterIPs: [10.43.0.80, "fd00:43::80"]
              ports: [{name: http, port: 80, targetPort: 8080}]
            """

        private static func chosen(_ node: String) -> String {
            """
            apiVersion: v1
            kind: Node
            metadata: {name: \(node), labels: {svccontroller.k3s.cattle.io/enablelb: "true"}}
            """
        }

        /// What `linnet status --json` says of services.
        private struct Services: Decodable {
            struct LoadBalancer: Decodable {
                let service: String
                let addresses: [String]
            }

            let loadBalancers: [LoadBalancer]
            let publisher: String?
            let events: [String]

            /// What was published from here, one after the other.
            var published: [String] { events.filter { $0.hasPrefix("UpdatedLoadBalancer shop/web: ") } }
        }

        private struct Status: Decodable { let services: Services }

        /// Nil while nobody answers.
        private func services(of node: Node) async throws -> Services? {
            try? JSONDecoder().decode(Status.self, from: Data(try await node.statusText().utf8)).services
        }

        /// Waits until the nodes say the same.
        private func expect(_ addresses: [String], by publisher: String, on nodes: [Node]) async throws {
            for node in nodes {
                try await eventually(
                    "\(node.name) comes to it",
                    shows: "\(addresses) by \(publisher)",
                    within: .seconds(60)
                ) {
                    let services = try await services(of: node)
                    return "\(services?.loadBalancers.first?.addresses ?? []) by \(services?.publisher ?? "nobody")"
                }
            }
        }

        /// The ports that a node refuses, as its lease has them; nil while it has none.
        private func refusedPorts(of node: Node, in etcd: LANEtcd) async throws -> String? {
            let lines = try await etcd.control("get", "--prefix", "/n/linnet/leases/").split(separator: "\n")
            let record = lines.first { $0.contains(#""nodeName":"\#(node.name)""#) }
            return record?.firstMatch(of: /"refusedPorts":\[([^\]]*)\]/).map { String($0.1) }
        }

        /// Whether the node says what becomes of connections to the service's port, which has no endpoints.
        private func answers(_ node: Node) async throws -> Bool {
            try await node.text("nft list map inet linnet node-refusals-v4").contains("tcp . 80 ")
        }

        @Test func `nodes come to the same addresses, and the first of them publishes these`() async throws {
            try await Cluster.withEtcd { cluster, nodes, etcd in
                let (north, south) = (nodes[0], nodes[1])
                let program = try Monitor(
                    ["python3", "-m", "http.server", "--bind", "0.0.0.0", "80"],
                    in: south.namespace,
                    on: south
                )
                defer { program.stop() }
                try await eventually("it listens", shows: ":80") { try await south.text("ss -Hltn sport = 80") }
                try await etcd.control("put", "/n/objects/Service/shop/web", "--", Self.service)
                for node in nodes { try node.rememberNoKubeProxy() }
                let first = try await cluster.start(north, Self.withoutIngress)
                _ = try await cluster.start(south, Self.withoutIngress)

                let six = ["fd00:77::1", "fd00:77::2"]
                try await expect(["192.168.77.1"] + six, by: "north", on: nodes)
                #expect(try await refusedPorts(of: south, in: etcd) == #""ipv4/tcp/80""#)
                #expect(try await refusedPorts(of: north, in: etcd) == "")
                let told = try #require(try await services(of: south))
                #expect(told.published == [], "only the first node publishes")
                #expect(try await !answers(south))
                #expect(told.events.contains { $0.hasPrefix("PortHeld shop/web: ") && $0.contains("python3") })

                program.stop()
                try await expect(["192.168.77.1", "192.168.77.2"] + six, by: "north", on: nodes)
                #expect(try await refusedPorts(of: south, in: etcd) == "")
                for node in nodes { #expect(try await answers(node)) }
                let last = "[192.168.77.1 \(six.joined(separator: " "))] -> "
                #expect(try await services(of: north)?.published.last?.contains(last) == true)

                try await etcd.control("put", "/n/objects/Node/_/south", "--", Self.chosen("south"))
                try await expect(["192.168.77.2", "fd00:77::2"], by: "north", on: nodes)
                #expect(try await answers(south))
                #expect(try await !answers(north))
                #expect(try await services(of: south)?.published == [])

                #expect(try await first.stop() == 0)
                let key = try #require(try await etcd.leaseKey(of: "192.168.77.1"))
                let extras = key.replacing("/n/subnets/", with: "/n/linnet/leases/")
                for gone in [key, extras] { try await etcd.control("del", gone) }
                try await expect(["192.168.77.2", "fd00:77::2"], by: "south", on: [south])
            }
        }
    }
}
