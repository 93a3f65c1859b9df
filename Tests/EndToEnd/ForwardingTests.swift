import Foundation
import Testing

extension Nodes {
    /// Names outside the cluster, asked of dnsmasq on the LAN's address 192.168.77.254.
    @Suite struct ForwardingTests {
        /// A server that knows a.example.test and a TXT record of more than 512 octets; what it was asked is in its text.
        private static func server(on cluster: Cluster, _ node: Node) throws -> Monitor {
            let long = ["x", "y", "z"].map { String(repeating: $0, count: 250) }.joined(separator: ",")
            return try Monitor(
                [
                    "dnsmasq", "--no-daemon", "--no-resolv", "--no-hosts", "--bind-interfaces", "--log-queries",
                    "--listen-address=192.168.77.254", "--local-ttl=60", "--local=/test/",
                    "--address=/www.example.test/192.0.2.7", "--host-record=a.example.test,192.0.2.8,2001:db8::8,300",
                    "--txt-record=long.example.test,\(long)",
                ],
                in: cluster.lanNamespace,
                on: node
            )
        }

        private static func name(_ servers: String..., on node: Node) throws {
            let text = servers.map { "nameserver \($0)\n" }.joined()
            try Data(text.utf8).write(to: node.home.appendingPathComponent("resolv.conf"), options: .atomic)
        }

        /// What dig says, all of it.
        private func dig(_ question: String, on node: Node) async throws -> String {
            let words = ["ip", "netns", "exec", node.namespace, "dig", "@10.43.0.10", "+tries=1", "+time=6"]
            return try await Tool.run(words + question.split(separator: " ").map(String.init)).output
        }

        private func withForwarder(_ body: (Node, Monitor) async throws -> Void) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let server = try Self.server(on: cluster, node)
                try Self.name("192.168.77.254", on: node)
                _ = try await cluster.start(node, ["--resolv-conf", "\(node.home.path)/resolv.conf"])
                try await eventually("the server answers", shows: "192.0.2.7") {
                    try await dig("www.example.test", on: node)
                }
                try await body(node, server)
                server.stop()
            }
        }

        @Test func `names outside are asked of the servers of resolv conf, and remembered`() async throws {
            try await withForwarder { node, server in
                let rows: [(question: String, wanted: [String])] = [
                    ("a.example.test A", ["status: NOERROR", "192.0.2.8", "flags: qr rd ra;"]),
                    ("a.example.test AAAA", ["status: NOERROR", "2001:db8::8"]),
                    ("A.Example.Test A +tcp", ["A.Example.Test.", "192.0.2.8"]),
                    ("+notcp +ignore +noedns long.example.test TXT", ["flags: qr tc rd ra;"]),
                    ("long.example.test TXT", ["xxxx", "yyyy", "zzzz"]),
                    ("nothing.example.test A", ["status: NXDOMAIN"]),
                    ("a.example.test MX", ["status: NOERROR", "ANSWER: 0"]),
                    ("localhost A", ["127.0.0.1"]),
                    ("unknown.example.test A +norecurse", ["status: REFUSED"]),
                ]
                for row in rows {
                    let answer = try await dig(row.question, on: node)
                    for text in row.wanted { #expect(answer.contains(text), "\(row.question): \(answer)") }
                }
                // What one worker learned is known to all: each of these comes from another port, and so by any of them.
                for _ in 1...50 { _ = try await dig("a.example.test A", on: node) }
                let asked = server.text.split(separator: "\n").count { $0.contains("query[A] a.example.test") }
                #expect(asked == 1, "\(server.text)")
                let remembered = try await dig("a.example.test A +norecurse", on: node)
                #expect(remembered.contains("192.0.2.8"), "\(remembered)")
            }
        }

        @Test func `an alias of the cluster is followed to names outside`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(
                    """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: out, namespace: default}
                    spec: {type: ExternalName, externalName: a.example.test}
                    """,
                    to: "services.yaml"
                )
                let server = try Self.server(on: cluster, node)
                try Self.name("192.168.77.254", on: node)
                _ = try await cluster.start(node, ["--resolv-conf", "\(node.home.path)/resolv.conf"])
                let question = "out.default.svc.cluster.local"
                try await eventually("the alias is followed", shows: "CNAME\ta.example.test.", "192.0.2.8") {
                    try await dig(question, on: node)
                }
                let answer = try await dig("+tcp \(question) AAAA", on: node)
                #expect(answer.contains("2001:db8::8") && answer.contains("flags: qr aa rd ra;"), "\(answer)")
                server.stop()
                try Self.name("192.168.77.253", on: node)
                // The alias is known whatever became of its target.
                let other = try await dig("\(question) MX", on: node)
                #expect(other.contains("status: NOERROR") && other.contains("CNAME\ta.example.test."), "\(other)")
            }
        }

        @Test func `an alias outside that leads into the cluster is answered by the cluster`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(
                    """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: real, namespace: default}
                    spec: {clusterIP: 10.43.0.77, clusterIPs: [10.43.0.77], ports: [{port: 80}]}
                    ---
                    apiVersion: v1
                    kind: Service
                    metadata: {name: out, namespace: default}
                    spec: {type: ExternalName, externalName: a.example.test}
                    ---
                    apiVersion: v1
                    kind: Service
                    metadata: {name: round, namespace: default}
                    spec: {type: ExternalName, externalName: round.example.test}
                    """,
                    to: "services.yaml"
                )
                let domain = "default.svc.cluster.local"
                let server = try Monitor(
                    [
                        "dnsmasq", "--no-daemon", "--no-resolv", "--no-hosts", "--bind-interfaces",
                        "--listen-address=192.168.77.254", "--local-ttl=60", "--local=/test/",
                        "--host-record=a.example.test,192.0.2.8", "--host-record=real.\(domain),192.0.2.66",
                        "--host-record=none.\(domain),192.0.2.66", "--host-record=out.\(domain),192.0.2.66",
                        "--host-record=round.\(domain),192.0.2.66", "--cname=in.example.test,real.\(domain)",
                        "--cname=none.example.test,none.\(domain)", "--cname=through.example.test,out.\(domain)",
                        "--cname=round.example.test,round.\(domain)",
                    ],
                    in: cluster.lanNamespace,
                    on: node
                )
                try Self.name("192.168.77.254", on: node)
                _ = try await cluster.start(node, ["--resolv-conf", "\(node.home.path)/resolv.conf"])
                try await eventually("the alias is followed", shows: "CNAME\treal.\(domain).", "10.43.0.77") {
                    try await dig("in.example.test", on: node)
                }
                let rows: [(question: String, wanted: [String])] = [
                    ("in.example.test A", ["status: NOERROR", "ANSWER: 2", "flags: qr rd ra;"]),
                    ("in.example.test A +norecurse", ["status: NOERROR", "10.43.0.77"]),
                    ("in.example.test A +tcp", ["ANSWER: 2", "10.43.0.77"]),
                    ("in.example.test AAAA", ["status: NOERROR", "ANSWER: 1", "SOA\tns.dns.cluster.local."]),
                    ("none.example.test A", ["status: NXDOMAIN", "ANSWER: 1", "SOA\tns.dns.cluster.local."]),
                    ("through.example.test A", ["status: NOERROR", "ANSWER: 3", "192.0.2.8"]),
                    ("round.example.test A", ["status: NOERROR", "CNAME\tround.\(domain)."]),
                    ("round.\(domain) A", ["status: NOERROR", "CNAME\tround.example.test."]),
                ]
                for row in rows {
                    for _ in 1...2 {
                        let answer = try await dig(row.question, on: node)
                        for text in row.wanted { #expect(answer.contains(text), "\(row.question): \(answer)") }
                        #expect(!answer.contains("192.0.2.66"), "\(row.question): \(answer)")
                    }
                }
                server.stop()
            }
        }

        @Test func `resolv conf is followed while the agent runs, and a dead server costs little`() async throws {
            try await withForwarder { node, server in
                try Self.name("127.0.0.53", on: node)
                try await eventually("no server is a complaint", shows: "127.0.0.53: it is a resolver of this host") {
                    try await node.statusText()
                }
                try await node.logs(["cluster DNS is degraded", "127.0.0.53"], within: .seconds(5))
                // The servers of before are asked on.
                let answer = try await dig("first.example.test", on: node)
                #expect(answer.contains("status: NXDOMAIN"), "\(answer)")
                try Self.name("192.168.77.253", "192.168.77.254", on: node)
                try await eventually("both are asked", shows: "192.168.77.253, 192.168.77.254") {
                    try await node.statusText()
                }
                try await node.logs(["cluster DNS is no longer degraded"], within: .seconds(5))
                for number in 1...10 {
                    let answer = try await dig("number-\(number).example.test", on: node)
                    #expect(answer.contains("status: NXDOMAIN"), "\(answer)")
                }
                // What is remembered outlives the servers; what is not fails before clients give up.
                server.stop()
                let known = try await dig("www.example.test", on: node)
                #expect(known.contains("192.0.2.7"), "\(known)")
                let unknown = try await dig("last.example.test", on: node)
                #expect(unknown.contains("status: SERVFAIL") && unknown.contains("EDE: 2"), "\(unknown)")
                var number = 0
                try await eventually(
                    "status names who is of no use",
                    shows: "name server 192.168.77.254: it",
                    within: .seconds(45)
                ) {
                    number += 1
                    _ = try await dig("more-\(number).example.test", on: node)
                    return try await node.statusText()
                }
            }
        }
    }
}
