import JSONText
import Testing

@Suite struct JSONStringTests {
    @Test(arguments: [
        ("", #""""#),
        ("plain", #""plain""#),
        (#"say "no""#, #""say \"no\"""#),
        (#"back\slash"#, #""back\\slash""#),
        ("/", #""/""#),
        ("two\nlines", #""two\nlines""#),
        ("dos\r\n", #""dos\r\n""#),
        ("tab\t", #""tab\t""#),
        ("\u{0}\u{8}\u{c}\u{1b}\u{1f}", #""\u0000\u0008\u000c\u001b\u001f""#),
        ("\u{20}~", #"" ~""#),
        ("\u{7f}\u{80}\u{9b}\u{9f}", #""\u007f\u0080\u009b\u009f""#),
        ("\u{a0}", "\"\u{a0}\""),
        ("größer", #""größer""#),
        ("e\u{301}", "\"e\u{301}\""),
        ("\u{2027}\u{2028}\u{2029}\u{202f}", "\"\u{2027}\\u2028\\u2029\u{202f}\""),
        ("a\u{202e}b\u{2066}\u{61c}", "\"a\\u202eb\\u2066\\u061c\""),
        ("\u{d7ff}\u{e000}\u{fffd}\u{ffff}", "\"\u{d7ff}\u{e000}\u{fffd}\u{ffff}\""),
        ("🐧\u{10ffff}", "\"🐧\u{10ffff}\""),
    ])
    func `a string is quoted scalar by scalar`(text: String, quoted: String) {
        // Bytes, not characters: Swift takes strings for equal that differ in their normalization.
        #expect(Array(JSONString.quoted(text).utf8) == Array(quoted.utf8))
        var json: [UInt8] = [7]
        JSONString.append(Array(text.utf8).span, to: &json)
        #expect(json == [7] + quoted.utf8)
    }

    @Test func `bytes that were not UTF-8 are quoted as the replacement character they became`() {
        let octets: [UInt8] = [0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]
        let quoted = "\"a\u{fffd}\u{fffd}(\u{fffd}\u{fffd}\u{fffd}\""
        #expect(JSONString.quoted(String(decoding: octets, as: UTF8.self)) == quoted)
        var json: [UInt8] = []
        JSONString.append(octets.span, to: &json)
        #expect(json == Array(quoted.utf8))
    }

    @Test(arguments: [
        ([], "[]"),
        (["a"], #"["a"]"#),
        (["a", "b\"", ""], #"["a","b\"",""]"#),
    ])
    func `a list is written on one line`(texts: [String], list: String) {
        #expect(JSONString.list(texts) == list)
    }

    @Test func `what a coder left is escaped, and the coder's lines stay`() {
        let json = "{\n\t\"a\": \"größer\\n\u{7f}\u{9b}\u{202e}\"\n}\n"
        #expect(JSONString.escaping(json) == "{\n\t\"a\": \"größer\\n\\u007f\\u009b\\u202e\"\n}\n")
    }

    @Test func `a string is appended to what is there`() {
        var json = #"{"name":"#
        JSONString.append("a\u{1}", to: &json)
        #expect(json == #"{"name":"a\u0001""#)
    }
}
