import NetworkTypes
import Testing

@testable import Nftables

/// Which rules take connections for port 80 of the host 192.0.2.1: followed from chain `entrance` of one table, without a
/// kernel. What nft and iptables write is read in the tests of the kernel.
@Suite struct TranslationSearchTests {
    /// Chains with their rules, and sets.
    private struct Ruleset: RuleSource {
        var chains: [String: [Rule]] = [:]
        var sets: [String: [SetElement]] = [:]

        func rules(ofChain chain: String, in _: Table) throws(NftablesError) -> [Rule] { chains[chain] ?? [] }
        func elements(ofSet name: String, in _: Table) throws(NftablesError) -> [SetElement]? { sets[name] }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let chains: [String: [Rule]]
        var elements: [SetElement] = []
        /// `CHAIN COMMENT`
        let found: [String]
    }

    private static let port = PayloadField(.transport, offset: 2, length: 2)
    private static let destination = PayloadField(.network, offset: 16, length: 4)

    private static func rule(_ expressions: Expression..., comment: String? = nil) -> Rule {
        Rule(expressions: expressions, comment: comment)
    }

    /// What a rule begins with that is for a port.
    private static func on(_ number: UInt8, _ expressions: Expression..., comment: String? = nil) -> Rule {
        let match: [Expression] = [.payload(port, into: .first), .compare(.first, .equal, [0, number])]
        return Rule(expressions: match + expressions, comment: comment)
    }

    private static let redirect = Expression.redirect(port: nil, [])
    private static let map: [Expression] = [
        .payload(port, into: .first), .lookup(set: "map", key: .first, into: .verdict, isNegated: false),
    ]

    static let rows: [Row] = [
        Row(testDescription: "no rule", chains: [:], found: []),
        Row(testDescription: "all connections", chains: ["entrance": [rule(redirect)]], found: ["entrance "]),
        Row(
            testDescription: "the port, with a comment",
            chains: ["entrance": [on(80, redirect, comment: "web")]],
            found: ["entrance web"]
        ),
        Row(testDescription: "another port", chains: ["entrance": [on(81, redirect)]], found: []),
        Row(
            testDescription: "another address",
            chains: [
                "entrance": [
                    rule(.payload(destination, into: .first), .compare(.first, .equal, [192, 0, 2, 2]), redirect)
                ]
            ],
            found: []
        ),
        Row(
            testDescription: "what cannot be told may be",
            chains: ["entrance": [rule(.unknown("socket"), redirect)]],
            found: ["entrance "]
        ),
        Row(
            testDescription: "behind what lets it pass for certain",
            chains: ["entrance": [on(80, .verdict(.accept)), on(80, redirect)]],
            found: []
        ),
        Row(
            testDescription: "behind what perhaps lets it pass",
            chains: ["entrance": [on(80, .unknown("socket"), .verdict(.accept)), on(80, redirect)]],
            found: ["entrance "]
        ),
        Row(
            testDescription: "a chain that is jumped to has the comment of the jump",
            chains: [
                "entrance": [rule(.verdict(.jump("a")), comment: "pod"), on(80, redirect, comment: "late")],
                "a": [on(80, redirect)],
            ],
            found: ["a pod"]
        ),
        Row(
            testDescription: "a chain that returns goes on behind the jump",
            chains: [
                "entrance": [rule(.verdict(.jump("a"))), on(80, redirect)],
                "a": [rule(.verdict(.return)), on(80, redirect)],
            ],
            found: ["entrance "]
        ),
        Row(
            testDescription: "a chain that is gone to does not",
            chains: ["entrance": [rule(.verdict(.goto("a"))), on(80, redirect)], "a": [on(81, redirect)]],
            found: []
        ),
        Row(
            testDescription: "chains that lead to each other end",
            chains: ["entrance": [rule(.verdict(.jump("a")))], "a": [rule(.verdict(.jump("entrance")))]],
            found: []
        ),
        Row(
            testDescription: "a verdict map that has the port",
            chains: ["entrance": [Rule(expressions: map)], "a": [rule(redirect)], "b": [rule(redirect)]],
            elements: [
                SetElement(key: [0, 80], value: .verdict(.goto("a")), comment: "shop/web"),
                SetElement(key: [0, 81], value: .verdict(.goto("b"))),
            ],
            found: ["a shop/web"]
        ),
    ]

    @Test("what takes a port is found", arguments: rows)
    func search(_ row: Row) throws {
        let host = try IPAddress(parsing: "192.0.2.1")
        let source = Ruleset(chains: row.chains, sets: ["map": row.elements])
        var search = TranslationSearch(source, Table("other"), SoughtPacket(port: 80, addresses: [host]))
        try search.follow("entrance")
        #expect(search.found.map { "\($0.chain) \($0.comment ?? "")" } == row.found)
    }
}
