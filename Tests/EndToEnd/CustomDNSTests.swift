import Foundation
import Testing

extension Nodes {
    /// The ConfigMap coredns-custom: corp.test is asked of dnsmasq on port 5300 of the LAN's address 192.168.77.254.
    @Suite struct CustomDNSTests {
        private static let services = """
            apiVersion: v1
            kind: Service
            metadata: {name: traefik, namespace: kube-system}
            spec: {clusterIPs: [10.43.0.80], ports: [{name: web, port: 80}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: out, namespace: default}
            spec: {type: ExternalName, externalName: db.corp.test}
            """

        private static let overrides = """
            rewrite name app.example.com traefik.kube-system.svc.cluster.local
            rewrite name db.example.com db.corp.test
            rewrite name out.example.com out.default.svc.cluster.local
            template IN A dev.lan {
                answer "{{ .Name }} 60 IN A 10.0.0.9"
            }
            template IN AAAA dev.lan {
                rcode NOERROR
            }
            template IN ANY alias.lan {
                answer "{{ .Name }} 60 IN CNAME traefik.kube-system.svc.cluster.local."
            }
            forward corp.test 192.168.77.254:5300
            """

        private static let server = """
            lan.test {
                hosts {
                    192.0.2.33 printer.lan.test
                    fallthrough
                }
                forward . 192.168.77.254:5300
            }
            """

        private static func write(_ keys: [String: String], to cluster: Cluster) throws {
            var text =
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns-custom, namespace: kube-system}\n"
            text += keys.isEmpty ? "data: {}\n" : "data:\n"
            for (key, value) in keys.sorted(by: { $0.key < $1.key }) {
                text += "  \(key): |\n"
                for line in value.split(separator: "\n") { text += "    \(line)\n" }
            }
            try cluster.write(text, to: "custom.yaml")
        }

        /// Code and answers, as dig has them.
        private func dig(_ question: String, on node: Node) async throws -> String {
            let words = ["ip", "netns", "exec", node.namespace, "dig", "@10.43.0.10", "+tries=1", "+time=6"]
            let output = try await Tool.run(words + question.split(separator: " ").map(String.init)).output
            let code = output.firstMatch(of: #/status: (\w+)/#).map { String($0.1) } ?? "silence"
            let records = output.split(separator: "\n").filter { !$0.hasPrefix(";") }
                .map { $0.split(whereSeparator: \.isWhitespace) }.filter { $0.count > 4 && $0[2] == "IN" }
            let answers = records.map { "\($0[0]) \($0[3]) \($0[4])" }
            return ([code] + answers).joined(separator: " ")
        }

        private func withServer(_ body: (Cluster, Node) async throws -> Void) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let server = try Monitor(
                    [
                        "dnsmasq", "--no-daemon", "--no-resolv", "--no-hosts", "--bind-interfaces", "--port=5300",
                        "--listen-address=192.168.77.254", "--local-ttl=60", "--local=/test/",
                        "--host-record=db.corp.test,192.0.2.8", "--host-record=x.lan.test,192.0.2.9",
                    ],
                    in: cluster.lanNamespace,
                    on: node
                )
                try cluster.write(Self.services, to: "services.yaml")
                try Data("nameserver 192.168.77.253\n".utf8).write(to: node.home.appendingPathComponent("resolv.conf"))
                try Self.write(["a.override": Self.overrides, "b.server": Self.server], to: cluster)
                _ = try await cluster.start(node, ["--resolv-conf", "\(node.home.path)/resolv.conf"])
                try await eventually("the rules are followed", shows: "10.43.0.80") {
                    try await dig("app.example.com", on: node)
                }
                try await body(cluster, node)
                server.stop()
            }
        }

        @Test func `names are rewritten, made up, and asked of servers of their own`() async throws {
            try await withServer { _, node in
                let rows: [(question: String, answer: String)] = [
                    ("app.example.com A", "NOERROR app.example.com. A 10.43.0.80"),
                    ("App.Example.com A +tcp", "NOERROR App.Example.com. A 10.43.0.80"),
                    ("db.example.com A", "NOERROR db.example.com. A 192.0.2.8"),
                    ("db.example.com A +tcp +noedns", "NOERROR db.example.com. A 192.0.2.8"),
                    ("out.example.com A", "NOERROR out.example.com. CNAME db.corp.test. db.corp.test. A 192.0.2.8"),
                    (
                        "out.default.svc.cluster.local A",
                        "NOERROR out.default.svc.cluster.local. CNAME db.corp.test. db.corp.test. A 192.0.2.8"
                    ),
                    ("any.dev.lan A", "NOERROR any.dev.lan. A 10.0.0.9"),
                    ("any.dev.lan AAAA", "NOERROR"),
                    (
                        "x.alias.lan A",
                        "NOERROR x.alias.lan. CNAME traefik.kube-system.svc.cluster.local."
                            + " traefik.kube-system.svc.cluster.local. A 10.43.0.80"
                    ),
                    ("db.corp.test A", "NOERROR db.corp.test. A 192.0.2.8"),
                    ("db.corp.test A", "NOERROR db.corp.test. A 192.0.2.8"),
                    ("none.corp.test A", "NXDOMAIN"),
                    ("db.corp.test A +norecurse", "REFUSED"),
                    ("printer.lan.test A", "NOERROR printer.lan.test. A 192.0.2.33"),
                    ("x.lan.test A", "NOERROR x.lan.test. A 192.0.2.9"),
                    (
                        "traefik.kube-system.svc.cluster.local A",
                        "NOERROR traefik.kube-system.svc.cluster.local. A 10.43.0.80"
                    ),
                ]
                for row in rows {
                    let answer = try await dig(row.question, on: node)
                    #expect(answer == row.answer, "\(row.question)")
                }
            }
        }

        @Test func `the example of the manual does what the manual says`() async throws {
            let manual = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("Sources/ClusterDNS/README.md")
            let text = try String(contentsOf: manual, encoding: .utf8)
            let example = try #require(text.firstMatch(of: #/```yaml\n(apiVersion: v1\nkind: ConfigMap\n[^`]*)```/#)).1
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(Self.services, to: "services.yaml")
                try cluster.write(String(example), to: "custom.yaml")
                _ = try await cluster.start(node)
                try await eventually("the rules are followed", shows: "NOERROR app.example.com. A 10.43.0.80") {
                    try await dig("app.example.com", on: node)
                }
                let rows: [(question: String, answer: String)] = [
                    ("any.dev.lan A", "NOERROR any.dev.lan. A 192.168.1.240"), ("any.dev.lan AAAA", "NOERROR"),
                    ("router.home.example A", "NOERROR router.home.example. A 192.168.1.1"),
                    ("printer.home.example A", "NOERROR printer.home.example. A 192.168.1.33"),
                    ("x.apps.home.example A", "NOERROR x.apps.home.example. A 192.168.1.33"),
                    ("-x 192.168.1.33", "NOERROR 33.1.168.192.in-addr.arpa. PTR printer.home.example."),
                ]
                for row in rows {
                    let answer = try await dig(row.question, on: node)
                    #expect(answer == row.answer, "\(row.question)")
                }
                let status = try await node.statusText()
                #expect(!status.contains("coredns-custom"), "\(status)")
            }
        }

        @Test func `changes are followed at once, and a fault is named and changes nothing`() async throws {
            try await withServer { cluster, node in
                try Self.write(["a.override": Self.overrides.replacing("10.0.0.9", with: "10.0.0.10")], to: cluster)
                try await eventually("the change is followed", shows: "NOERROR x.dev.lan. A 10.0.0.10") {
                    try await dig("x.dev.lan A", on: node)
                }
                let gone = try await dig("printer.lan.test A", on: node)
                #expect(gone != "NOERROR printer.lan.test. A 192.0.2.33")
                let broken = Self.overrides.replacing("10.0.0.9", with: "10.0.0.11") + "\nfroward . 192.0.2.1"
                try Self.write(
                    ["a.override": broken, "c.override": "rewrite name c.test traefik.kube-system.svc.cluster.local"],
                    to: cluster
                )
                try await eventually(
                    "the fault is named",
                    shows: "a.override line 14: froward: CoreDNS has no directive"
                ) {
                    try await node.statusText()
                }
                // The key as it was before, and what other keys say now.
                let kept = try await dig("x.dev.lan A", on: node)
                #expect(kept == "NOERROR x.dev.lan. A 10.0.0.10")
                let other = try await dig("c.test A", on: node)
                #expect(other == "NOERROR c.test. A 10.43.0.80")
                try Self.write([:], to: cluster)
                try await eventually("nothing is left of it", shows: "other names from 192.168.77.253") {
                    try await node.statusText()
                }
                let usual = try await dig("x.dev.lan A", on: node)
                #expect(usual != "NOERROR x.dev.lan. A 10.0.0.10")
            }
        }
    }
}
