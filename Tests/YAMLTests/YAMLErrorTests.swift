import SeededNumbers
import Testing
import YAML

@Suite struct YAMLErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let line: Int
        let message: String
        var testDescription: String { String(text.prefix(40)) }
    }

    @Test(arguments: [
        Case(text: "a: 1\nb: [1, 2", line: 2, message: "flow sequence"),
        Case(text: "a: 1\n\tb: 2", line: 2, message: "found a tab character"),
        Case(text: "a: 1\n b: 2", line: 2, message: "mapping values are not allowed"),
        Case(text: "a: \"x", line: 1, message: "quoted scalar"),
        Case(text: "a: 1\nb: 2\na: 3", line: 3, message: "'a' is there twice, first in line 1"),
        Case(text: "a: *x", line: 1, message: "*x names no anchor"),
        Case(text: "a: &x [*x]", line: 1, message: "*x names no anchor"),
        Case(text: "a: &x 1\n---\nb: *x", line: 3, message: "*x names no anchor"),
        Case(text: "a:\n  <<: 3", line: 2, message: "merges mappings"),
        Case(text: "? [a]\n: b", line: 1, message: "the key of a mapping is a list"),
        Case(text: "a: !ruby/object x", line: 1, message: "the tag !ruby/object"),
        Case(text: "a: x\u{0}y", line: 1, message: "control characters are not allowed"),
        Case(text: "{\"a\":1,\n \"a\":2}", line: 2, message: "'a' is there twice, first in line 1"),
        Case(text: "{\"a\":1,\n \"b\":", line: 2, message: "the text ends here"),
        Case(text: "{\"a\":\n \"b\u{1}\"}", line: 2, message: "control character"),
        Case(text: "{\"a\":\"\\u12\"}", line: 1, message: "four hexadecimal digits"),
        Case(text: "[1,\n2", line: 2, message: ""),
    ])
    func `an error says where and what`(_ row: Case) throws {
        let error = try #require(throws: YAMLError.self) { try YAMLReader.documents(in: row.text) }
        #expect(error.position.line == row.line)
        #expect(error.message.contains(row.message), "\(error)")
    }

    @Test func `bytes that are not UTF-8 are found`() throws {
        let error = try #require(throws: YAMLError.self) {
            try YAMLReader.documents(in: Array("a: 1\nb: ".utf8) + [0xff, 0xfe])
        }
        #expect(error.position == YAMLPosition(line: 2, column: 4))
    }

    @Test func `a billion laughs are an error`() throws {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = try #require(throws: YAMLError.self) { try YAMLReader.documents(in: text) }
        #expect(error.message.contains("aliases written out"))
    }

    @Test(arguments: ["[", "{\"a\":", "- ", "? "])
    func `bottomless nesting is an error`(opening: String) throws {
        let text = String(repeating: opening, count: 100_000)
        #expect(throws: YAMLError.self) { try YAMLReader.documents(in: text) }
    }

    @Test func `nesting up to the limit is read`() throws {
        let limits = YAMLLimits(depth: 3)
        #expect(try YAMLReader.documents(in: "[[[1]]]", limits: limits).count == 1)
        #expect(throws: YAMLError.self) { try YAMLReader.documents(in: "[[[[1]]]]", limits: limits) }
    }

    @Test func `a text that is too long is not read`() throws {
        #expect(throws: YAMLError.self) { try YAMLReader.documents(in: "a: 123456", limits: YAMLLimits(bytes: 8)) }
    }

    @Test func `damaged text never does worse than fail`() throws {
        let samples = [
            "apiVersion: v1\nkind: Node\nmetadata:\n  name: &n north\nspec: {podCIDRs: [10.42.1.0/24, 'fd00::/64']}\nx: *n\n",
            "{\"kind\":\"List\",\"items\":[{\"a\":\"\\u00e9\\ud83d\\ude00\",\"b\":[1.5e3,null,true]}]}",
            "a: |\n  text\n---\n- ? k\n  : v\n- !!str 1\n- <<: {a: 1}\n",
        ]
        var random = SeededNumbers(seed: 7)
        for _ in 0..<3_000 {
            var bytes = Array(samples[Int.random(in: 0..<samples.count, using: &random)].utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(Array("{}[]:-\"\\\n\t&*!|>#,".utf8).randomElement(using: &random) ?? 0, at: place)
                case 2 where bytes.count > 1: bytes.remove(at: place)
                default: bytes = Array(bytes[..<(place + 1)])
                }
            }
            for node in (try? YAMLReader.documents(in: bytes)) ?? [] { #expect(!shown(node).isEmpty) }
        }
    }
}
