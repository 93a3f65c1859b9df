import Foundation
import Testing

extension Nodes {
    /// `<prefix>/config` changes while leases are held: nodes follow it in the processes that run.
    @Suite struct EtcdConfigurationTests {
        /// Two nodes that were told no networks, so that etcd's rule.
        private func withNodes(
            _ body: (Cluster, [Node], LANEtcd, [Agent]) async throws -> Void
        ) async throws {
            try await Cluster.withEtcd(toldNetworks: false) { cluster, nodes, etcd in
                try await etcd.control("put", "/n/config", Self.config("10.9.0.0/16"))
                var agents: [Agent] = []
                for node in nodes { agents.append(try await cluster.start(node)) }
                try await body(cluster, nodes, etcd, agents)
                #expect(agents.allSatisfy { $0.exitStatus == nil }, "no process ended")
            }
        }

        private static func config(_ network: String, _ backend: String = #"{"Type":"vxlan"}"#) -> String {
            #"{"Network":"\#(network)","Backend":\#(backend)}"#
        }

        /// The subnet of a node: `10.9.7.0/24`.
        private func subnet(_ node: Node, _ etcd: LANEtcd) async throws -> String {
            let address = try #require(node.specification.addresses.first)
            let key = try await etcd.leaseKey(of: address)
            return String(try #require(key?.split(separator: "/").last)).replacing("-", with: "/")
        }

        private func gateway(_ subnet: String) -> String { subnet.replacing(".0/24", with: ".1/24") }

        @Test func `a wider network leaves leases, links and pods as they are`() async throws {
            try await withNodes { cluster, nodes, etcd, _ in
                let leases = try await etcd.control("get", "--prefix", "/n/subnets/")
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let address = try await two.address("-4")
                try await eventually("one reaches two") { try await one.reaches(address) }
                let index = try await nodes[0].linkIndex("flannel.1")
                try await etcd.control("put", "/n/config", Self.config("10.8.0.0/15"))
                for node in nodes {
                    try await eventually("\(node.name) has taken it up", shows: "FLANNEL_NETWORK=10.8.0.0/15") {
                        (try? String(contentsOf: node.subnetFile, encoding: .utf8)) ?? ""
                    }
                }
                #expect(nodes[0].logText.contains("the network's configuration in etcd is taken up"))
                #expect(try await etcd.control("get", "--prefix", "/n/subnets/") == leases)
                #expect(try await nodes[0].linkIndex("flannel.1") == index)
                #expect(try await one.reaches(address))
            }
        }

        @Test func `another network brings each node another lease, and the data plane follows`() async throws {
            try await withNodes { cluster, nodes, etcd, _ in
                let before = try await subnet(nodes[1], etcd)
                try await eventually("north knows south", shows: before) { try await nodes[0].text("ip route") }
                try await etcd.control("put", "/n/config", Self.config("10.20.0.0/16"))
                for node in nodes {
                    try await eventually("\(node.name) has a subnet of it", within: .seconds(30)) {
                        try await subnet(node, etcd).hasPrefix("10.20.")
                    }
                }
                let subnets = try await [subnet(nodes[0], etcd), subnet(nodes[1], etcd)]
                #expect(try await etcd.control("get", "--prefix", "--keys-only", "/n/subnets/10.9.").isEmpty)
                try await eventually("the bridge's address", shows: gateway(subnets[0])) {
                    try await nodes[0].text("ip -4 address show dev cni0")
                }
                try await eventually("the route to south", shows: "\(subnets[1]) via") {
                    try await nodes[0].text("ip route")
                }
                let routes = try await nodes[0].text("ip route")
                #expect(!routes.contains("\(before) via"))
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let address = try await two.address("-4")
                #expect(address.hasPrefix("10.20."))
                try await eventually("one reaches two") { try await one.reaches(address) }
            }
        }

        @Test func `another VNI brings another tunnel, and the old one goes`() async throws {
            try await withNodes { cluster, nodes, etcd, _ in
                let other = try await subnet(nodes[1], etcd)
                try await etcd.control("put", "/n/config", Self.config("10.9.0.0/16", #"{"Type":"vxlan","VNI":7}"#))
                try await eventually("a route through the new tunnel", shows: "\(other) via", "dev flannel.7") {
                    try await nodes[0].text("ip route")
                }
                try await eventually("the old tunnel is gone") { try await nodes[0].linkIndex("flannel.1") == nil }
                #expect(try await etcd.control("get", "--prefix", "/n/subnets/").contains(#""VNI":7"#))
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let address = try await two.address("-4")
                try await eventually("one reaches two") { try await one.reaches(address) }
                // Back, so that a reset with the flags alone finds what there is.
                try await etcd.control("put", "/n/config", Self.config("10.9.0.0/16"))
                for node in nodes {
                    try await eventually("the first tunnel is there") {
                        let (new, old) = try await (node.linkIndex("flannel.1"), node.linkIndex("flannel.7"))
                        return new != nil && old == nil
                    }
                }
            }
        }

        @Test func `another backend takes the tunnels away, and back`() async throws {
            try await withNodes { cluster, nodes, etcd, _ in
                let other = try await subnet(nodes[1], etcd)
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let address = try await two.address("-4")
                for (backend, route) in [
                    (#"{"Type":"host-gw"}"#, "\(other) via 192.168.77.2 dev eth0"),
                    (#"{"Type":"vxlan"}"#, "\(other) via \(other.replacing("/24", with: "")) dev flannel.1"),
                ] {
                    try await etcd.control("put", "/n/config", Self.config("10.9.0.0/16", backend))
                    try await eventually("the route", shows: route) { try await nodes[0].text("ip route") }
                    let isTunnel = backend.contains("vxlan")
                    try await eventually("the tunnel") {
                        try await (nodes[0].linkIndex("flannel.1") != nil) == isTunnel
                    }
                    try await eventually("one reaches two", within: .seconds(30)) { try await one.reaches(address) }
                    let leases = try await etcd.control("get", "--prefix", "/n/subnets/")
                    #expect(leases.contains(#""BackendType":"\#(isTunnel ? "vxlan" : "host-gw")""#))
                }
            }
        }

        @Test(arguments: [
            ("{", "/n/config in etcd cannot be used: it is no JSON object"),
            (#"{"Network":"10.9.0.0/16"}"#, "/n/config in etcd: Backend is missing"),
            (#"{"Network":"10.9.0.0/16","Backend":{"Type":"ipsec"}}"#, "backend ipsec is not built yet"),
            (
                #"{"Network":"10.9.0.0/16","SubnetLen":40,"Backend":{"Type":"vxlan"}}"#,
                "/n/config in etcd cannot be used: SubnetLen 40"
            ),
        ])
        func `what cannot be used is named and changes nothing`(rubbish: String, problem: String) async throws {
            try await withNodes { cluster, nodes, etcd, _ in
                let node = nodes[0]
                let before = try await (node.text("ip route"), etcd.control("get", "--prefix", "/n/subnets/"))
                try await etcd.control("put", "/n/config", rubbish)
                try await eventually("a warning", shows: "the lease is degraded", problem) { node.logText }
                try await eventually("status says it", shows: problem) { try await node.linnet("status").output }
                let after = try await (node.text("ip route"), etcd.control("get", "--prefix", "/n/subnets/"))
                #expect(after == before)
                print("log: \(node.logText.split(separator: "\n").last { $0.contains("degraded") } ?? "-")")
                try await etcd.control("put", "/n/config", Self.config("10.9.0.0/16"))
                try await eventually("it is well again", shows: "the lease is as it should be again") { node.logText }
            }
        }

        @Test func `a node that restarts while the configuration is rubbish goes on with what it had`() async throws {
            try await Cluster.withEtcd([.north], toldNetworks: false) { cluster, nodes, etcd in
                try await etcd.control("put", "/n/config", Self.config("10.9.0.0/16"))
                let agent = try await cluster.start(nodes[0])
                let before = try await subnet(nodes[0], etcd)
                #expect(try await agent.stop() == 0)
                try await etcd.control("put", "/n/config", "{")
                let again = try await cluster.start(nodes[0])
                try await eventually("a warning", shows: "the lease is degraded", "goes on with what it had") {
                    nodes[0].logText
                }
                #expect(try await nodes[0].text("ip -4 address show dev cni0").contains(gateway(before)))
                #expect(again.exitStatus == nil)
            }
        }

        @Test func `the first node writes what its file says of the subnets`() async throws {
            try await Cluster.withEtcd([.north], toldNetworks: false) { cluster, nodes, etcd in
                let file = nodes[0].home.appendingPathComponent("net-conf.json")
                let text =
                    #"{"Network":"10.9.0.0/16","SubnetLen":26,"SubnetMin":"10.9.4.0","SubnetMax":"10.9.4.64","#
                    + #""Backend":{"Type":"vxlan"}}"#
                try Data(text.utf8).write(to: file)
                let agent = try await cluster.start(nodes[0], ["--flannel-conf", file.path])
                #expect(try await etcd.control("get", "--print-value-only", "/n/config") == text + "\n")
                let key = try #require(try await etcd.leaseKey(of: "192.168.77.1"))
                #expect(["/n/subnets/10.9.4.0-26", "/n/subnets/10.9.4.64-26"].contains(key))
                #expect(try await agent.stop() == 0)
                // A file that says otherwise contradicts what is in etcd.
                try Data(text.replacing("26", with: "25").replacing(".64", with: ".128").utf8).write(to: file)
                let other = try cluster.launch(nodes[0], ["--flannel-conf", file.path])
                #expect(try await other.ended() == 78)
                #expect(
                    nodes[0].logText.contains(
                        "(10.9.0.0/16 by /25 from 10.9.4.0 to 10.9.4.128, backend vxlan) differs from /n/config in etcd "
                            + "(10.9.0.0/16 by /26 from 10.9.4.0 to 10.9.4.64, backend vxlan)"
                    )
                )
            }
        }

        @Test func `a stop that comes while a node takes up a configuration stops it`() async throws {
            try await Cluster.withEtcd([.north], toldNetworks: false) { cluster, nodes, etcd in
                // From before the first composition ends to after the second one has begun.
                for (turn, delay) in [0, 15, 30, 60, 90, 150, 300, 600].enumerated() {
                    let (old, new) = turn % 2 == 0 ? ("10.8.0.0/15", "10.9.0.0/16") : ("10.9.0.0/16", "10.8.0.0/15")
                    try await etcd.control("put", "/n/config", Self.config(old))
                    let agent = try await cluster.start(nodes[0])
                    try await eventually("the lease is held") { try await nodes[0].state(of: "lease") == "ready" }
                    let length = nodes[0].logText.count
                    try await etcd.control("put", "/n/config", Self.config(new))
                    try await eventually("it is taken up", shows: "is taken up") {
                        String(nodes[0].logText.dropFirst(length))
                    }
                    try await Tool.output(["sleep", "\(Double(delay) / 1_000)"])
                    let status = try await agent.stop()
                    #expect(status == 0, "stopped \(delay) ms after it: \(nodes[0].logText)")
                }
            }
        }
    }
}
