import HTTPWire
import Testing

/// Where a request ends (RFC 9112 section 6), and what it says of its connection. All are `POST /` to host `a`.
@Suite struct FramingTests {
    static let lengths: [Row] = [
        Row("none", "", ""),
        Row("a length", "Content-Length: 5⏎", " 5 octets"),
        Row("zero", "Content-Length: 0⏎", " 0 octets"),
        Row("two zeros", "Content-Length: 00⏎", " 0 octets"),
        Row("zeros before it", "Content-Length: 005⏎", " 5 octets"),
        Row("what could be octal", "Content-Length: 0200⏎", " 200 octets"),
        Row("a field of nearly the same name", "Content-Length-X: 0⏎Content-Length: 5⏎", " 5 octets"),
        Row("blanks around it", "Content-Length: \t 5 \t⏎", " 5 octets"),
        Row("no blank", "Content-Length:5⏎", " 5 octets"),
        Row("another case", "cOnTeNt-LeNgTh: 5⏎", " 5 octets"),
        Row("the largest", "Content-Length: 9223372036854775807⏎", " 9223372036854775807 octets"),
        Row("one more", "Content-Length: 9223372036854775808⏎", "400 malformed content length"),
        Row("2^64", "Content-Length: 18446744073709551616⏎", "400 malformed content length"),
        Row("2^64 + 5", "Content-Length: 18446744073709551621⏎", "400 malformed content length"),
        Row("empty", "Content-Length:⏎", "400 malformed content length"),
        Row("blanks only", "Content-Length:  ⏎", "400 malformed content length"),
        Row("a sign", "Content-Length: +5⏎", "400 malformed content length"),
        Row("negative zero", "Content-Length: -0⏎", "400 malformed content length"),
        Row("negative", "Content-Length: -5⏎", "400 malformed content length"),
        Row("hexadecimal", "Content-Length: 0x5⏎", "400 malformed content length"),
        Row("octal", "Content-Length: 0o5⏎", "400 malformed content length"),
        Row("letters", "Content-Length: five⏎", "400 malformed content length"),
        Row("letters behind", "Content-Length: 5a⏎", "400 malformed content length"),
        Row("a list of three", "Content-Length: 5, 5, 5⏎", "400 malformed content length"),
        Row("a fraction", "Content-Length: 5.0⏎", "400 malformed content length"),
        Row("an exponent", "Content-Length: 5e0⏎", "400 malformed content length"),
        Row("an underscore", "Content-Length: 1_0⏎", "400 malformed content length"),
        Row("a blank in it", "Content-Length: 5 5⏎", "400 malformed content length"),
        Row("quoted", "Content-Length: \"5\"⏎", "400 malformed content length"),
        Row("not ASCII digits", "Content-Length: \u{b2}⏎", "400 malformed content length"),
        Row("a no-break space", "Content-Length: \u{a0}5⏎", "400 malformed content length"),
        Row("a parameter", "Content-Length: 5;a⏎", "400 malformed content length"),
        Row("a list of equals", "Content-Length: 5, 5⏎", "400 malformed content length"),
        Row("a list", "Content-Length: 5, 6⏎", "400 malformed content length"),
        Row("a comma", "Content-Length: 5,⏎", "400 malformed content length"),
        Row("twice", "Content-Length: 5⏎Content-Length: 6⏎", "400 more than one content length"),
        Row("twice the same", "Content-Length: 5⏎content-length: 5⏎", "400 more than one content length"),
    ]

    static let codings: [Row] = [
        Row("chunked", "Transfer-Encoding: chunked⏎", " chunked"),
        Row("another case", "transfer-encoding: CHUNKED⏎", " chunked"),
        Row("blanks around it", "Transfer-Encoding:\t chunked \t⏎", " chunked"),
        Row("before a length", "Transfer-Encoding: chunked⏎Content-Length: 5⏎", Self.both),
        Row("behind a length", "Content-Length: 5⏎Transfer-Encoding: chunked⏎", Self.both),
        Row("before a length of zero", "Transfer-Encoding: chunked⏎Content-Length: 0⏎", Self.both),
        Row("twice", "Transfer-Encoding: chunked⏎Transfer-Encoding: chunked⏎", Self.twice),
        Row("and identity", "Transfer-Encoding: chunked⏎Transfer-Encoding: identity⏎", Self.twice),
        Row("identity before it", "Transfer-Encoding: identity⏎Transfer-Encoding: chunked⏎", Self.malformed),
        Row("empty", "Transfer-Encoding:⏎", Self.malformed),
        Row("identity", "Transfer-Encoding: identity⏎", Self.malformed),
        Row("gzip", "Transfer-Encoding: gzip⏎", Self.malformed),
        Row("gzip, chunked", "Transfer-Encoding: gzip, chunked⏎", Self.unknown),
        Row("identity, chunked", "Transfer-Encoding: identity, chunked⏎", Self.unknown),
        Row("a coding nobody knows", "Transfer-Encoding: foo;bar=\"baz\", chunked⏎", Self.unknown),
        Row("chunked, gzip", "Transfer-Encoding: chunked, gzip⏎", Self.malformed),
        Row("chunked, identity", "Transfer-Encoding: chunked, identity⏎", Self.malformed),
        Row("chunked, chunked", "Transfer-Encoding: chunked, chunked⏎", Self.malformed),
        Row("a comma before", "Transfer-Encoding: , chunked⏎", Self.malformed),
        Row("a comma behind", "Transfer-Encoding: chunked,⏎", Self.malformed),
        Row("xchunked", "Transfer-Encoding: xchunked⏎", Self.malformed),
        Row("chunkedx", "Transfer-Encoding: chunkedx⏎", Self.malformed),
        Row("chunk", "Transfer-Encoding: chunk⏎", Self.malformed),
        Row("x chunked", "Transfer-Encoding: x chunked⏎", Self.malformed),
        Row("chunked x", "Transfer-Encoding: chunked x⏎", Self.malformed),
        Row("a semicolon", "Transfer-Encoding: chunked;⏎", Self.malformed),
        Row("a parameter", "Transfer-Encoding: chunked;q=1⏎", Self.malformed),
        Row("quoted", "Transfer-Encoding: \"chunked\"⏎", Self.malformed),
        Row("in single quotes", "Transfer-Encoding: 'chunked'⏎", Self.malformed),
        Row("a no-break space", "Transfer-Encoding: \u{a0}chunked⏎", Self.malformed),
        Row("long s for K's neighbour", "Transfer-Encoding: chun\u{ff}ed⏎", Self.malformed),
        Row("a vertical tab", "Transfer-Encoding: \u{b}chunked⏎", "400 control octet in a field"),
        Row("a form feed", "Transfer-Encoding: chunked\u{c}⏎", "400 control octet in a field"),
        Row("NUL", "Transfer-Encoding: chunked\u{0}⏎", "400 control octet in a field"),
        Row("a backspace", "Transfer-Encoding: \u{8}chunked⏎", "400 control octet in a field"),
        Row("CR before it", "Transfer-Encoding: \rchunked⏎", "400 carriage return without line feed"),
        Row("CR behind it", "Transfer-Encoding: chunked\r⏎", "400 carriage return without line feed"),
        Row("LF before it", "Transfer-Encoding:\nchunked⏎", "400 line feed without carriage return"),
        Row("folded", "Transfer-Encoding:⏎ chunked⏎", "400 folded field"),
        Row("folded behind", "Transfer-Encoding: chunked⏎ ⏎", "400 folded field"),
        Row("folded with a tab", "Transfer-Encoding:⏎\tchunked⏎", "400 folded field"),
        Row("a blank before the colon", "Transfer-Encoding : chunked⏎", "400 blank before the colon of a field"),
        Row("a tab before the colon", "Transfer-Encoding\t: chunked⏎", "400 blank before the colon of a field"),
        Row("a blank before the name", " Transfer-Encoding: chunked⏎", "400 folded field"),
        Row("NUL in the name", "Transfer\u{0}-Encoding: chunked⏎", "400 malformed field name"),
        Row("CR in the name", "Transfer-Encoding\r: chunked⏎", "400 malformed field name"),
        Row("an underscore: another field", "Transfer_Encoding: chunked⏎", ""),
        Row("a letter before: another field", "xTransfer-Encoding: chunked⏎", ""),
        Row("in another field's value", "X: x\tTransfer-Encoding: chunked⏎", ""),
    ]

    private static let both = "400 content length and transfer encoding"
    private static let twice = "400 more than one transfer encoding"
    private static let malformed = "400 malformed transfer coding"
    private static let unknown = "501 unknown transfer coding"

    @Test(arguments: lengths + codings)
    func `a request ends where one reading says`(row: Row) {
        let outcome = row.outcome.first?.isNumber == true ? row.outcome : "post / at [a]\(row.outcome)"
        row.within("POST / HTTP/1.1⏎Host: a⏎", "⏎", outcome: outcome).check { Reading.request($0, cuts: $1) }
    }

    static let oldVersions: [Row] = [
        Row("a length", "POST / HTTP/1.0⏎Content-Length: 5⏎⏎", "post / nowhere 1.0 5 octets once"),
        Row(
            "chunked",
            "POST / HTTP/1.0⏎Transfer-Encoding: chunked⏎⏎",
            "400 transfer encoding in HTTP/1.0"
        ),
        Row(
            "chunked, kept alive",
            "POST / HTTP/1.0⏎Connection: keep-alive⏎Transfer-Encoding: chunked⏎⏎",
            "400 transfer encoding in HTTP/1.0"
        ),
        Row(
            "both",
            "POST / HTTP/1.0⏎Content-Length: 5⏎Transfer-Encoding: chunked⏎⏎",
            "400 content length and transfer encoding"
        ),
        Row("a body of GET", "GET / HTTP/1.1⏎Host: a⏎Content-Length: 5⏎⏎", "get / at [a] 5 octets"),
        Row("what follows", "GET / HTTP/1.1⏎Host: a⏎⏎GET /b HTTP/1.1⏎", "get / at [a] then <GET /b HTTP/1.1⏎>"),
    ]

    @Test(arguments: oldVersions)
    func `a request of any version ends where it says`(row: Row) {
        row.check { Reading.request($0, cuts: $1) }
    }
}
