import Foundation
import Testing

extension Nodes {
    /// The interface to other nodes changes while the agents run. Nothing is looked at on a timer.
    @Suite struct UnderlayTests {
        private static func with(
            _ backend: String = "vxlan",
            _ body: (Cluster, [Node], [Pod]) async throws -> Void
        ) async throws {
            try await Cluster.with { cluster, nodes in
                var pods: [Pod] = []
                for node in nodes {
                    _ = try await cluster.start(node, ["--flannel-backend", backend, "--audit-interval", "1h"])
                    pods.append(try await cluster.attachPod("pod-\(node.name)", on: node))
                }
                try await expectTraffic(pods)
                try await body(cluster, nodes, pods)
            }
        }

        private static func expectTraffic(_ pods: [Pod]) async throws {
            for family in ["-4", "-6"] {
                try await eventually("pods reach each other over \(family)", within: .seconds(10)) {
                    try await pods[0].reaches(pods[1].address(family))
                }
            }
        }

        private static func indexes(_ node: Node) async throws -> [Int?] {
            [try await node.linkIndex("flannel.1"), try await node.linkIndex("flannel-v6.1")]
        }

        private static let defaults = [
            "route replace default via 192.168.77.254", "route replace default via fd00:77::fe",
        ]

        private static func batch(_ node: Node, _ lines: [String]) async throws {
            let input = lines.joined(separator: "\n") + "\n"
            try await Tool.output(["ip", "-n", node.namespace, "-batch", "-"], input: input)
        }

        @Test(arguments: ["vxlan", "host-gw"])
        func `another address is followed on both nodes`(_ backend: String) async throws {
            try await Self.with(backend) { cluster, nodes, pods in
                let before = try await nodes[0].linkIndex("flannel-v6.1")
                try await Self.batch(
                    nodes[0],
                    ["address delete 192.168.77.1/24 dev eth0", "address add 192.168.77.11/24 dev eth0"] + Self.defaults
                )
                var moved = NodeSpecification.north
                moved.addresses[0] = "192.168.77.11"
                try cluster.publish(moved)
                if backend == "vxlan" {
                    try await eventually("the tunnel has the new address", shows: "local 192.168.77.11 ") {
                        try await nodes[0].text("ip -d link show dev flannel.1")
                    }
                    try await eventually("the peer sends to it", shows: "dst 192.168.77.11 ") {
                        try await nodes[1].text("bridge fdb show dev flannel.1")
                    }
                    #expect(try await !nodes[1].text("bridge fdb show dev flannel.1").contains("dst 192.168.77.1 "))
                } else {
                    try await eventually("the peer routes to it", shows: "10.42.1.0/24 via 192.168.77.11 dev eth0") {
                        try await nodes[1].text("ip route")
                    }
                }
                try await Self.expectTraffic(pods)
                #expect(try await nodes[0].linkIndex("flannel-v6.1") == before)
            }
        }

        @Test func `an address that goes and comes back costs no tunnel`() async throws {
            try await Self.with { _, nodes, pods in
                let before = try await Self.indexes(nodes[0])
                try await Self.batch(nodes[0], ["address delete 192.168.77.1/24 dev eth0"])
                try await eventually(
                    "the loss is said",
                    shows: "192.168.77.1 is on no interface",
                    read: nodes[0].statusText
                )
                #expect(try await Self.indexes(nodes[0]) == before)
                #expect(try await nodes[0].text("bridge fdb show dev flannel.1").contains("dst 192.168.77.2 "))
                try await Self.batch(nodes[0], ["address add 192.168.77.1/24 dev eth0"] + Self.defaults)
                try await Self.expectTraffic(pods)
                try await eventually("it is taken back", shows: "overlay is no longer degraded") { nodes[0].logText }
                #expect(try await Self.indexes(nodes[0]) == before)
            }
        }

        @Test func `another MTU is followed without a new tunnel`() async throws {
            try await Self.with { _, nodes, pods in
                let before = try await Self.indexes(nodes[0])
                for (mtu, pod) in [(1400, 1330), (1500, 1430)] {
                    try await Self.batch(nodes[0], ["link set eth0 mtu \(mtu)"])
                    for (link, wanted) in [("flannel.1", mtu - 50), ("flannel-v6.1", pod), ("cni0", pod)] {
                        try await eventually("\(link) follows", shows: "mtu \(wanted) ") {
                            try await nodes[0].text("ip link show dev \(link)")
                        }
                    }
                    try await eventually("the subnet file follows", shows: "FLANNEL_MTU=\(pod)\n") {
                        try String(contentsOf: nodes[0].subnetFile, encoding: .utf8)
                    }
                }
                #expect(try await Self.indexes(nodes[0]) == before)
                try await Self.expectTraffic(pods)
            }
        }

        @Test(arguments: ["vxlan", "host-gw"])
        func `an interface that goes down and up gets back what leads over it`(_ backend: String) async throws {
            try await Self.with(backend) { _, nodes, pods in
                let before = try await Self.indexes(nodes[0])
                try await Self.batch(nodes[0], ["link set eth0 down"])
                try await eventually("it is said", shows: "eth0 is down", read: nodes[0].statusText)
                try await Self.batch(
                    nodes[0],
                    ["link set eth0 up", "address add fd00:77::1/64 dev eth0 nodad"] + Self.defaults
                )
                try await Self.expectTraffic(pods)
                #expect(try await Self.indexes(nodes[0]) == before)
            }
        }

        @Test func `a renamed interface goes on`() async throws {
            try await Self.with { _, nodes, pods in
                let before = try await Self.indexes(nodes[0])
                try await Self.batch(
                    nodes[0],
                    [
                        "link set eth0 down", "link set eth0 name wan0", "link set wan0 up",
                        "address add fd00:77::1/64 dev wan0 nodad",
                    ] + Self.defaults
                )
                try await Self.expectTraffic(pods)
                #expect(try await Self.indexes(nodes[0]) == before)
            }
        }

        @Test(arguments: ["vxlan", "host-gw"])
        func `an interface that is removed and made again gets all of it back`(_ backend: String) async throws {
            try await Self.with(backend) { cluster, nodes, pods in
                // A card that comes back has its address; with another, neighbours would have to notice first.
                let words = try await nodes[0].run("ip", "-o", "link", "show", "dev", "eth0").split(separator: " ")
                let place = try #require(words.firstIndex(of: "link/ether"))
                try await nodes[0].run("ip", "link", "delete", "eth0")
                try await eventually("the loss is said", shows: "is on no interface", read: nodes[0].statusText)
                let lan = "\(cluster.identifier)-lan"
                try await Tool.output(
                    ["ip", "-n", lan, "-batch", "-"],
                    input: """
                        link add north type veth peer name eth0 address \(words[place + 1]) netns \(nodes[0].namespace)
                        link set north master lan0 up

                        """
                )
                try await Self.batch(
                    nodes[0],
                    [
                        "address add 192.168.77.1/24 dev eth0", "address add fd00:77::1/64 dev eth0 nodad",
                        "link set eth0 up",
                    ] + Self.defaults
                )
                try await Self.expectTraffic(pods)
            }
        }
    }
}
