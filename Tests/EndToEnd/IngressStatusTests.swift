import Foundation
import Testing

extension Nodes {
    /// The addresses that Ingresses are published with; north is the first node by name. North is 192.168.77.1 and
    /// fd00:77::1, south 192.168.77.2 and fd00:77::2.
    @Suite struct IngressStatusTests {
        private static func ingress(_ name: String, class className: String) -> String {
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: \(name), namespace: shop}
            spec:
              ingressClassName: \(className)
              defaultBackend: {service: {name: web, port: {number: 80}}}
            """
        }

        /// What `linnet status --json` says of Ingresses.
        private struct Status: Decodable {
            struct Ingress: Decodable {
                struct Address: Decodable {
                    let ingress: String
                    let addresses: [String]
                }

                let published: [Address]
                let publisher: String?
                let isPublishedByEach: Bool
            }

            let ingress: Ingress?
        }

        /// Waits until a node says so of all Ingresses: `shop/web 192.168.77.1 by north`.
        private func expect(_ published: String, of node: Node) async throws {
            try await eventually("\(node.name) comes to it", shows: published, within: .seconds(60)) {
                let status = try? JSONDecoder().decode(Status.self, from: Data(try await node.statusText().utf8))
                guard let ingress = status?.ingress else { return "nothing" }
                let lines = ingress.published.map { "\($0.ingress) \($0.addresses.joined(separator: " "))" }
                let publisher = ingress.publisher ?? (ingress.isPublishedByEach ? "each" : "nobody")
                return "\(lines.joined(separator: ", ")) by \(publisher)"
            }
        }

        @Test func `nodes come to the same addresses, and the first of them publishes these`() async throws {
            try await Cluster.withEtcd { cluster, nodes, etcd in
                let (north, south) = (nodes[0], nodes[1])
                for (name, className) in [("web", "linnet"), ("other", "traefik"), ("foreign", "nginx")] {
                    let text = Self.ingress(name, class: className)
                    try await etcd.control("put", "/n/objects/Ingress/shop/\(name)", "--", text)
                }
                let first = try await cluster.start(north)
                _ = try await cluster.start(south)
                let all = "shop/web 192.168.77.1 192.168.77.2 fd00:77::1 fd00:77::2 by north"
                for node in nodes { try await expect(all, of: node) }

                #expect(try await first.stop() == 0)
                let key = try #require(try await etcd.leaseKey(of: "192.168.77.1"))
                let extras = key.replacing("/n/subnets/", with: "/n/linnet/leases/")
                for gone in [key, extras] { try await etcd.control("del", gone) }
                try await expect("shop/web 192.168.77.2 fd00:77::2 by south", of: south)

                try await etcd.control(
                    "put",
                    "/n/objects/Ingress/shop/web",
                    "--",
                    Self.ingress("web", class: "nginx")
                )
                try await expect(" by south", of: south)
            }
        }

        @Test func `of manifests each node publishes for all, and Traefik's class when told`() async throws {
            try await Cluster.with { cluster, nodes in
                try cluster.write(Self.ingress("web", class: "traefik"), to: "ingress.yaml")
                _ = try await cluster.start(nodes[0])
                _ = try await cluster.start(nodes[1], ["--ingress-status", "linnet,traefik"])
                try await expect(" by each", of: nodes[0])
                let all = "192.168.77.1 192.168.77.2 fd00:77::1 fd00:77::2"
                try await expect("shop/web \(all) by each", of: nodes[1])
            }
        }
    }
}
