import NetworkTypes
import Nftables
import Testing

/// A rule and the words nft has for it. Pods are in 10.42.0.0/16 and fd00:42::/56.
struct RuleRow: Sendable, CustomTestStringConvertible {
    let rule: Rule
    let text: String
    var testDescription: String { text }

    init(_ text: String, _ clauses: Clause..., comment: String? = nil) {
        rule = Rule(clauses, comment: comment)
        self.text = text
    }

    static let pods = prefix("10.42.0.0/16")

    static func prefix(_ text: String) -> IPPrefix {
        do { return try IPPrefix(parsing: text) } catch { fatalError("\(error)") }
    }

    static let rows = [
        RuleRow("meta nfproto ipv4 ip saddr 10.42.0.0/16 accept", .source(in: pods), .accept),
        RuleRow("meta nfproto ipv4 ip saddr != 10.42.0.0/16 drop", .source(notIn: pods), .drop),
        RuleRow("meta nfproto ipv4 ip daddr 10.42.16.0/20", .destination(in: prefix("10.42.16.0/20"))),
        RuleRow("meta nfproto ipv4 ip daddr 10.43.0.10", .match(.ip4(.destination), in: prefix("10.43.0.10/32"))),
        RuleRow("meta nfproto ipv4 accept", .source(in: prefix("0.0.0.0/0")), .accept),
        RuleRow("meta nfproto ipv4 ip saddr != 0.0.0.0/0", .source(notIn: prefix("0.0.0.0/0"))),
        RuleRow("meta nfproto ipv6 ip6 daddr != ff00::/8", .destination(notIn: prefix("ff00::/8"))),
        RuleRow("meta nfproto ipv6 ip6 saddr fd00:42::/52", .source(in: prefix("fd00:42::/52"))),
        RuleRow(
            "meta nfproto ipv4 ip saddr 10.42.0.0/16 ip daddr 10.42.0.0/16 return",
            .source(in: pods),
            .destination(in: pods),
            .return
        ),
        RuleRow("meta l4proto udp udp dport 8472 return", .udpDestinationPort(8472), .return),
        RuleRow(
            "meta oifname \"eth0\" meta iifname != \"cni0\"",
            .outputInterface("eth0"),
            .inputInterface(not: "cni0")
        ),
        RuleRow("meta mark & 0x4000 == 0x4000 return", .mark(0x4000), .return),
        RuleRow("meta mark set meta mark & 0xffffbfff", .clearMark(0x4000)),
        RuleRow("meta mark set meta mark ^ 0x4000", .toggleMark(0x4000)),
        RuleRow("ct state established,related accept", .conntrackState([.established, .related]), .accept),
        RuleRow("ct status dnat", .destinationTranslated),
        RuleRow("fib daddr type local jump host", .isLocal(.destination), .jump("host")),
        RuleRow("counter masquerade fully-random comment \"x\"", .counter, .masquerade(), comment: "x"),
        RuleRow("meta nfproto ipv4 ip saddr != @peers drop", .matchSet(.ip4(.source), notIn: "peers"), .drop),
        RuleRow(
            "meta nfproto ipv4 ip daddr . meta l4proto . th dport vmap @services",
            .verdictMap(.ip4(.destination), .l4proto, .port(.destination), in: "services")
        ),
        RuleRow(
            "meta nfproto ipv4 dnat ip addr . port to ip daddr . numgen random mod 2 map @endpoints",
            .destinationNAT(
                .ipv4,
                by: .ip4(.destination),
                .numgen(NumberGenerator(.random, modulus: 2)),
                in: "endpoints"
            )
        ),
        RuleRow(
            "meta nfproto ipv4 update @recent { ip saddr timeout 9s }",
            .insert(.ip4(.source), into: "recent", timeoutSeconds: 9)
        ),
        RuleRow("limit rate 5/second burst 5 packets reject", .limit(RateLimit(packets: 5)), .reject()),
        RuleRow("meta l4proto tcp reject with tcp reset", .reject(.tcpReset)),
    ]
}

@Suite struct RuleTests {
    @Test(arguments: RuleRow.rows)
    func `a rule reads as nft writes it`(_ row: RuleRow) {
        #expect(row.rule.description == row.text)
    }

    @Test func `a concatenation is loaded into consecutive words, and the family is tested once`() {
        let rule = Rule(
            .source(in: RuleRow.pods),
            .destinationNAT(.ipv4, by: .ip4(.destination), .l4proto, .port(.destination), in: "endpoints")
        )
        // What nft 1.0.6 --debug=netlink prints for the same rule.
        #expect(
            rule.expressions == [
                .meta(.networkProtocol, into: .first),
                .compare(.first, .equal, [2]),
                .payload(PayloadField(.network, offset: 12, length: 2), into: .first),
                .compare(.first, .equal, [10, 42]),
                .payload(PayloadField(.network, offset: 16, length: 4), into: .first),
                .meta(.transportProtocol, into: Register(rawValue: 9)),
                .payload(PayloadField(.transport, offset: 2, length: 2), into: Register(rawValue: 10)),
                .lookup(set: "endpoints", key: .first, into: .first, isNegated: false),
                .nat(NetworkTranslation(.destination, family: .ipv4, address: .first, port: Register(rawValue: 9))),
            ]
        )
    }

    @Test(arguments: [(0, 1), (1, 9), (2, 10), (3, 11), (4, 2), (5, 13), (8, 3), (15, 23)])
    func `a word of the registers has the number that the kernel reports`(_ word: Int, _ number: UInt32) {
        #expect(Register.word(word).rawValue == number)
    }

    @Test func `an interface's name fills sixteen bytes and keeps its NUL however long it is`() {
        #expect(FieldValue.interface("cni0").bytes == Array("cni0".utf8) + Array(repeating: 0, count: 12))
        #expect(FieldValue.interface("a-name-that-is-far-too-long").bytes.count == 16)
        #expect(FieldValue.interface("a-name-that-is-far-too-long").bytes.last == 0)
    }
}
