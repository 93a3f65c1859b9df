import Foundation
import Testing

extension Nodes {
    /// What a node looks like once it is ready, attribute by attribute.
    @Suite struct KernelStateTests {
        struct Row: Sendable, CustomTestStringConvertible {
            let what: String
            let command: String
            let shows: [String]

            var testDescription: String { what }
        }

        static let rows: [Row] = [
            Row(
                what: "flannel.1",
                command: "ip -d address show dev flannel.1",
                shows: [
                    "mtu 1450", "vxlan id 1 local 192.168.77.1 dev eth0", "dstport 8472", "nolearning",
                    "inet 10.42.1.0/32 scope global", "UP",
                ]
            ),
            Row(
                what: "flannel-v6.1",
                command: "ip -d address show dev flannel-v6.1",
                shows: [
                    "mtu 1430", "vxlan id 1 local fd00:77::1 dev eth0", "dstport 8472", "nolearning",
                    "inet6 fd00:42:0:1::/128 scope global", "UP",
                ]
            ),
            Row(
                what: "cni0",
                command: "ip -d address show dev cni0",
                shows: ["mtu 1430", "bridge", "inet 10.42.1.1/24", "inet6 fd00:42:0:1::1/64", "UP"]
            ),
            Row(
                what: "route",
                command: "ip route show 10.42.2.0/24",
                shows: ["via 10.42.2.0 dev flannel.1", "onlink"]
            ),
            Row(
                what: "route over IPv6",
                command: "ip -6 route show fd00:42:0:2::/64",
                shows: ["via fd00:42:0:2:: dev flannel-v6.1", "onlink"]
            ),
            Row(what: "neighbour", command: "ip neigh show dev flannel.1", shows: ["10.42.2.0 lladdr", "PERMANENT"]),
            Row(
                what: "neighbour over IPv6",
                command: "ip -6 neigh show dev flannel-v6.1",
                shows: ["fd00:42:0:2:: lladdr", "PERMANENT"]
            ),
            Row(
                what: "forwarding entry",
                command: "bridge fdb show dev flannel.1",
                shows: ["dst 192.168.77.2", "self", "permanent"]
            ),
            Row(
                what: "forwarding entry over IPv6",
                command: "bridge fdb show dev flannel-v6.1",
                shows: ["dst fd00:77::2", "self", "permanent"]
            ),
            Row(what: "IPv4 forwarding", command: "sysctl -n net.ipv4.ip_forward", shows: ["1"]),
            Row(what: "IPv6 forwarding", command: "sysctl -n net.ipv6.conf.all.forwarding", shows: ["1"]),
            Row(what: "rule set", command: "nft list table inet linnet", shows: ["masquerade", "8472"]),
        ]

        @Test func `a ready node looks as documented`() async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                for row in Self.rows {
                    let text = try await nodes[0].text(row.command)
                    for wanted in row.shows { #expect(text.contains(wanted), "\(row.what): \(wanted) in:\n\(text)") }
                }
            }
        }

        @Test func `subnet file and CNI configuration are flannel's in form`() async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                let subnet = try String(contentsOf: nodes[0].subnetFile, encoding: .utf8)
                #expect(
                    subnet == """
                        FLANNEL_NETWORK=10.42.0.0/16
                        FLANNEL_SUBNET=10.42.1.1/24
                        FLANNEL_IPV6_NETWORK=fd00:42::/56
                        FLANNEL_IPV6_SUBNET=fd00:42:0:1::1/64
                        FLANNEL_MTU=1430
                        FLANNEL_IPMASQ=true

                        """
                )
                let list = try JSONSerialization.jsonObject(with: Data(contentsOf: nodes[0].conflist)) as? [String: Any]
                #expect(list?["name"] as? String == "cbr0")
            }
        }

        /// Printed rules must be accepted again by the same nft, or nobody can keep or move them.
        @Test func `the listed rule set loads again`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                let listing = try await nodes[0].run("nft", "list", "table", "inet", "linnet")
                let check = ["ip", "netns", "exec", nodes[0].namespace, "nft", "--check", "--file", "-"]
                let result = try await Tool.run(check, input: "delete table inet linnet\n" + listing)
                #expect(result.succeeded, "\(result)\n\(listing)")
            }
        }

        @Test func `a node alone takes the first subnets and keeps them`() async throws {
            try await Cluster.with([.north], listed: false) { cluster, nodes in
                let first = try await cluster.start(nodes[0])
                #expect(try await nodes[0].text("ip address show dev cni0").contains("inet 10.42.0.1/24"))
                #expect(try await nodes[0].text("ip address show dev cni0").contains("inet6 fd00:42::1/64"))
                let index = try await nodes[0].linkIndex("flannel.1")
                #expect(try await first.stop() == 0)
                _ = try await cluster.start(nodes[0])
                #expect(try await nodes[0].text("ip address show dev cni0").contains("inet 10.42.0.1/24"))
                #expect(try await nodes[0].linkIndex("flannel.1") == index)
            }
        }

        @Test func `a tunnel left by flannel is adopted with its index`() async throws {
            try await Cluster.with(leaves: ["link flannel.1"]) { cluster, nodes in
                let node = nodes[0]
                try await node.run(
                    "ip",
                    "link",
                    "add",
                    "flannel.1",
                    "address",
                    "02:11:22:33:44:55",
                    "type",
                    "vxlan",
                    "id",
                    "1",
                    "local",
                    "192.168.77.1",
                    "dev",
                    "eth0",
                    "dstport",
                    "8472",
                    "nolearning"
                )
                try await node.run("ip", "address", "add", "10.42.1.0/32", "dev", "flannel.1")
                try await node.run("ip", "link", "set", "flannel.1", "up")
                let index = try await node.linkIndex("flannel.1")
                for node in nodes { _ = try await cluster.start(node) }
                #expect(try await node.linkIndex("flannel.1") == index)
                #expect(try await !node.text("ip link show dev flannel.1").contains("02:11:22:33:44:55"))
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                #expect(try await one.reaches(two.address("-4")))
            }
        }

        @Test func `backend none builds nothing and takes back what an earlier start built`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let first = try await cluster.start(nodes[0])
                #expect(try await first.stop() == 0)
                let second = try cluster.launch(nodes[0], ["--flannel-backend", "none"])
                try await eventually("nothing of the overlay is left") {
                    try await nodes[0].overlayObjects().filter { !$0.contains("linnet") } == []
                }
                #expect(second.exitStatus == nil)
                let status = try await nodes[0].linnet("status")
                #expect(status.succeeded, "\(status)")
            }
        }
    }
}
