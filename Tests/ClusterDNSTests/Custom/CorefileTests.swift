import DNSWire
import Testing

@testable import ClusterDNS

/// How Corefiles are cut into words, directives and blocks.
@Suite struct CorefileTests {
    static let words: [(text: String, words: [String])] = [
        ("", []),
        ("forward . 1.1.1.1", ["1:forward", "1:.", "1:1.1.1.1"]),
        ("a b # c\nd", ["1:a", "1:b", "2:d"]),
        ("a#b c\nd", ["1:a", "2:d"]),
        ("a \"b # c\" d", ["1:a", "1:\"b # c", "1:d"]),
        (#"a "say \"b\" \d""#, ["1:a", #"1:"say "b" \d"#]),
        ("a \"b\nc\" d\ne", ["1:a", "1:\"b\nc", "2:d", "3:e"]),
        ("a\"b\"", ["1:a\"b\""]),
        ("\u{feff}a\r\nb", ["1:a", "2:b"]),
    ]

    @Test(arguments: words) func `words end at white space or a quotation mark`(
        _ row: (text: String, words: [String])
    ) throws {
        let tokens = try CorefileLexer.tokens(row.text, key: "k")
        #expect(tokens.map { "\($0.line):" + ($0.isQuoted ? "\"" : "") + $0.text } == row.words)
    }

    static let overrides: [(text: String, directives: [String])] = [
        ("log\nerrors", ["1 log", "2 errors"]),
        (
            "forward . 1.1.1.1 {\n policy random\n\n max_fails 3\n}\nlog",
            ["1 forward . 1.1.1.1 {policy random|max_fails 3}", "6 log"]
        ),
        ("template IN A { rcode NXDOMAIN }", ["1 template IN A {rcode NXDOMAIN}"]),
        ("answer \"{\" \"}\"", ["1 answer { }"]),
        ("import more.conf\nlog", ["1 cache 30", "2 log"]),
        ("hosts {\n import lines.txt\n fallthrough\n}", ["1 hosts {10.0.0.1 a|fallthrough}"]),
        ("import /etc/coredns/custom/more.conf", ["1 cache 30"]),
    ]

    @Test(arguments: overrides) func `directives are lines with blocks`(
        _ row: (text: String, directives: [String])
    ) {
        let files = ["k": row.text, "more.conf": "cache 30", "lines.txt": "10.0.0.1 a"]
        let parser = CorefileParser(directivesOf: "k", in: files)
        #expect(parser.fault == nil)
        #expect(parser.directives.map(Self.text) == row.directives)
    }

    static let servers: [(text: String, blocks: [String])] = [
        ("a.test {\n log\n}", ["a.test: 2 log"]),
        ("a.test:53 dns://b.test {\n}\nc.test {\n}", ["a.test:53 dns://b.test: ", "c.test: "]),
        ("a.test,\nb.test {\n log\n errors\n}", ["a.test, b.test: 3 log, 4 errors"]),
        ("(common) {\n log\n}\na.test {\n import common\n errors\n}", ["a.test: 2 log, 6 errors"]),
        (
            "(one) {\n log\n}\n(two) {\n errors\n}\na.test {\n import two\n import one\n}",
            ["a.test: 5 errors, 2 log"]
        ),
    ]

    @Test(arguments: servers) func `server blocks are zones with directives`(
        _ row: (text: String, blocks: [String])
    ) {
        let parser = CorefileParser(blocksOf: "k", in: ["k": row.text], snippets: [:])
        #expect(parser.fault == nil)
        let blocks = parser.blocks.map { block in
            block.keys.map(\.text).joined(separator: " ") + ": "
                + block.directives.map(Self.text).joined(separator: ", ")
        }
        #expect(blocks == row.blocks)
    }

    static let faults: [(text: String, isServer: Bool, line: Int, part: String)] = [
        ("log\nforward . \"1.1.1.1", false, 2, "quotation mark"),
        ("log\nhosts {\n 10.0.0.1 a", false, 2, "not closed"),
        ("log\n}\n", false, 2, "closes nothing"),
        ("hosts\n{\n}", false, 2, "begins a line"),
        ("hosts {\n log {\n}", false, 2, "inside of its block"),
        ("import nothing", false, 1, "'nothing' is no snippet"),
        ("import", false, 1, "name of a snippet"),
        ("import k", false, 1, "without end"),
        ("forward . {$UPSTREAM}", false, 1, "environment"),
        ("a.test\n log", true, 1, "its braces"),
        ("a.test {\n log\n", true, 1, "not closed"),
    ]

    @Test(arguments: faults) func `what cannot be read is named by its line`(
        _ row: (text: String, isServer: Bool, line: Int, part: String)
    ) {
        let files = ["k": row.text]
        let fault =
            row.isServer
            ? CorefileParser(blocksOf: "k", in: files, snippets: [:]).fault
            : CorefileParser(directivesOf: "k", in: files).fault
        #expect(fault?.line == row.line)
        #expect(fault?.reason.contains(row.part) == true, "\(fault?.reason ?? "no fault")")
    }

    @Test func `what stands before a fault is read`() {
        let parser = CorefileParser(directivesOf: "k", in: ["k": "log\nforward . 1.1.1.1\nhosts {"])
        #expect(parser.directives.map(Self.text) == ["1 log", "2 forward . 1.1.1.1"])
    }

    static let zones: [(text: String, names: [String])] = [
        (".", ["."]), ("Example.ORG", ["example.org."]), ("example.org.:53", ["example.org."]),
        ("dns://example.org", ["example.org."]), (":53", ["."]),
        ("10.0.0.0/8", ["10.in-addr.arpa."]),
        ("192.168.4.0/23", ["4.168.192.in-addr.arpa.", "5.168.192.in-addr.arpa."]),
        ("fd00::/16", ["0.0.d.f.ip6.arpa."]), ("10.in-addr.arpa", ["10.in-addr.arpa."]),
    ]

    @Test(arguments: zones) func `zones may be networks`(_ row: (text: String, names: [String])) throws {
        #expect(try CorefileZone.read(row.text).names.map(\.description) == row.names)
    }

    @Test(arguments: ["a..b", "10.0.0.1/8", "example.org:0", "example.org:99999"])
    func `other texts are no zones`(text: String) {
        #expect(throws: ZoneFault.self) { try CorefileZone.read(text) }
    }

    private static func text(_ directive: CorefileDirective) -> String {
        let lines = directive.block.map { $0.map(\.text).joined(separator: " ") }.joined(separator: "|")
        let head = ["\(directive.name.line)", directive.name.text] + directive.words
        return (head + (lines.isEmpty ? [] : ["{\(lines)}"])).joined(separator: " ")
    }
}
