import Foundation
import Testing

extension Nodes {
    /// The ways without a tunnel, and the change from one backend to another.
    @Suite struct BackendTests {
        private let hostGateway = ["--flannel-backend", "host-gw", "--audit-interval", "1h"]

        @Test func `host-gw carries both families, at the underlay's own size`() async throws {
            try await Cluster.with { cluster, nodes in
                for node in nodes { _ = try await cluster.start(node, hostGateway) }
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                for family in ["-4", "-6"] {
                    #expect(try await one.reaches(two.address(family)), "\(family)")
                    #expect(try await two.reaches(one.address(family)), "\(family)")
                    #expect(try await nodes[0].holds("ping -c 1 -W 2 \(two.address(family))"), "host to two, \(family)")
                }
                let ping = ["ip", "netns", "exec", one.namespace, "ping", "-c", "1", "-W", "2", "-M", "do", "-s"]
                // 1500 less 28 bytes of IPv4 and ICMP headers, and less 48 of IPv6.
                for (family, size) in [("-4", 1472), ("-6", 1452)] {
                    let target = try await two.address(family)
                    #expect(try await Tool.run(ping + ["\(size)", target]).succeeded, "\(family)")
                    #expect(try await !Tool.run(ping + ["\(size + 1)", target]).succeeded, "\(family)")
                }
                #expect(try await nodes[0].linkIndex("flannel.1") == nil)
                #expect(try String(contentsOf: nodes[0].subnetFile, encoding: .utf8).contains("FLANNEL_MTU=1500\n"))
                let rules = try await nodes[0].text("nft list table inet linnet")
                #expect(!rules.contains("8472") && rules.contains("masquerade"))
            }
        }

        @Test(arguments: [
            ("ip route delete 10.42.2.0/24", "ip route", "10.42.2.0/24 via 192.168.77.2 dev eth0"),
            ("ip -6 route delete fd00:42:0:2::/64", "ip -6 route", "fd00:42:0:2::/64 via fd00:77::2 dev eth0"),
            (
                "ip route replace 10.42.2.0/24 via 192.168.77.254", "ip route",
                "10.42.2.0/24 via 192.168.77.2 dev eth0"
            ),
        ])
        func `a direct route that is deleted or altered comes back`(
            _ damage: String,
            _ look: String,
            _ shows: String
        ) async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0], hostGateway)
                try await eventually("before", shows: shows) { try await nodes[0].text(look) }
                #expect(try await nodes[0].holds(damage))
                let time = try await eventually("it is back", shows: shows, within: .seconds(5)) {
                    try await nodes[0].text(look)
                }
                print("repaired a direct route after '\(damage)' after at most \(time)")
            }
        }

        @Test func `a peer that host-gw cannot reach is named, with the reason`() async throws {
            var south = NodeSpecification.south
            south.addresses[0] = "192.168.78.2"
            try await Cluster.with([.north], listed: false) { cluster, nodes in
                for specification in [.north, south] { try cluster.publish(specification) }
                _ = try await cluster.start(nodes[0], hostGateway)
                try await eventually(
                    "south is named",
                    shows: "192.168.78.2, which is on no network of eth0",
                    read: nodes[0].statusText
                )
            }
        }

        @Test func `each start with another backend takes back what the former one made`() async throws {
            let tunnelled = [
                "10.42.2.0/24 via 10.42.2.0 dev flannel.1", "fd00:42:0:2::/64 via fd00:42:0:2:: dev flannel-v6.1",
            ]
            let direct = ["10.42.2.0/24 via 192.168.77.2 dev eth0", "fd00:42:0:2::/64 via fd00:77::2 dev eth0"]
            let steps: [(backend: String, links: [String], routes: [String])] = [
                ("vxlan", ["cni0", "flannel-v6.1", "flannel.1"], tunnelled),
                ("host-gw", ["cni0"], direct),
                ("vxlan", ["cni0", "flannel-v6.1", "flannel.1"], tunnelled),
            ]
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                for step in steps {
                    let agent = try await cluster.start(node, ["--flannel-backend", step.backend])
                    for link in ["cni0", "flannel-v6.1", "flannel.1"] {
                        #expect(
                            try await (node.linkIndex(link) != nil) == step.links.contains(link),
                            "\(step), \(link)"
                        )
                    }
                    for (family, wanted) in zip(["-4", "-6"], step.routes) {
                        let routes = try await node.text("ip \(family) route show proto 76").split(separator: "\n")
                        #expect(routes.count == 1 && routes[0].hasPrefix(wanted), "\(step): \(routes)")
                    }
                    #expect(try await agent.stop() == 0)
                }
                let off = try cluster.launch(node, ["--flannel-backend", "none"])
                try await eventually("nothing is left") {
                    try await node.overlayObjects() == [] && !FileManager.default.fileExists(atPath: node.conflist.path)
                }
                #expect(try await off.stop() == 0)
                // After one more restart, with a switched-off overlay, there is still nothing.
                let again = try cluster.launch(node, ["--flannel-backend", "none"])
                try await eventually("it runs", shows: "\"overlay\"", read: node.statusText)
                #expect(try await again.stop() == 0)
                #expect(try await node.overlayObjects() == [])
                #expect(try await node.text("ip route show table all proto 76") == "")
                #expect(try await !node.text("ip -d link").contains("alias linnet"))
                #expect(!FileManager.default.fileExists(atPath: node.subnetFile.path))
            }
        }

        @Test func `another VNI takes the former tunnel away`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let first = try await cluster.start(nodes[0])
                #expect(try await first.stop() == 0)
                let file = nodes[0].home.appendingPathComponent("net-conf.json")
                let text = """
                    {"Network": "10.42.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00:42::/56",
                     "Backend": {"Type": "vxlan", "VNI": 7}}
                    """
                try Data(text.utf8).write(to: file)
                let second = try await cluster.start(nodes[0], ["--flannel-conf", file.path])
                #expect(try await nodes[0].linkIndex("flannel.1") == nil)
                #expect(try await nodes[0].linkIndex("flannel.7") != nil)
                #expect(try await second.stop() == 0)
                let off = try cluster.launch(nodes[0], ["--flannel-backend", "none"])
                try await eventually("nothing is left") { try await nodes[0].linkIndex("flannel.7") == nil }
                #expect(try await off.stop() == 0)
            }
        }

        @Test func `with DirectRouting only the node behind a router gets the tunnel, and each may change`()
            async throws
        {
            let third = NodeSpecification("east", number: 3)
            try await Cluster.with([.north, .south, third]) { cluster, nodes in
                try await cluster.moveBehindRouter(third)
                let file = cluster.folder.url.appendingPathComponent("net-conf.json")
                let text = """
                    {"Network": "10.42.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00:42::/56",
                     "Backend": {"Type": "vxlan", "DirectRouting": true}}
                    """
                try Data(text.utf8).write(to: file)
                var pods: [Pod] = []
                for node in nodes {
                    _ = try await cluster.start(node, ["--flannel-conf", file.path, "--audit-interval", "1h"])
                    pods.append(try await cluster.attachPod("pod-\(node.name)", on: node))
                }
                let direct = "10.42.2.0/24 via 192.168.77.2 dev eth0"
                let routes = try await nodes[0].text("ip route")
                #expect(routes.contains(direct))
                #expect(routes.contains("10.42.3.0/24 via 10.42.3.0 dev flannel.1"))
                #expect(try await nodes[0].linnet("status").output.contains("direct,direct"))
                try await expectAllReachable(pods)
                for way in [Way.ipv4, .ipv6] { try await change(way, from: nodes[0], pods) }
                try await expectAllReachable(pods)
            }
        }

        /// The two ways to south, and what makes the first one a detour.
        private struct Way {
            let family: String
            let tunnelled: String
            let direct: String
            let detour: String
            let router: String
            /// What the other node's entries in the tunnel's table of hardware addresses end in.
            let entry: String

            static let ipv4 = Way(
                family: "-4",
                tunnelled: "10.42.2.0/24 via 10.42.2.0 dev flannel.1",
                direct: "10.42.2.0/24 via 192.168.77.2 dev eth0",
                detour: "192.168.77.2/32",
                router: "192.168.77.254",
                entry: "dst 192.168.77.2 "
            )
            static let ipv6 = Way(
                family: "-6",
                tunnelled: "fd00:42:0:2::/64 via fd00:42:0:2:: dev flannel-v6.1",
                direct: "fd00:42:0:2::/64 via fd00:77::2 dev eth0",
                detour: "fd00:77::2/128",
                router: "fd00:77::fe",
                entry: "dst fd00:77::2 "
            )
        }

        /// A detour to south appears and goes again, under a ping that must not notice.
        private func change(_ way: Way, from node: Node, _ pods: [Pod]) async throws {
            let (target, source) = (try await pods[1].address(way.family), pods[0].namespace)
            async let ping = Tool.run(
                ["ip", "netns", "exec", source, "ping", "-q", "-i", "0.002", "-c", "1500", target]
            )
            try await node.run("ip", way.family, "route", "add", way.detour, "via", way.router)
            try await eventually("south is behind a router", shows: way.tunnelled) {
                try await node.text("ip \(way.family) route")
            }
            try await node.run("ip", way.family, "route", "delete", way.detour)
            try await eventually("south is on the link again", shows: way.direct) {
                try await node.text("ip \(way.family) route")
            }
            let result = try await ping
            print("a peer that changed its way twice: \(result.output)")
            #expect(result.output.contains(" 1500 received"), "\(result)")
            for tunnel in ["flannel.1", "flannel-v6.1"] {
                #expect(try await !node.text("bridge fdb show dev \(tunnel)").contains(way.entry))
            }
        }

        private func expectAllReachable(_ pods: [Pod]) async throws {
            for from in pods {
                for to in pods where to.name != from.name {
                    for family in ["-4", "-6"] {
                        #expect(try await from.reaches(to.address(family)), "\(from.name) to \(to.name) over \(family)")
                    }
                }
            }
        }
    }
}

extension Cluster {
    /// Gives the node a network of its own behind the LAN's router: 192.168.78.0/24 and fd00:78::/64. Its agent must not
    /// run yet.
    fileprivate func moveBehindRouter(_ specification: NodeSpecification) async throws {
        var moved = specification
        moved.addresses = specification.addresses.map { $0.replacing("77", with: "78") }
        try publish(moved)
        let lan = "\(identifier)-lan"
        try await Tool.output(
            ["ip", "-n", lan, "-batch", "-"],
            input: """
                link set \(specification.name) nomaster
                address add 192.168.78.254/24 dev \(specification.name)
                address add fd00:78::fe/64 dev \(specification.name) nodad

                """
        )
        let forwarding = [
            "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.send_redirects=0",
        ]
        try await Tool.output(["ip", "netns", "exec", lan, "sysctl", "-qw"] + forwarding)
        try await Tool.output(
            ["ip", "-n", "\(identifier)-\(specification.name)", "-batch", "-"],
            input: """
                address flush dev eth0 scope global
                address add \(moved.addresses[0])/24 dev eth0
                address add \(moved.addresses[1])/64 dev eth0 nodad
                route replace default via 192.168.78.254
                route replace default via fd00:78::fe

                """
        )
    }
}
