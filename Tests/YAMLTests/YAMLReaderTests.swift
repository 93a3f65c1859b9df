import Testing
import YAML

/// One document in a form that shows structure and types: strings quoted, everything else bare.
func shown(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let scalar):
        if scalar.isNull { return "null" }
        if let boolean = scalar.boolean { return "\(boolean)" }
        if let integer = scalar.integer { return "\(integer)" }
        if let number = scalar.number { return "\(number)" }
        return "\"\(scalar.text)\""
    case .sequence(let elements): return "[" + elements.map(shown).joined(separator: ",") + "]"
    case .mapping(let members): return "{" + members.map { "\($0.key):\(shown($0.value))" }.joined(separator: ",") + "}"
    }
}

@Suite struct YAMLReaderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let shows: [String]
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "", shows: []),
        Case(text: "# nothing\n", shows: []),
        Case(text: "---\n", shows: ["null"]),
        Case(text: "a: 1\n", shows: ["{a:1}"]),
        Case(text: "a: 1\n---\nb: 2\n...\n---\nc: 3", shows: ["{a:1}", "{b:2}", "{c:3}"]),
        Case(text: "- x\n- [y, z]\n- {k: v}", shows: [#"["x",["y","z"],{k:"v"}]"#]),
        Case(text: "a: ~\nb: null\nc:\nd: ''", shows: [#"{a:null,b:null,c:null,d:""}"#]),
        Case(text: "a: true\nb: no\nc: on\nd: 'true'", shows: [#"{a:true,b:"no",c:"on",d:"true"}"#]),
        Case(text: "a: 0x10\nb: 0o17\nc: -3\nd: +4\ne: 1.5\nf: 1e3", shows: ["{a:16,b:15,c:-3,d:4,e:1.5,f:1000.0}"]),
        Case(text: "a: 10.42.0.0/16\nb: 1:30\nc: 2026-01-01", shows: [#"{a:"10.42.0.0/16",b:"1:30",c:"2026-01-01"}"#]),
        Case(text: "a: fd00:42::/56\nb: 12:c6:65:89:b4:e3", shows: [#"{a:"fd00:42::/56",b:"12:c6:65:89:b4:e3"}"#]),
        Case(text: "80: http", shows: [#"{80:"http"}"#]),
        Case(text: "a: |\n  one\n  two\nb: >-\n  three\n  four", shows: ["{a:\"one\ntwo\n\",b:\"three four\"}"]),
        Case(text: "a: !!str 12", shows: [#"{a:"12"}"#]),
        Case(text: "a: \"\\u00e9\\t\"", shows: ["{a:\"é\t\"}"]),
        Case(text: "a: &x {k: 1}\nb: *x", shows: ["{a:{k:1},b:{k:1}}"]),
        Case(text: "b: &x {k: 1, l: 2}\na: {<<: *x, k: 3}", shows: ["{b:{k:1,l:2},a:{k:3,l:2}}"]),
        Case(
            text: "b: &x {k: 1}\nc: &y {k: 2, m: 3}\na: {<<: [*x, *y]}",
            shows: ["{b:{k:1},c:{k:2,m:3},a:{k:1,m:3}}"]
        ),
        Case(text: "a: 1\r\nb: 2\r\n", shows: ["{a:1,b:2}"]),
        Case(text: "\u{feff}a: 1", shows: ["{a:1}"]),
        Case(text: "{a: b, c: [d]}", shows: [#"{a:"b",c:["d"]}"#]),
    ])
    func `YAML becomes a tree`(_ row: Case) throws {
        #expect(try YAMLReader.documents(in: row.text).map(shown) == row.shows)
    }

    @Test(arguments: [
        Case(text: #"{"a":"\ud83d\ude00"}"#, shows: [#"{a:"😀"}"#]),
        Case(text: #"{"a":"\ud83d x"}"#, shows: ["{a:\"\u{fffd} x\"}"]),
        Case(text: #"{"a":"\ud83d\u0041"}"#, shows: ["{a:\"\u{fffd}A\"}"]),
        Case(text: #"{"a":"\/\u003c\b\f"}"#, shows: ["{a:\"/<\u{8}\u{c}\"}"]),
        Case(text: "{\n\t\"a\":\t1,\n\t\"b\":\t[]\n}\n", shows: ["{a:1,b:[]}"]),
        Case(text: "\t{\"a\":1}", shows: ["{a:1}"]),
        Case(text: #"{"a":1}{"b":2}"#, shows: ["{a:1}", "{b:2}"]),
        Case(text: "{\"a\":1}\n---\n{\"b\":2}\n", shows: ["{a:1}", "{b:2}"]),
        Case(text: #"{"<<":{"a":1}}"#, shows: ["{<<:{a:1}}"]),
        Case(text: #"{"a":-1.5e3,"b":null,"c":true,"d":"1"}"#, shows: [#"{a:-1500.0,b:null,c:true,d:"1"}"#]),
        Case(text: "\u{feff}{\"a\":1}", shows: ["{a:1}"]),
        Case(text: #"[1,[2,[]],{}]"#, shows: ["[1,[2,[]],{}]"]),
    ])
    func `JSON becomes a tree`(_ row: Case) throws {
        #expect(try YAMLReader.documents(in: row.text).map(shown) == row.shows)
    }

    @Test func `every value and key has its place`() throws {
        let node = try #require(try YAMLReader.documents(in: "# c\na:\n  bb: [x,\n    y]\n").first)
        let bb = try #require(node["a"]?["bb"])
        #expect(node["a"]?.members?.first?.keyPosition == YAMLPosition(line: 3, column: 3))
        #expect(bb.position == YAMLPosition(line: 3, column: 7))
        #expect(bb.elements?.map(\.position) == [YAMLPosition(line: 3, column: 8), YAMLPosition(line: 4, column: 5)])
    }

    @Test func `values of JSON have their places`() throws {
        let node = try #require(try YAMLReader.documents(in: "{\n \"é\": {\"b\":\n  7}}").first)
        #expect(node["é"]?.position == YAMLPosition(line: 2, column: 7))
        #expect(node["é"]?["b"]?.position == YAMLPosition(line: 3, column: 3))
    }

    @Test(arguments: [("012", nil), ("0", 0), ("-0x1", nil), ("9223372036854775808", nil), ("1_000", nil)])
    func `integers are those that all readers agree on`(text: String, value: Int64?) {
        #expect(YAMLScalar(text, isQuoted: false).integer == value)
    }

    @Test(arguments: [
        ("012", false), ("1.5", false), (".inf", false), ("true", false), ("~", false), ("", false),
        ("no", true), ("1.2.3", true), ("e5", true), ("-", true), ("0x", true), ("10.0.0.1", true),
    ])
    func `unquoted text is a string unless a reader may take it for something else`(text: String, isString: Bool) {
        #expect(YAMLScalar(text, isQuoted: false).isString == isString)
    }
}
