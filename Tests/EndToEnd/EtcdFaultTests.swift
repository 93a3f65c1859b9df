import Foundation
import Testing

extension Nodes {
    /// What goes wrong with etcd: each fault gives a log line, which is printed, nothing of the data plane is lost, and it
    /// ends with the fault, in the process that runs.
    @Suite struct EtcdFaultTests {
        private func logged(_ node: Node, _ words: String..., within limit: Duration = .seconds(30)) async throws {
            try await node.logs(words, within: limit)
        }

        private func isReady(_ node: Node) async throws {
            for capability in ["source", "lease", "overlay"] {
                try await eventually("\(capability) is ready", within: .seconds(30)) {
                    try await node.state(of: capability) == "ready"
                }
            }
        }

        @Test func `two nodes meet over TLS with certificates and an account, and a wrong password is mended live`()
            async throws
        {
            let password = try TemporaryFolder()
            defer { password.remove() }
            let file = password.url.appendingPathComponent("password")
            try Data("wrong\n".utf8).write(to: file)
            let account = ["--etcd-username", "linnet", "--etcd-password-file", file.path]
            try await Cluster.withSecureEtcd(adding: account) { cluster, nodes, etcd, _ in
                try await etcd.enableAccounts(user: "linnet", password: "right, \"quoted\"")
                let agents = try nodes.map { try cluster.launch($0) }
                for node in nodes {
                    try await logged(node, "user 'linnet'", "authentication failed, invalid user ID or password")
                }
                try Data("right, \"quoted\"\n".utf8).write(to: file, options: .atomic)
                for node in nodes { try await isReady(node) }
                #expect(agents.allSatisfy { $0.exitStatus == nil })
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let address = try await two.address("-4")
                try await eventually("one reaches two") { try await one.reaches(address) }
                for node in nodes { #expect(!node.logText.contains("quoted"), "no password is logged") }
                // A password that is changed ends the session: the new one is read from the file.
                try await etcd.changePassword(of: "linnet", to: "other")
                try Data("other\n".utf8).write(to: file, options: .atomic)
                let third = #"{"PublicIP":"192.168.77.9","BackendType":"vxlan","BackendData":{"VNI":1,"VtepMAC":"#
                try await etcd.control("put", "/n/subnets/10.42.9.0-24", third + #""02:00:00:00:00:09"}}"#)
                try await eventually("the third node is followed", shows: "10.42.9.0/24") {
                    try await nodes[0].text("ip route")
                }
                #expect(try await one.reaches(address))
            }
        }

        @Test func `a certificate that cannot be trusted is named, and a good one is taken up live`() async throws {
            try await Cluster.withSecureEtcd([.north]) { cluster, nodes, etcd, certificates in
                try certificates.trust("other")
                let agent = try cluster.launch(nodes[0])
                try await logged(nodes[0], "its certificate is refused: it is not signed by the authority in")
                try await certificates.make("server", days: -1)
                try certificates.trust("authority")
                try await logged(nodes[0], "its certificate is refused: it expired")
                try await certificates.make("server", days: 1)
                try await isReady(nodes[0])
                #expect(agent.exitStatus == nil)
                try FileManager.default.removeItem(atPath: certificates.file("client.key"))
                try await logged(nodes[0], "client.key", "ENOENT", within: .seconds(60))
                try await certificates.make("client", days: 1)
                try await isReady(nodes[0])
            }
        }

        @Test func `of an etcd of three the member in use may die, and the node follows the next one`() async throws {
            try await Cluster.withEtcdMembers { cluster, nodes, members in
                for node in nodes { _ = try await cluster.start(node) }
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let address = try await two.address("-4")
                try await eventually("one reaches two") { try await one.reaches(address) }
                try await members[0].kill()
                try await eventually("status names it", shows: "left \(members[0].endpoint): ", within: .seconds(40)) {
                    try await nodes[0].statusText()
                }
                try await isReady(nodes[0])
                // Changes still come, and go.
                try await members[1].control(
                    "del",
                    "--prefix",
                    try #require(try await members[1].leaseKey(of: "192.168.77.2"))
                )
                try await eventually("the lease of south is there again") {
                    try await members[2].leaseKey(of: "192.168.77.2") != nil
                }
                try await eventually("one reaches two") { try await one.reaches(address) }
                #expect(!nodes[0].logText.contains("the source is degraded"), "another one is no trouble")
                try await members[1].kill()
                try await logged(nodes[0], "the source is degraded", "no etcd endpoint answers", within: .seconds(60))
                #expect(try await one.reaches(address), "without a majority")
                try members[0].launch()
                try await isReady(nodes[0])
                #expect(try await one.reaches(address))
            }
        }

        @Test func `what happened and was compacted while a node was cut off is followed afterwards`() async throws {
            try await Cluster.withEtcd([.north]) { cluster, nodes, etcd in
                let agent = try await cluster.start(nodes[0])
                let value = { (last: Int) in
                    #"{"PublicIP":"192.168.77.\#(last)","BackendType":"vxlan","BackendData":{"VNI":1,"VtepMAC":"#
                        + #""02:00:00:00:00:0\#(last)"}}"#
                }
                for number in [7, 8] { try await etcd.control("put", "/n/subnets/10.42.\(number).0-24", value(number)) }
                try await eventually("both peers", shows: "10.42.7.0/24", "10.42.8.0/24") {
                    try await nodes[0].text("ip route")
                }
                let own = try #require(try await etcd.leaseKey(of: "192.168.77.1"))
                try await cluster.cutOff(nodes[0])
                try await logged(
                    nodes[0],
                    "no etcd endpoint answers: http://192.168.77.254:2379: ",
                    within: .seconds(60)
                )
                try await etcd.control("del", "/n/subnets/10.42.7.0-24")
                try await etcd.control("put", "/n/subnets/10.42.9.0-24", value(9))
                try await etcd.control("lease", "revoke", try await etcd.leaseID(of: own))
                let answer = try await etcd.control("get", "/n/config", "-w", "json")
                let revision = try #require(answer.firstMatch(of: /"revision":(\d+)/)?.1)
                try await etcd.control("compact", String(revision))
                #expect(try await nodes[0].text("ip route").contains("10.42.7.0/24"), "what is known stays meanwhile")
                try await cluster.reconnect(nodes[0])
                // A watch that is begun again begins with a list: what history says is not asked for.
                try await eventually("what is there now, and no more", within: .seconds(60)) {
                    let routes = try await nodes[0].text("ip route")
                    return routes.contains("10.42.9.0/24") && routes.contains("10.42.8.0/24")
                        && !routes.contains("10.42.7.0/24")
                }
                try await eventually("its own lease is there again, with the same subnet") {
                    try await etcd.leaseKey(of: "192.168.77.1") == own
                }
                #expect(agent.exitStatus == nil)
            }
        }

        @Test func `an etcd that goes silent is named, as is one that is something else`() async throws {
            try await Cluster.withEtcd([.north]) { cluster, nodes, etcd in
                let agent = try await cluster.start(nodes[0])
                let before = try await nodes[0].text("ip route")
                etcd.pause()
                try await logged(nodes[0], "no etcd endpoint answers", "no answer within", within: .seconds(60))
                etcd.resume()
                try await isReady(nodes[0])
                try await etcd.kill()
                try await logged(nodes[0], "no etcd endpoint answers", "connection refused", within: .seconds(60))
                try etcd.pretend()
                try await logged(nodes[0], "it answers 200 with what is no JSON", within: .seconds(60))
                try await etcd.kill()
                try await etcd.start()
                try await isReady(nodes[0])
                #expect(try await nodes[0].text("ip route") == before)
                #expect(agent.exitStatus == nil)
            }
        }

        @Test func `an etcd lease that ends is replaced by another with the same subnet`() async throws {
            try await Cluster.withEtcd { cluster, nodes, etcd in
                for node in nodes { _ = try await cluster.start(node) }
                let key = try #require(try await etcd.leaseKey(of: "192.168.77.1"))
                let value = try await etcd.control("get", key)
                let first = try await etcd.leaseID(of: key)
                try await etcd.control("lease", "revoke", first)
                try await eventually("the same lease, on another etcd lease") {
                    let (now, lease) = try await (etcd.control("get", key), etcd.leaseID(of: key))
                    return now == value && lease != first
                }
                try await eventually("south follows", shows: "via 10.42.") { try await nodes[1].text("ip route") }
                try await isReady(nodes[0])
            }
        }
    }
}
