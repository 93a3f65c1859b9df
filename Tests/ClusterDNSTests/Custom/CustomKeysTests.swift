import ClusterFixtures
import DNSWire
import NetworkTypes
import SeededNumbers
import Testing

@testable import ClusterDNS

/// What is said of the keys of a ConfigMap. Cluster DNS answers on 10.43.0.10.
@Suite struct CustomKeysTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let key: String
        let weight: CustomComplaint.Weight
        let line: Int
        let parts: [String]

        init(
            _ text: String,
            _ weight: CustomComplaint.Weight,
            in key: String = "x.override",
            line: Int = 1,
            _ parts: String...
        ) {
            testDescription = text
            self.key = key
            self.weight = weight
            self.line = line
            self.parts = parts
        }
    }

    static let rows: [Row] = [
        Row("loadbalance", .effectless, "loadbalance", "no effect"),
        Row("reload 30s", .effectless, "reload", "no effect"),
        Row("cache 30", .fault, "cache", "k3s's own block has it"),
        Row("hosts {\n 10.0.0.1 a\n}", .fault, "hosts", "NodeHosts", "*.server"),
        Row("errors", .fault, "errors", "take it out"),
        Row("autopath @kubernetes", .unsupported, "autopath", "not supported"),
        Row("acl {\n block\n}", .unsupported, "acl"),
        Row("log\nfroward . 1.1.1.1", .fault, line: 2, "froward", "no directive of this name"),
        Row("forward corp.test", .fault, "forward", "zone and servers"),
        Row("forward corp.test 10.0.0.300", .fault, "forward", "10.0.0.300"),
        Row("forward a..b 10.0.0.1", .fault, "forward", "'a..b' is not a zone"),
        Row("forward . 10.0.0.1 {\n policy best\n}", .fault, line: 2, "policy is random"),
        Row("forward . 10.0.0.1 {\n speed 9\n}", .fault, line: 2, "'speed' is none of its options"),
        Row("forward . 10.0.0.1 {\n max_fails 3\n}", .effectless, line: 2, "max_fails has no effect"),
        Row("forward . 10.0.0.1 {\n next NXDOMAIN\n}", .unsupported, line: 2, "next is not supported"),
        Row("forward . 10.43.0.10", .unsupported, "10.43.0.10 is this server itself"),
        Row("forward . https://1.1.1.1", .unsupported, "DNS over HTTPS"),
        Row("forward . /etc/other.conf", .unsupported, "only /etc/resolv.conf"),
        Row("rewrite name a.test", .fault, "rewrite", "FROM and TO"),
        Row("rewrite name fuzzy a b", .fault, "'fuzzy' is no kind of name"),
        Row("rewrite name regex ( b", .fault, "'(' is no regular expression", "parenthesis"),
        Row("rewrite name regex a {1}", .fault, "more groups"),
        Row("rewrite name a b c", .fault, "'a' is no kind"),
        Row("rewrite name exact a b c", .fault, "one argument too many"),
        Row("rewrite name suffix a b answer auto answer name a b", .fault, "exclude each other"),
        Row("rewrite ttl exact a 30", .unsupported, "only names are rewritten"),
        Row("rewrite nothing a b", .fault, "'nothing' is nothing that CoreDNS rewrites"),
        Row("template IN", .fault, "class and a type"),
        Row("template IN SPAM", .fault, "'SPAM' is no type"),
        Row("template IN A {\n match [\n}", .fault, line: 2, "'[' is no regular expression"),
        Row("template IN A {\n answer \"a 60 IN A x\"\n}", .fault, "is no record", "'x' is no address"),
        Row("template IN A {\n match a\n answer \"a 60 IN A {{ .Group.b }}\"\n}", .fault, "group 'b'"),
        Row("template IN A {\n answer \"{{ .Meta \\\"x\\\" }}\"\n}", .unsupported, line: 2, ".Meta"),
        Row("template IN A {\n expr true\n}", .unsupported, line: 2, "expr is not supported"),
        Row("template IN A {\n rcode BAD\n}", .fault, line: 2, "rcode needs a code"),
        Row("log . \"{remote}\"", .effectless, "its format has no effect"),
        Row("log {\n class some\n}", .fault, line: 2, "'some' is no class"),
        Row("a.test {\n hosts other.hosts\n}", .unsupported, in: "x.server", line: 2, "there is no other.hosts"),
        Row("a.test {\n hosts {\n 10.0.0.x a\n }\n}", .unsupported, in: "x.server", line: 3, "no address with names"),
        Row(
            "a.test {\n hosts {\n fallthrough\n 10.0.0.1 a\n }\n}",
            .fault,
            in: "x.server",
            line: 4,
            "before fallthrough"
        ),
        Row("a.test {\n hosts {\n ttl x\n }\n}", .fault, in: "x.server", line: 3, "ttl needs a number"),
        Row("a.test {\n cache 30\n}", .effectless, in: "x.server", line: 2, "no effect"),
        Row("a.test {\n errors\n errors\n}", .fault, in: "x.server", line: 3, "takes one in a block"),
        Row("a.test {\n file zone.db\n}", .unsupported, in: "x.server", line: 2, "file", "not supported"),
        Row("a.test:5353 {\n log\n}", .unsupported, in: "x.server", "port 53"),
        Row("tls://a.test {\n log\n}", .unsupported, in: "x.server", "leave scheme and port out"),
        Row(". {\n log\n}", .fault, in: "x.server", "served by another block"),
        Row("a.test {\n log\n}\na.test {\n log\n}", .fault, in: "x.server", "served by another block"),
    ]

    @Test(arguments: rows) func `what is not done as it says is said`(row: Row) throws {
        var keys = CustomKeys(own: [address("10.43.0.10")])
        let isNew = keys.take([row.key: row.testDescription], nodeHosts: "")
        #expect(isNew)
        let complaint = try #require(keys.complaints.first)
        #expect(keys.complaints.count == 1, "\(keys.complaints)")
        #expect(complaint.weight == row.weight)
        #expect(complaint.line == row.line)
        #expect(complaint.key == row.key)
        for part in row.parts { #expect("\(complaint)".contains(part), "\(complaint)") }
    }

    @Test func `other keys are files`() {
        var keys = CustomKeys(own: [])
        _ = keys.take(
            [
                "notes.txt": "}{", "a.server": "a.test {\n hosts /etc/coredns/custom/h {\n fallthrough\n }\n}",
                "h": "10.0.0.1 x.a.test",
            ],
            nodeHosts: ""
        )
        #expect(keys.complaints.isEmpty)
        #expect(keys.configuration.servers.first?.hosts?.addresses(of: name("x.a.test."))?.count == 1)
    }

    @Test func `a key with a fault keeps what it said before, others go on`() {
        var keys = CustomKeys(own: [])
        _ = keys.take(
            ["a.override": "forward a.test 10.0.0.1", "b.override": "forward b.test 10.0.0.1"],
            nodeHosts: ""
        )
        _ = keys.take(
            ["a.override": "forward a.test 10.0.0.2\nbad", "b.override": "forward b.test 10.0.0.3"],
            nodeHosts: ""
        )
        #expect(keys.configuration.main.forwards.map(Self.text) == ["a.test. 10.0.0.1", "b.test. 10.0.0.3"])
        #expect(keys.keptKeys == ["a.override"])
        _ = keys.take(["a.override": "forward a.test 10.0.0.2"], nodeHosts: "")
        #expect(keys.configuration.main.forwards.map(Self.text) == ["a.test. 10.0.0.2"])
        #expect(keys.complaints.isEmpty && keys.keptKeys.isEmpty)
    }

    @Test func `a key that never was without a fault counts as far as it is understood`() {
        var keys = CustomKeys(own: [])
        _ = keys.take(["a.override": "forward a.test 10.0.0.1\nbad\nforward b.test 10.0.0.2"], nodeHosts: "")
        #expect(keys.configuration.main.forwards.map(Self.text) == ["a.test. 10.0.0.1", "b.test. 10.0.0.2"])
        _ = keys.take([:], nodeHosts: "")
        #expect(keys.configuration.isEmpty && keys.complaints.isEmpty)
    }

    @Test func `the same keys are read once`() {
        var keys = CustomKeys(own: [])
        let news = (1...3).map { keys.take(["a.override": "log"], nodeHosts: $0 == 3 ? "10.0.0.1 a" : "") }
        #expect(news == [true, false, false])
    }

    static let upstreams: [(text: String, upstream: String)] = [
        ("10.0.0.1:5300", "10.0.0.1:5300"), ("dns://10.0.0.1:5300", "10.0.0.1:5300"),
        ("127.0.0.1:5335", "127.0.0.1:5335"), ("[fd00::1]:5300", "[fd00::1]:5300"),
        ("tls://9.9.9.9%dns.quad9.net", "tls://9.9.9.9#dns.quad9.net"),
        ("tls://[2620:fe::fe%dns.quad9.net]:8853", "tls://[2620:fe::fe]:8853#dns.quad9.net"),
    ]

    @Test(arguments: upstreams) func `servers are those of the directive`(_ row: (text: String, upstream: String)) {
        var keys = CustomKeys(own: [])
        _ = keys.take(["a.override": "forward . \(row.text)"], nodeHosts: "")
        #expect(keys.configuration.main.forwards.map(Self.text) == [". \(row.upstream)"], "\(keys.complaints)")
    }

    @Test func `options of forward are honoured`() throws {
        var keys = CustomKeys(own: [])
        let text = """
            forward . tls://9.9.9.9 10.0.0.1 {
                tls_servername dns.quad9.net
                except corp.test 10.0.0.0/8
                policy sequential
                force_tcp
                max_concurrent 50
            }
            forward rest.test /etc/resolv.conf
            """
        _ = keys.take(["a.override": text], nodeHosts: "")
        #expect(keys.complaints.isEmpty, "\(keys.complaints)")
        let rule = try #require(keys.configuration.main.forwards.first)
        #expect(Self.text(rule) == ". tls://9.9.9.9#dns.quad9.net 10.0.0.1")
        #expect(rule.policy == .sequential && rule.usesStreams && rule.mostQuestions == 50)
        #expect(rule.covers(name("www.test.")) && !rule.covers(name("x.corp.test.")))
        #expect(!rule.covers(name("1.0.0.10.in-addr.arpa.")))
        #expect(keys.configuration.main.forwards.last?.servers == .standard)
    }

    /// Words of Corefiles at random, which are read or refused; the rest of DNS goes on whatever they say.
    @Test func `random text never traps`() {
        var numbers = SeededNumbers(seed: 8)
        let words = [
            "rewrite", "name", "template", "IN", "A", "ANY", "hosts", "forward", "log", "import", "kubernetes",
            "answer",
            "match", "rcode", "NXDOMAIN", "fallthrough", "{", "}", "\n", "\n", "\n", ".", "a.test", "*.a.test",
            "10.0.0.1",
            "10.0.0.0/9", "fd00::1", "tls://9.9.9.9%x", "tls://[::1%]:1", "regex", "suffix", "substring", "auto",
            "value",
            "(.*)", "{1}", "\"{{ .Name }} A 10.0.0.1\"", "\"", "#", "(s)", "s", "a.server", "ttl", "0", "-1", ":53",
            "://",
            "{{", "é", "\\", "policy", "except", "continue", "errors", "ederror",
        ]
        for _ in 0..<3_000 {
            var keys = CustomKeys(own: [address("10.0.0.1")])
            let data = ["a.override", "a.server", "s"].map { key in
                let count = Int.random(in: 0...24, using: &numbers)
                return (key, (0..<count).map { _ in words.randomElement(using: &numbers)! }.joined(separator: " "))
            }
            _ = keys.take(Dictionary(uniqueKeysWithValues: data), nodeHosts: "10.0.0.1 a.test")
            for asked in [".", "a.test.", "x.a.test.", "1.0.0.10.in-addr.arpa."] {
                _ = keys.configuration.verdict(on: name(asked), .a)
                _ = keys.configuration.verdict(on: name(asked), .ptr)
            }
        }
    }

    private static func text(_ rule: ForwardRule) -> String {
        guard case .own(let upstreams) = rule.servers else { return "\(rule.zones[0]) standard" }
        return ([rule.zones[0].description] + upstreams.map(\.description)).joined(separator: " ")
    }
}
