import DNSWire
import Testing

@Suite struct NameTextTests {
    /// Text → labels in UTF-8 → canonical text.
    static let names: [(String, [String], String)] = [
        (".", [], "."),
        ("a", ["a"], "a."),
        ("a.", ["a"], "a."),
        ("SVC.ns.Svc.cluster.local.", ["SVC", "ns", "Svc", "cluster", "local"], "SVC.ns.Svc.cluster.local."),
        ("_http._tcp.a-b.0", ["_http", "_tcp", "a-b", "0"], "_http._tcp.a-b.0."),
        (#"a\.b.c"#, ["a.b", "c"], #"a\.b.c."#),
        (#"a\\b"#, [#"a\b"#], #"a\\b."#),
        (#"\065\000\255"#, ["A\u{0}?"], #"A\000\255."#),
        (#"\a\b"#, ["ab"], "ab."),
        (#"a b"#, ["a b"], #"a\032b."#),
        (#"a;b@$"#, ["a;b@$"], #"a\;b\@\$."#),
        ("é", ["é"], #"\195\169."#),
        ("*", ["*"], "*."),
    ]

    @Test(arguments: names)
    func `text is read into labels and written back`(text: String, labels: [String], canonical: String) throws {
        let name = try DNSName(parsing: text)
        // One octet of the table is not UTF-8: it stands as a question mark there.
        let found = name.labels.map { String(decoding: $0.map { $0 == 255 ? 63 : $0 }, as: UTF8.self) }
        #expect(found == labels)
        #expect(name.description == canonical)
        #expect(try DNSName(parsing: name.description).wire == name.wire)
    }

    static let long = String(repeating: "x", count: 63)
    static let malformed: [(String, DNSNameError.Fault)] = [
        ("", .emptyText), ("..", .emptyLabel), (".a", .emptyLabel), ("a..b", .emptyLabel), ("a..", .emptyLabel),
        (long + "x", .longLabel), ("a." + long + "x.b", .longLabel),
        ("\(long).\(long).\(long).\(String(repeating: "y", count: 62))", .longName),
        (#"a\"#, .malformedEscape), (#"\1"#, .malformedEscape), (#"\25a"#, .malformedEscape),
        (#"\256"#, .malformedEscape), (#"\999"#, .malformedEscape),
    ]

    @Test(arguments: malformed)
    func `text that is no name is refused with the reason`(text: String, fault: DNSNameError.Fault) {
        #expect(throws: DNSNameError(text: text, fault)) { try DNSName(parsing: text) }
    }

    @Test func `a name of 255 octets is the longest`() throws {
        let text = "\(Self.long).\(Self.long).\(Self.long).\(String(repeating: "y", count: 61))"
        #expect(try DNSName(parsing: text).wire.count == 255)
    }

    static let malformedWire: [([UInt8], DNSNameError.Fault)] = [
        ([], .unterminated), ([1], .unterminated), ([1, 97], .unterminated), ([0, 0], .unterminated),
        ([1, 97, 0, 1], .unterminated), ([64] + Array(repeating: 97, count: 64) + [0], .longLabel),
        ([0xc0, 0], .longLabel), (Array(repeating: [1, 97], count: 128).flatMap { $0 } + [0], .longName),
    ]

    @Test(arguments: malformedWire)
    func `octets that are no name are refused`(octets: [UInt8], fault: DNSNameError.Fault) {
        #expect { try DNSName(wire: octets) } throws: { ($0 as? DNSNameError)?.fault == fault }
    }

    @Test func `octets of a name are kept`() throws {
        #expect(try DNSName(wire: [1, 65, 2, 98, 99, 0]).description == "A.bc.")
        #expect(try DNSName(wire: [0]) == .root)
        #expect(try DNSName(labels: [[UInt8](), [1]].dropFirst()).wire == [1, 1, 0])
    }
}
