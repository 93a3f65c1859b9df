import Foundation
import Testing

extension Nodes {
    /// A third host on the LAN, 192.168.77.254, sends what only nodes may send. The replies to what is let in lead nowhere,
    /// so the counters and the host's own count of echo requests tell.
    @Suite struct ForgeryTests {
        /// A tunnel end on the LAN's host, with an address of its own or that of south, which does not run.
        private static func makeTunnel(_ cluster: Cluster, to north: Node, from local: String) async throws {
            let link = try await north.run("ip", "-o", "link", "show", "dev", "flannel.1").split(separator: " ")
            let place = try #require(link.firstIndex(of: "link/ether"))
            try await Tool.output(
                ["ip", "-n", "\(cluster.identifier)-lan", "-batch", "-"],
                input: """
                    link add forged type vxlan id 1 dstport 8472 local \(local) remote 192.168.77.1 dev lan0 nolearning
                    link set forged addrgenmode none
                    link set forged up
                    address replace 10.42.2.0/32 dev forged
                    address replace 10.42.99.0/32 dev forged
                    route replace 10.42.1.0/24 via 10.42.1.0 dev forged onlink
                    neighbour replace 10.42.1.0 lladdr \(link[place + 1]) dev forged nud permanent

                    """
            )
        }

        private static func send(_ cluster: Cluster, from source: String, to target: String) async throws {
            let namespace = "\(cluster.identifier)-lan"
            _ = try await Tool.run(
                ["ip", "netns", "exec", namespace, "ping", "-c", "3", "-i", "0.05", "-W", "1", "-I", source, target]
            )
        }

        private static func dropped(_ chain: String, on node: Node) async throws -> Int {
            let rules = try await node.run("nft", "list", "chain", "inet", "linnet", chain).split(separator: " ")
            return zip(rules, rules.dropFirst()).filter { $0.0 == "packets" }.compactMap { Int($0.1) }.reduce(0, +)
        }

        private static func received(_ node: Node) async throws -> Int {
            let text = try await node.run("nstat", "-asz", "IcmpInEchos")
            let line = text.split(separator: "\n").first { $0.hasPrefix("IcmpInEchos") } ?? ""
            return Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
        }

        @Test func `a tunnel packet from a third host is dropped and counted`() async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                let before = try await Self.received(nodes[0])
                try await Self.makeTunnel(cluster, to: nodes[0], from: "192.168.77.254")
                try await Self.send(cluster, from: "10.42.2.0", to: "10.42.1.1")
                #expect(try await Self.dropped("overlay-input", on: nodes[0]) == 3)
                #expect(try await Self.received(nodes[0]) == before)
            }
        }

        @Test func `a subnet that nobody has is dropped inside the tunnel, that of a known node is not`() async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                let before = try await Self.received(nodes[0])
                try await nodes[1].run("ip", "address", "flush", "dev", "eth0")
                try await Tool.output([
                    "ip", "-n", "\(cluster.identifier)-lan", "address", "add", "192.168.77.2/32", "dev", "lan0",
                ])
                try await Self.makeTunnel(cluster, to: nodes[0], from: "192.168.77.2")
                try await Self.send(cluster, from: "10.42.99.0", to: "10.42.1.1")
                #expect(try await Self.dropped("overlay-sources", on: nodes[0]) == 3)
                #expect(try await Self.received(nodes[0]) == before)
                try await Self.send(cluster, from: "10.42.2.0", to: "10.42.1.1")
                #expect(try await Self.received(nodes[0]) == before + 3)
                #expect(try await Self.dropped("overlay-input", on: nodes[0]) == 0)
            }
        }

        @Test func `without a tunnel an address of a pod is taken from known subnets only`() async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0], ["--flannel-backend", "host-gw"])
                let before = try await Self.received(nodes[0])
                try await Tool.output(
                    ["ip", "-n", "\(cluster.identifier)-lan", "-batch", "-"],
                    input: """
                        address add 10.42.2.0/32 dev lan0
                        address add 10.42.99.0/32 dev lan0
                        route add 10.42.1.0/24 via 192.168.77.1

                        """
                )
                try await Self.send(cluster, from: "10.42.99.0", to: "10.42.1.1")
                #expect(try await Self.dropped("overlay-sources", on: nodes[0]) == 3)
                #expect(try await Self.received(nodes[0]) == before)
                try await Self.send(cluster, from: "10.42.2.0", to: "10.42.1.1")
                #expect(try await Self.received(nodes[0]) == before + 3)
            }
        }
    }
}
