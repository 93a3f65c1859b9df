import HTTPWire
import Testing

/// How long a head may be, to the octet.
@Suite struct LimitTests {
    static let limits = HeadLimits(firstLine: 32, fields: 40, fieldCount: 4)

    static let requests: [Row] = [
        // "GET / HTTP/1.1" and its end have 16 octets.
        Row("a line of 32", "GET /" + letters(16) + " HTTP/1.1⏎Host: a⏎⏎", "get /" + letters(16) + " at [a]"),
        Row("a line of 33", "GET /" + letters(17) + " HTTP/1.1⏎Host: a⏎⏎", "414 request line too long"),
        Row("a line without end", "GET /" + letters(27), "414 request line too long"),
        Row("a line that may yet end", "GET /" + letters(26), "incomplete"),
        Row("a method without end", letters(32), "414 request line too long"),
        Row("behind an empty line", "⏎GET /" + letters(16) + " HTTP/1.1⏎Host: a⏎⏎", "get /" + letters(16) + " at [a]"),
        Row("malformed and too long", "GET /\u{0}" + letters(40) + " HTTP/1.1⏎Host: a⏎⏎", "414 request line too long"),
        // "Host: a", its end, "X: ", its end and the last end have 16 octets.
        Row("fields of 40", "GET / HTTP/1.1⏎Host: a⏎X: " + letters(24) + "⏎⏎", "get / at [a]"),
        Row("fields of 41", "GET / HTTP/1.1⏎Host: a⏎X: " + letters(25) + "⏎⏎", "431 fields too long"),
        Row("a field of 41", "GET / HTTP/1.1⏎X: " + letters(36) + "⏎⏎", "431 fields too long"),
        Row("a field without end", "GET / HTTP/1.1⏎X: " + letters(37), "431 fields too long"),
        Row("a field that may yet end", "GET / HTTP/1.1⏎X: " + letters(36), "incomplete"),
        Row("a name without end", "GET / HTTP/1.1⏎" + letters(40), "431 fields too long"),
        Row("malformed and too long", "GET / HTTP/1.1⏎X \u{0}: " + letters(40) + "⏎⏎", "431 fields too long"),
        Row("four fields", "GET / HTTP/1.1⏎Host: a⏎X:⏎X:⏎X:⏎⏎", "get / at [a]"),
        Row("five fields", "GET / HTTP/1.1⏎Host: a⏎X:⏎X:⏎X:⏎X:⏎⏎", "431 too many fields"),
        Row("a fifth field that may yet end", "GET / HTTP/1.1⏎Host: a⏎X:⏎X:⏎X:⏎x", "incomplete"),
        Row("a fifth line", "GET / HTTP/1.1⏎Host: a⏎X:⏎X:⏎X:⏎x\n", "431 too many fields"),
        Row(
            "both",
            "GET / HTTP/1.1⏎" + repeated("X: abcde⏎", 8) + "⏎",
            "431 fields too long"
        ),
    ]

    @Test(arguments: requests)
    func `a request may be so long and no longer`(row: Row) {
        row.check { Reading.request($0, cuts: $1, limits: Self.limits) }
    }

    static let responses: [Row] = [
        Row("a line of 32", "HTTP/1.1 204 " + letters(17) + "⏎⏎", "204 (" + letters(17) + ") no body"),
        Row("a line of 33", "HTTP/1.1 204 " + letters(18) + "⏎⏎", "fields too long"),
        Row("a line without end", "HTTP/1.1 204 " + letters(20), "fields too long"),
        Row("fields of 40", "HTTP/1.1 204 N⏎X: " + letters(33) + "⏎⏎", "204 (N) no body"),
        Row("fields of 41", "HTTP/1.1 204 N⏎X: " + letters(34) + "⏎⏎", "fields too long"),
        Row("five fields", "HTTP/1.1 204 N⏎" + repeated("X:⏎", 5) + "⏎", "too many fields"),
    ]

    @Test(arguments: responses)
    func `a response may be so long and no longer`(row: Row) {
        row.check { Reading.response($0, cuts: $1, limits: Self.limits) }
    }

    /// A line is looked at again only when its end has come: in between, the work for an octet is that of one octet. What
    /// was looked at is told by putting a fault there, which a second look would find.
    @Test func `octets that come one by one are looked at once`() {
        var octets = Wire.octets("GET / HTTP/1.1⏎Host: a⏎X: ") + Array(repeating: 0x61, count: 1000)
        var parser = RequestParser(HeadLimits())
        var scanned = 0
        for end in 1...octets.count {
            #expect(parser.parse(octets.span.extracting(0..<end), resumingAt: &scanned) == .incomplete)
            if end > 40 { octets[end - 1] = 10 }
        }
        octets += [13, 10]
        #expect(parser.parse(octets.span, resumingAt: &scanned) == .refused(.bareLineFeed))
    }

    @Test func `one parser reads heads of many connections in turn`() {
        let heads = ["a", "bc", "def"].map { Wire.octets("GET /\($0) HTTP/1.1⏎Host: \($0)⏎Connection: x-\($0)⏎⏎") }
        var parser = RequestParser(HeadLimits())
        var scanned = [0, 0, 0]
        var found: [String] = []
        for end in 1...60 {
            for (index, octets) in heads.enumerated() where end <= octets.count {
                let part = octets.span.extracting(0..<end)
                if parser.parse(part, resumingAt: &scanned[index]) == .complete(length: octets.count) {
                    found.append(Wire.text(octets[parser.head.path]) + "\(parser.head.fields.count)")
                }
            }
        }
        #expect(found == ["/a2", "/bc2", "/def2"])
    }

    private static func letters(_ count: Int) -> String { String(repeating: "x", count: count) }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
}
