import SeededNumbers
import Testing

@testable import NamePattern

/// What is matched, and where the groups are: `0:` the whole match, `-` for a group that took no part.
@Suite struct NamePatternTests {
    static let matches: [(pattern: String, text: String, groups: String?)] = [
        ("", "abc", ""),
        ("b", "abc", "b"),
        ("^b", "abc", nil),
        ("c$", "abc", "c"),
        (#"\Aabc\z"#, "abc", "abc"),
        ("a.c", "abc", "abc"),
        ("a.c", "a\nc", nil),
        ("(?s)a.c", "a\nc", "a\nc"),
        ("(?i)ABC", "abc", "abc"),
        ("a(?i:B)c", "aBc", "aBc"),
        ("a(?i:B)C", "aBc", nil),
        ("a|ab", "ab", "a"),
        ("ab|a", "ab", "ab"),
        ("(a|ab)(c|bcd)", "abcd", "abcd|a|bcd"),
        ("(a*)(a*)", "aaa", "aaa|aaa|"),
        ("(a*?)(a*)", "aaa", "aaa||aaa"),
        ("(?U)(a*)(a*?)", "aaa", "aaa||aaa"),
        ("(a+)?(b)?", "b", "b|-|b"),
        ("a{2}", "aaa", "aa"),
        ("a{2,}", "aaaa", "aaaa"),
        ("a{1,2}?", "aaa", "a"),
        ("a{0}b", "ab", "b"),
        ("a{,2}", "a{,2}", "a{,2}"),
        ("x{", "x{", "x{"),
        ("[a-c]+", "xxabcd", "abc"),
        ("[^a-c]+", "abxyc", "xy"),
        ("[]a]+", "a]b", "a]"),
        ("[a-]+", "a-b", "a-"),
        (#"[\d\-.]+"#, "10-4.2x", "10-4.2"),
        ("[[:alpha:]]+", "12ab3", "ab"),
        ("[[:^digit:]]+", "12ab3", "ab"),
        (#"\w+\.\w+"#, "-a_1.b-", "a_1.b"),
        (#"\bfoo\b"#, "a foo.", "foo"),
        (#"\Boo"#, "foo", "oo"),
        (#"\x41\x{42}"#, "AB", "AB"),
        (#"\Qa.b\E+"#, "a.bbb", "a.bbb"),
        ("é+", "éé", "éé"),
        ("(?m)^b$", "a\nb", "b"),
        ("(a|b*)*c", "abbac", "abbac|a"),
        ("((a)|b)+", "ab", "ab|b|a"),
        (#"^(?P<host>[a-z]+)\.(?<zone>.*)\.$"#, "web.dev.lan.", "web.dev.lan.|web|dev.lan"),
        (#"(.*)\.example\.org\.$"#, "a.b.example.org.", "a.b.example.org.|a.b"),
        (#"^ip-(\d{1,3})-(\d{1,3})-(\d)-(\d)\.example\."#, "ip-10-0-0-1.example.", "ip-10-0-0-1.example.|10|0|0|1"),
    ]

    @Test(arguments: matches) func `groups are where RE2 has them`(
        _ row: (pattern: String, text: String, groups: String?)
    ) throws {
        let pattern = try NamePattern(parsing: row.pattern)
        let octets = Array(row.text.utf8)
        let found = pattern.firstMatch(in: octets).map { groups in
            groups.map { $0.map { String(decoding: octets[$0], as: UTF8.self) } ?? "-" }.joined(separator: "|")
        }
        #expect(found == row.groups, "\(row.pattern) in \(row.text)")
    }

    static let faults: [(pattern: String, fault: PatternError.Fault)] = [
        ("(a", .unbalancedGroup), ("a)", .unbalancedGroup), ("(?i", .unbalancedGroup),
        ("[a", .unclosedClass), ("[[:nothing:]]", .unclosedClass), ("[b-a]", .emptyRange),
        ("*a", .nothingToRepeat), ("a**", .nothingToRepeat), ("(|+)", .nothingToRepeat),
        ("a{1001}", .malformedCount), ("a{3,2}", .malformedCount),
        (#"\"#, .unknownEscape), (#"\y"#, .unknownEscape), (#"\x4"#, .unknownEscape),
        ("(?P<>a)", .malformedGroupName), ("(?P<a>b)(?P<a>c)", .malformedGroupName),
        ("(?P<a-b>c)", .malformedGroupName),
        ("(?x)a", .unknownFlags), ("(?=a)", .unsupported("conditions on what stands before or behind")),
        (#"\pL"#, .unsupported("classes of Unicode")), (#"(a)\1"#, .unsupported("references to groups")),
        ("[é]", .unsupported("characters beyond ASCII in a class")),
        ("((a{100}){100}){100}", .tooLarge), (String(repeating: "a", count: 10_001), .tooLong),
        (String(repeating: "(", count: 200), .tooLarge),
    ]

    @Test(arguments: faults) func `what is no pattern says what is wrong`(
        _ row: (pattern: String, fault: PatternError.Fault)
    ) throws {
        let error = #expect(throws: PatternError.self) { try NamePattern(parsing: row.pattern) }
        #expect(error?.fault == row.fault)
    }

    @Test func `groups are named`() throws {
        #expect(try NamePattern(parsing: "(?P<a>b)(c)(?:d)(?<e>f)").groupNames == [nil, "a", nil, "e"])
    }

    /// A pattern that backtracks would take longer than the universe lasts.
    @Test func `time does not grow beyond all bounds`() throws {
        let pattern = try NamePattern(parsing: "^(a*)*(a|aa)+(a?){200}b$")
        #expect(pattern.firstMatch(in: Array(repeating: UInt8(ascii: "a"), count: 255)) == nil)
    }

    /// Patterns at random out of what both dialects mean the same by, over texts at random.
    @Test func `random patterns match as Swift's do`() throws {
        var numbers = SeededNumbers(seed: 6)
        for _ in 0..<2_000 {
            let text = RandomPatterns.pattern(depth: 3, using: &numbers)
            let pattern = try NamePattern(parsing: text)
            let regex = try Regex(text)
            for _ in 0..<4 {
                let subject = RandomPatterns.subject(using: &numbers)
                let octets = Array(subject.utf8)
                let own = pattern.firstMatch(in: octets)?[0].map { String(decoding: octets[$0], as: UTF8.self) }
                let other = try regex.firstMatch(in: subject).map { String($0.0) } ?? nil
                #expect(own == other, "\(text) in \(subject)")
            }
        }
    }

    /// Octets at random are a pattern or none, but never a trap.
    @Test func `random text never traps`() {
        var numbers = SeededNumbers(seed: 7)
        for _ in 0..<20_000 {
            let text = RandomPatterns.noise(using: &numbers)
            guard let pattern = try? NamePattern(parsing: text) else { continue }
            _ = pattern.firstMatch(in: Array(RandomPatterns.subject(using: &numbers).utf8))
        }
    }
}

/// Patterns and texts of a few letters.
enum RandomPatterns {
    static func pattern(depth: Int, using numbers: inout SeededNumbers) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 1...3, using: &numbers) {
            // Nothing that may be empty is repeated: there the dialects differ.
            switch Int.random(in: 0..<(depth > 0 ? 7 : 3), using: &numbers) {
            case 0, 1: text += ["a", "b", "c"].randomElement(using: &numbers)!
            case 2: text += ["[ab]", "[^a]", ".", #"\w"#].randomElement(using: &numbers)!
            case 3: text += "(" + pattern(depth: depth - 1, using: &numbers) + ")"
            case 4:
                let left = pattern(depth: depth - 1, using: &numbers)
                text += "(\(left)|" + pattern(depth: depth - 1, using: &numbers) + ")"
            default:
                let atom = ["a", "b", "[bc]", "(ab)", "(a|bc)"].randomElement(using: &numbers)!
                text += atom + ["*", "+", "?", "*?", "+?", "{2}", "{1,3}"].randomElement(using: &numbers)!
            }
        }
        return text
    }

    static func subject(using numbers: inout SeededNumbers) -> String {
        String((0..<Int.random(in: 0...12, using: &numbers)).map { _ in "abcd".randomElement(using: &numbers)! })
    }

    static func noise(using numbers: inout SeededNumbers) -> String {
        let letters = Array("ab()[]{}|*+?\\^$.-:=<>PQEdwx,019i")
        let count = Int.random(in: 0...16, using: &numbers)
        return String((0..<count).map { _ in letters.randomElement(using: &numbers)! })
    }
}
