import Foundation
import Testing

extension Nodes {
    /// Bad input ends with the documented exit code and a message that names what and where.
    @Suite struct BadInputTests {
        struct Row: Sendable, CustomTestStringConvertible {
            let what: String
            var arguments: [String] = []
            var file: String?
            var environment: [String: String] = [:]
            let status: Int32
            /// Texts that the message contains.
            let names: [String]

            var testDescription: String { what }
        }

        static let rows: [Row] = [
            Row(
                what: "a misspelt flag",
                arguments: ["--flannel-bakend", "vxlan"],
                status: 64,
                names: ["--flannel-backend"]
            ),
            Row(
                what: "an unknown backend",
                arguments: ["--flannel-backend", "udp"],
                status: 64,
                names: ["udp", "vxlan", "host-gw", "wireguard-native", "none"]
            ),
            Row(what: "ipsec", arguments: ["--flannel-backend", "ipsec"], status: 78, names: ["ipsec"]),
            Row(
                what: "WireGuard",
                arguments: ["--flannel-backend", "wireguard-native"],
                status: 78,
                names: ["wireguard-native"]
            ),
            Row(what: "IPsec", arguments: ["--flannel-backend", "ipsec"], status: 78, names: ["ipsec"]),
            Row(
                what: "a malformed prefix",
                arguments: ["--cluster-cidr", "10.42.0.0/33"],
                status: 64,
                names: ["10.42.0.0/33"]
            ),
            Row(
                what: "overlapping cluster and service networks",
                arguments: ["--service-cidr", "10.42.128.0/17"],
                status: 78,
                names: ["10.42.128.0/17", "10.42.0.0/16"]
            ),
            Row(
                what: "an unknown capability",
                arguments: ["--disable", "corends"],
                status: 64,
                names: ["corends", "coredns"]
            ),
            Row(what: "a bad node name", arguments: ["--node-name", "bad_name"], status: 64, names: ["bad_name"]),
            Row(
                what: "an unknown key in the file",
                file: "flannel-backnd: vxlan\n",
                status: 78,
                names: ["flannel-backnd", "flannel-backend", "config.yaml"]
            ),
            Row(
                what: "a bad value in the file",
                file: "audit-interval: soon\n",
                status: 78,
                names: ["audit-interval", "soon", "config.yaml"]
            ),
            Row(what: "a file that is no YAML", file: "a: [\n", status: 78, names: ["config.yaml"]),
            Row(
                what: "a bad value in the environment",
                environment: ["LINNET_AUDIT_INTERVAL": "soon"],
                status: 78,
                names: ["LINNET_AUDIT_INTERVAL", "soon"]
            ),
        ]

        @Test(arguments: rows)
        func `bad configuration is refused by name`(row: Row) async throws {
            let home = try TemporaryFolder()
            defer { home.remove() }
            let file = home.url.appendingPathComponent("config.yaml")
            try Data((row.file ?? "").utf8).write(to: file)
            let result = try await Tool.run(
                [Programs.linnet, "check-config", "--config", file.path] + row.arguments,
                environment: row.environment
            )
            #expect(result.status == row.status, "\(result)")
            for name in row.names { #expect(result.errors.contains(name), "\(name) in \(result)") }
        }

        static let sources: [Row] = [
            Row(what: "Kubernetes", arguments: ["--kubeconfig", "/etc/kubeconfig"], status: 78, names: ["kubeconfig"]),
            Row(
                what: "half an account of etcd",
                arguments: ["--etcd-endpoints", "http://127.0.0.1:2379", "--etcd-username", "linnet"],
                status: 78,
                names: ["etcd-username", "etcd-password-file"]
            ),
            Row(
                what: "two sources",
                arguments: ["--manifests", "/tmp", "--etcd-endpoints", "http://127.0.0.1:2379"],
                status: 78,
                names: ["manifests", "etcd-endpoints"]
            ),
        ]

        @Test(arguments: sources)
        func `a source that cannot be had is refused by name`(row: Row) async throws {
            let result = try await Tool.run([Programs.linnet, "check-config", "--config", "/dev/null"] + row.arguments)
            #expect(result.status == row.status, "\(result)")
            for name in row.names { #expect(result.errors.contains(name), "\(name) in \(result)") }
        }

        @Test func `the examples are accepted`() async throws {
            let example = Programs.repository.appendingPathComponent("Docs/examples/two-nodes")
            let result = try await Tool.run([
                Programs.linnet, "check-config", "--node-name", "north",
                "--config", example.appendingPathComponent("config.yaml").path,
                "--manifests", example.appendingPathComponent("manifests").path,
            ])
            #expect(result.succeeded, "\(result)")
            let etcd = Programs.repository.appendingPathComponent("Docs/examples/etcd/config.yaml")
            let other = try await Tool.run([
                Programs.linnet, "check-config", "--node-name", "north", "--config", etcd.path,
            ])
            #expect(other.succeeded, "\(other)")
        }

        @Test func `an agent without the privilege ends with 69 and names it`() async throws {
            try await Cluster.with([.north]) { _, nodes in
                let result = try await Tool.run(
                    [
                        "ip", "netns", "exec", nodes[0].namespace, "setpriv", "--inh-caps=-all", "--bounding-set=-all",
                        Programs.linnet, "run",
                    ] + nodes[0].flags
                )
                #expect(result.status == 69, "\(result)")
                #expect(result.description.contains("CAP_NET_ADMIN"), "\(result)")
            }
        }

        @Test func `a foreign VXLAN on the tunnel's port is named and left alone`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try await nodes[0].run(
                    "ip",
                    "link",
                    "add",
                    "vxlan.calico",
                    "type",
                    "vxlan",
                    "id",
                    "1",
                    "local",
                    "192.168.77.1",
                    "dev",
                    "eth0",
                    "dstport",
                    "8472"
                )
                try await nodes[0].run("ip", "link", "set", "vxlan.calico", "up")
                let agent = try cluster.launch(nodes[0])
                try await eventually("the other link is named", shows: "vxlan.calico") { nodes[0].logText }
                #expect(agent.exitStatus == nil)
                #expect(try await nodes[0].holds("ip link show dev vxlan.calico"))
                try await nodes[0].run("ip", "link", "delete", "vxlan.calico")
                try await eventually("the overlay follows", shows: "10.42.1.0/32", within: .seconds(75)) {
                    try await nodes[0].text("ip address show dev flannel.1")
                }
            }
        }
    }
}
