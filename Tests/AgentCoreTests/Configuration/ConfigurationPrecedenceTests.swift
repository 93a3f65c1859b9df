import AgentCore
import Logging
import Testing

/// Which of several given values holds, and k3s's rules for merging files.
struct ConfigurationPrecedenceTests {
    @Test func `without any value everything has its default`() throws {
        let configuration = try ConfigurationFolder().load()
        #expect(configuration == AgentConfiguration(node: NodeIdentity(name: "node-1")))
    }

    struct Level: Sendable {
        let file: String
        let variable: String?
        let flags: [String]
        let expected: String
    }

    @Test(arguments: [
        Level(file: "", variable: nil, flags: [], expected: "info"),
        Level(file: "log-level: debug", variable: nil, flags: [], expected: "debug"),
        Level(file: "log-level: debug", variable: "error", flags: [], expected: "error"),
        Level(file: "log-level: debug", variable: "error", flags: ["--log-level", "trace"], expected: "trace"),
        Level(file: "log-level: debug", variable: "", flags: [], expected: "debug"),
        Level(file: "", variable: nil, flags: ["--log-level=trace", "--log-level=warning"], expected: "warning"),
    ])
    func `command line comes before environment, file and default`(_ row: Level) throws {
        let folder = try ConfigurationFolder(["config.yaml": row.file])
        let environment = row.variable.map { ["LINNET_LOG_LEVEL": $0] } ?? [:]
        #expect(try folder.load(row.flags, environment).log.level.rawValue == row.expected)
    }

    struct Classes: Sendable {
        let main: String
        var dropIns: [String: String] = [:]
        var variable: String?
        var flags: [String] = []
        let expected: [String]
    }

    @Test(arguments: [
        Classes(main: "", expected: ["linnet", "traefik"]),
        Classes(main: "ingress-class: a", expected: ["a"]),
        Classes(main: "ingress-class: [a, b]", expected: ["a", "b"]),
        Classes(main: "ingress-class: a,b", expected: ["a", "b"]),
        Classes(main: "ingress-class: a", dropIns: ["1.yaml": "ingress-class: b"], expected: ["b"]),
        Classes(main: "ingress-class: a", dropIns: ["1.yaml": "ingress-class+: b"], expected: ["a", "b"]),
        Classes(main: "ingress-class: a", dropIns: ["1.yml": "ingress-class+: [b, c]"], expected: ["a", "b", "c"]),
        Classes(main: "ingress-class+: a", expected: ["a"]),
        Classes(
            main: "ingress-class: a",
            dropIns: ["20.yaml": "ingress-class+: c", "10.yaml": "ingress-class+: b"],
            expected: ["a", "b", "c"]
        ),
        Classes(
            main: "ingress-class: a",
            dropIns: ["10.yaml": "ingress-class+: b", "20.yaml": "ingress-class: c"],
            expected: ["c"]
        ),
        Classes(main: "ingress-class: a", dropIns: ["1.yaml.bak": "ingress-class: b"], expected: ["a"]),
        Classes(main: "ingress-class: a", flags: ["--ingress-class", "b,c"], expected: ["a", "b", "c"]),
        Classes(main: "ingress-class: a", variable: "b", expected: ["b"]),
        Classes(main: "ingress-class: a", variable: "b", flags: ["--ingress-class=c"], expected: ["b", "c"]),
        Classes(main: "", flags: ["--ingress-class=a", "--ingress-class=b"], expected: ["a", "b"]),
    ])
    func `lists are replaced by later files and extended by plus and by the command line`(_ row: Classes) throws {
        var files = ["config.yaml": row.main]
        for (name, text) in row.dropIns { files["config.yaml.d/\(name)"] = text }
        let environment = row.variable.map { ["LINNET_INGRESS_CLASS": $0] } ?? [:]
        let configuration = try ConfigurationFolder(files).load(row.flags, environment)
        #expect(configuration.ingress.classes == row.expected)
    }

    @Test func `a switch is on by its name alone and off by its value`() throws {
        let folder = try ConfigurationFolder(["config.yaml": "flannel-ipv6-masq: true"])
        #expect(try folder.load().flannel.ipv6Masquerade)
        #expect(try !folder.load(["--flannel-ipv6-masq=false"]).flannel.ipv6Masquerade)
        #expect(try ConfigurationFolder().load(["--flannel-ipv6-masq"]).flannel.ipv6Masquerade)
    }

    @Test func `check-config says where each value comes from`() throws {
        let folder = try ConfigurationFolder(["config.yaml": "# ours\ncluster-domain: example.org\n"])
        let lines = try folder.explanation(["--log-level=error", "--log-level=debug"], ["LINNET_INGRESS_CLASS": "a,b"])
        #expect(lines.contains("cluster-domain: example.org  (\(folder.path)/config.yaml:2)"))
        #expect(lines.filter { $0.hasPrefix("log-level") } == ["log-level: debug  (command line)"])
        #expect(lines.contains("ingress-class: a  (LINNET_INGRESS_CLASS)"))
        #expect(lines.contains("ingress-class: b  (LINNET_INGRESS_CLASS)"))
        #expect(lines.contains("audit-interval: 5m  (default)"))
        #expect(lines.contains("cluster-dns: 10.43.0.10  (default)"))
    }
}
