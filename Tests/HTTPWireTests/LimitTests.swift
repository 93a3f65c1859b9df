import HTTPWire
import Testing

/// How long a head may be, to the octet; whether its octets come at once or one by one.
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
        Row("four fields and more", "GET / HTTP/1.1⏎Host: a⏎X:⏎X:⏎X:⏎x", "431 too many fields"),
        Row(
            "both",
            "GET / HTTP/1.1⏎" + repeated("X: abcde⏎", 8) + "⏎",
            "431 fields too long"
        ),
    ]

    @Test(arguments: requests)
    func `a request may be so long and no longer`(row: Row) {
        #expect(Reading.request(row.octets, limits: Self.limits) == row.outcome)
        #expect(Reading.request(row.octets, cuts: Array(0..<row.octets.count), limits: Self.limits) == row.outcome)
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
        #expect(Reading.response(row.octets, limits: Self.limits) == row.outcome)
        #expect(Reading.response(row.octets, cuts: Array(0..<row.octets.count), limits: Self.limits) == row.outcome)
    }

    /// A head whose last field grows octet by octet: if each read began anew, ten times the octets would be a hundred
    /// times the work. What was looked at is told from where the parser says it was.
    @Test func `octets that come one by one are looked at once`() {
        let octets = Wire.octets("GET / HTTP/1.1⏎Host: a⏎X: ") + Array(repeating: 0x61, count: 1000)
        var parser = RequestParser(HeadLimits())
        var scanned = 0
        for end in 1...octets.count {
            #expect(parser.parse(octets.span.extracting(0..<end), resumingAt: &scanned) == .incomplete)
            #expect(scanned == end)
        }
    }

    private static func letters(_ count: Int) -> String { String(repeating: "x", count: count) }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
}
