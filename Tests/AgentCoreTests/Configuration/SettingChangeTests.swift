import Testing

@testable import AgentCore

/// What SIGHUP makes of a setting that is changed in the file, one by one.
@Suite struct SettingChangeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let setting: String
        /// What the file says beside it.
        var base = ""
        /// The setting's value before; nil if the file has none.
        var before: String?
        let after: String
        /// Other settings that follow from it.
        var also: [String] = []
        var effect = SettingChange.Effect.atRestart

        var testDescription: String { setting }

        var texts: [String] { [before, after].map { base + ($0.map { "\(setting): \($0)\n" } ?? "") } }
    }

    private static let etcd = "etcd-endpoints: https://192.0.2.9:2379\n"

    /// A line for every setting that can be changed by an accepted file.
    static let rows = [
        Row(setting: "node-name", before: "node-1", after: "node-2"),
        Row(setting: "node-ip", after: "192.0.2.1"),
        Row(setting: "node-external-ip", after: "198.51.100.1"),
        Row(setting: "manifests", after: "/tmp/other"),
        Row(setting: "etcd-endpoints", after: "http://192.0.2.9:2379", also: ["manifests", "etcd-prefix"]),
        Row(setting: "etcd-prefix", base: etcd, after: "/other"),
        Row(setting: "etcd-cafile", base: etcd, after: "/tmp/ca.pem"),
        Row(
            setting: "etcd-certfile",
            base: etcd + "etcd-keyfile: /tmp/key.pem\n",
            before: "/tmp/one.pem",
            after: "/tmp/two.pem"
        ),
        Row(
            setting: "etcd-keyfile",
            base: etcd + "etcd-certfile: /tmp/certificate.pem\n",
            before: "/tmp/one.pem",
            after: "/tmp/two.pem"
        ),
        Row(setting: "etcd-username", base: etcd + "etcd-password-file: /tmp/word\n", before: "ada", after: "bob"),
        Row(setting: "etcd-password-file", base: etcd + "etcd-username: ada\n", before: "/tmp/one", after: "/tmp/two"),
        Row(setting: "cluster-cidr", after: "10.44.0.0/16"),
        Row(setting: "service-cidr", after: "10.45.0.0/16", also: ["cluster-dns"]),
        Row(setting: "cluster-dns", after: "10.43.0.11"),
        Row(setting: "localip", after: "169.254.20.10"),
        Row(setting: "cluster-domain", after: "example.org"),
        Row(setting: "service-node-port-range", after: "30000-30100"),
        Row(setting: "flannel-backend", after: "host-gw"),
        Row(setting: "flannel-iface", after: "eth1"),
        Row(setting: "flannel-external-ip", base: "node-external-ip: 198.51.100.1\n", after: "true"),
        Row(setting: "flannel-ipv6-masq", after: "true"),
        Row(setting: "disable", after: "coredns"),
        Row(setting: "dns-upstream", after: "tls://192.0.2.1#dns.example", effect: .applied),
        Row(setting: "dns-cafile", after: "/tmp/ca.pem", effect: .applied),
        Row(setting: "resolv-conf", after: "/tmp/resolv.conf", effect: .applied),
        Row(setting: "dns-log", before: "denial", after: "[error, denial]"),
        Row(setting: "ingress-class", after: "linnet", effect: .applied),
        Row(setting: "ingress-status", after: "traefik"),
        Row(setting: "ingress-http-port", after: "8080"),
        Row(setting: "ingress-https-port", after: "8443"),
        Row(setting: "ingress-access-log", after: "clf"),
        Row(setting: "ingress-allow-external-name-services", after: "true"),
        Row(setting: "ingress-prefer-same-node", after: "true"),
        Row(setting: "ingress-merge-slashes", after: "false"),
        Row(setting: "ingress-allow-non-ascii-paths", after: "true"),
        Row(setting: "ingress-forwarded-headers-trusted-ips", after: "192.0.2.0/24"),
        Row(setting: "ingress-proxy-protocol-trusted-ips", after: "192.0.2.1"),
        Row(setting: "persist-secrets", after: "false"),
        Row(setting: "state-dir", after: "/tmp/state"),
        Row(setting: "run-dir", after: "/tmp/run"),
        Row(setting: "subnet-file", after: "/tmp/subnet.env"),
        Row(setting: "cni-conf-dir", after: "/tmp/net.d"),
        Row(setting: "cni-bin-dir", after: "/tmp/bin"),
        Row(setting: "cni-state-dir", after: "/tmp/networks"),
        Row(setting: "metrics-address", after: "127.0.0.1:1"),
        Row(setting: "audit-interval", after: "10s"),
        Row(setting: "log-level", after: "debug", effect: .applied),
        Row(setting: "log-format", after: "json"),
    ]

    @Test(arguments: rows)
    func `a changed setting is named, with what becomes of it`(row: Row) throws {
        let configurations = try row.texts.map { try ConfigurationFolder(["config.yaml": $0]).loadFile() }
        #expect(configurations[0] != configurations[1])
        let changes = configurations[0].changes(to: configurations[1])
        #expect(Set(changes.map(\.setting)) == Set([row.setting] + row.also))
        #expect(changes.first { $0.setting == row.setting }?.effect == row.effect)
        // The other way round they are the same.
        #expect(configurations[1].changes(to: configurations[0]) == changes)
        #expect(configurations[1].changes(to: configurations[1]) == [])
    }

    @Test func `every setting has a line here and a value`() throws {
        // The first cannot be chosen yet; what the file of the second says shows in others.
        let others = ["kubeconfig", "flannel-conf"]
        #expect(Self.rows.map(\.setting).sorted() == Setting.all.map(\.name).filter { !others.contains($0) }.sorted())
        let values = try ConfigurationFolder().load().values
        #expect(values.keys.sorted() == Setting.all.map(\.name).filter { $0 != "flannel-conf" }.sorted())
    }

    @Test func `another text in flannel's file is another network and another backend`() throws {
        let texts = [
            #"{"Network": "10.42.0.0/16", "Backend": {"Type": "vxlan"}}"#,
            #"{"Network": "10.44.0.0/16", "Backend": {"Type": "vxlan", "Port": 4789}}"#,
        ]
        let configurations = try texts.map { text in
            let folder = try ConfigurationFolder(["net-conf.json": text])
            return try folder.load(["--flannel-conf", "\(folder.path)/net-conf.json"])
        }
        #expect(configurations[0].changes(to: configurations[1]).map(\.setting) == ["cluster-cidr", "flannel-backend"])
    }

    @Test func `the family that is named first is a change of its own`() throws {
        let configurations = try ["10.42.0.0/16,fd00:42::/56", "fd00:42::/56,10.42.0.0/16"].map {
            try ConfigurationFolder().load(["--cluster-cidr", $0])
        }
        #expect(configurations[0].changes(to: configurations[1]).map(\.setting) == ["cluster-cidr"])
    }
}
