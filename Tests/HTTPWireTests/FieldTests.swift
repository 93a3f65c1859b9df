import HTTPWire
import Testing

/// Lines of fields, and what they say of host and connection. The head is `GET /` of HTTP/1.1 unless the row is about it.
@Suite struct FieldTests {
    static let hosts: [Row] = [
        Row("a name", "Host: example.org⏎", "get / at [example.org]"),
        Row("a name and a port", "Host: example.org:8080⏎", "get / at [example.org:8080]"),
        Row("a port that is empty", "Host: example.org:⏎", "get / at [example.org:]"),
        Row("blanks around it", "Host:\t a \t⏎", "get / at [a]"),
        Row("no blank", "Host:a⏎", "get / at [a]"),
        Row("capitals and a dot", "HOST: Example.ORG.⏎", "get / at [Example.ORG.]"),
        Row("an IPv4 address", "Host: 192.0.2.1:80⏎", "get / at [192.0.2.1:80]"),
        Row("an IPv6 address", "Host: [2001:db8::1]:80⏎", "get / at [[2001:db8::1]:80]"),
        Row("an IPv4 address in an IPv6 one", "Host: [::ffff:192.0.2.1]⏎", "get / at [[::ffff:192.0.2.1]]"),
        Row("underscore, tilde and digits", "Host: a_b~c.9⏎", "get / at [a_b~c.9]"),
        Row("empty", "Host:⏎", "get / at []"),
        Row("blanks only", "Host: \t⏎", "get / at []"),
        Row("missing", "X: y⏎", "400 no host"),
        Row("twice", "Host: a⏎Host: b⏎", "400 more than one host"),
        Row("twice the same", "Host: a⏎Host: a⏎", "400 more than one host"),
        Row("twice, one empty", "Host:⏎Host: a⏎", "400 more than one host"),
        Row("twice in two cases", "Host: a⏎X: y⏎hOST: b⏎", "400 more than one host"),
        Row("two names", "Host: a, b⏎", "400 malformed host"),
        Row("two names and a blank", "Host: a b⏎", "400 malformed host"),
        Row("a path", "Host: a/b⏎", "400 malformed host"),
        Row("a query", "Host: a?b⏎", "400 malformed host"),
        Row("a fragment", "Host: a#b⏎", "400 malformed host"),
        Row("a user", "Host: u@a⏎", "400 malformed host"),
        Row("a scheme", "Host: http://a⏎", "400 malformed host"),
        Row("escaped", "Host: a%2eb⏎", "400 malformed host"),
        Row("not ASCII", "Host: é⏎", "400 malformed host"),
        Row("backslash", "Host: a\\b⏎", "400 malformed host"),
        Row("letters for a port", "Host: a:http⏎", "400 malformed host"),
        Row("a port and more", "Host: a:80b⏎", "400 malformed host"),
        Row("two ports", "Host: a:80:81⏎", "400 malformed host"),
        Row("a port with a sign", "Host: a:+80⏎", "400 malformed host"),
        Row("a port too large", "Host: a:65536⏎", "400 malformed host"),
        Row("a port far too large", "Host: a:18446744073709551696⏎", "400 malformed host"),
        Row("the largest port", "Host: a:65535⏎", "get / at [a:65535]"),
        Row("only a port", "Host: :80⏎", "400 malformed host"),
        Row("a dot", "Host: .⏎", "400 malformed host"),
        Row("a dot first", "Host: .a⏎", "400 malformed host"),
        Row("two dots", "Host: a..b⏎", "400 malformed host"),
        Row("two dots last", "Host: a..⏎", "400 malformed host"),
        Row("an open bracket", "Host: [::1⏎", "400 malformed host"),
        Row("empty brackets", "Host: []⏎", "400 malformed host"),
        Row("a name in brackets", "Host: [a]⏎", "400 malformed host"),
        Row("brackets and more", "Host: [::1]a⏎", "400 malformed host"),
        Row("a zone", "Host: [fe80::1%25eth0]⏎", "400 malformed host"),
        Row("a later kind of address", "Host: [v1.fe80::a]⏎", "400 malformed host"),
        Row("an IPv6 address without brackets", "Host: ::1⏎", "400 malformed host"),
        Row(
            "255 octets",
            "Host: " + String(repeating: "a", count: 255) + "⏎",
            "get / at [" + String(repeating: "a", count: 255) + "]"
        ),
        Row("256 octets", "Host: " + String(repeating: "a", count: 256) + "⏎", "400 malformed host"),
    ]

    static let lines: [Row] = [
        Row("an empty value", "Host: a⏎X:⏎", "get / at [a]"),
        Row("a name with all that a token may have", "Host: a⏎!#$%&'*+-.^_`|~09azAZ: x⏎", "get / at [a]"),
        Row("a value that is not ASCII", "Host: a⏎X: é\u{80}\u{ff}⏎", "get / at [a]"),
        Row("a tab in a value", "Host: a⏎X: a\tb⏎", "get / at [a]"),
        Row("colons in a value", "Host: a⏎X: :a:b⏎", "get / at [a]"),
        Row("no name", "Host: a⏎: x⏎", "400 malformed field name"),
        Row("no colon", "Host: a⏎X⏎", "400 malformed field name"),
        Row("no colon, and another line", "Host: a⏎X⏎Y: z⏎", "400 malformed field name"),
        Row("a blank before the colon", "Host: a⏎X : y⏎", "400 blank before the colon of a field"),
        Row("a tab before the colon", "Host: a⏎X\t: y⏎", "400 blank before the colon of a field"),
        Row("a blank in the name", "Host: a⏎X Y: z⏎", "400 blank before the colon of a field"),
        Row("a blank before the first name", " Host: a⏎", "400 folded field"),
        Row("a folded line", "Host: a⏎X: y⏎ z⏎", "400 folded field"),
        Row("a line folded with a tab", "Host: a⏎X: y⏎\tz⏎", "400 folded field"),
        Row("a folded line that has a colon", "Host: a⏎X: y⏎ Z: z⏎", "400 folded field"),
        Row("a line of blanks", "Host: a⏎  ⏎", "400 folded field"),
        Row("slash in a name", "Host: a⏎X/Y: z⏎", "400 malformed field name"),
        Row("brackets in a name", "Host: a⏎X[]: z⏎", "400 malformed field name"),
        Row("quotes in a name", "Host: a⏎\"X\": z⏎", "400 malformed field name"),
        Row("not ASCII in a name", "Host: a⏎é: z⏎", "400 malformed field name"),
        Row("NUL in a name", "Host: a⏎X\u{0}: z⏎", "400 malformed field name"),
        Row("DEL in a name", "Host: a⏎X\u{7f}: z⏎", "400 malformed field name"),
        Row("CR in a name", "Host: a⏎X\rY: z⏎", "400 malformed field name"),
        Row("LF in a name", "Host: a⏎X\nY: z⏎", "400 line feed without carriage return"),
        Row("NUL in a value", "Host: a⏎X: a\u{0}b⏎", "400 control octet in a field"),
        Row("NUL last in a value", "Host: a⏎X: a\u{0}⏎", "400 control octet in a field"),
        Row("a bell in a value", "Host: a⏎X: a\u{7}b⏎", "400 control octet in a field"),
        Row("an escape in a value", "Host: a⏎X: a\u{1b}b⏎", "400 control octet in a field"),
        Row("DEL in a value", "Host: a⏎X: a\u{7f}b⏎", "400 control octet in a field"),
        Row("CR in a value", "Host: a⏎X: a\rb⏎", "400 carriage return without line feed"),
        Row("CR last in a value", "Host: a⏎X: a\r⏎", "400 carriage return without line feed"),
        Row("CR first in a value", "Host: a⏎X:\ra⏎", "400 carriage return without line feed"),
        Row("LF at the end", "Host: a\n", "400 line feed without carriage return"),
        Row("LF and a field", "Host: a⏎X: a\nY: z⏎", "400 line feed without carriage return"),
        Row("LF CR", "Host: a⏎X: a\n\rY: z⏎", "400 line feed without carriage return"),
        Row("LF for the empty line", "Host: a⏎\n", "400 line feed without carriage return"),
        Row("CR for the empty line", "Host: a⏎\rX", "400 carriage return without line feed"),
        Row("NEL at the end, which is text", "Host: a⏎X: a\u{85}Y: z⏎", "get / at [a]"),
    ]

    static let connections: [Row] = [
        Row("close", "Host: a⏎Connection: close⏎", "get / at [a] close once"),
        Row("in capitals", "Host: a⏎CONNECTION: CLOSE⏎", "get / at [a] close once"),
        Row("keep-alive", "Host: a⏎Connection: Keep-Alive⏎", "get / at [a] keep-alive"),
        Row("both", "Host: a⏎Connection: keep-alive, close⏎", "get / at [a] close keep-alive once"),
        Row("in two fields", "Host: a⏎Connection: x⏎Connection: close⏎", "get / at [a] close once"),
        Row("empty elements", "Host: a⏎Connection: ,, close ,⏎", "get / at [a] close once"),
        Row("closed is not close", "Host: a⏎Connection: closed, xclose⏎", "get / at [a]"),
        Row("quoted is not close", "Host: a⏎Connection: \"close\"⏎", "get / at [a]"),
        Row("empty", "Host: a⏎Connection:⏎", "get / at [a]"),
        Row("of an upgrade", "Host: a⏎Connection: Upgrade⏎Upgrade: websocket⏎", "get / at [a] upgrade websocket"),
        Row(
            "and others",
            "Host: a⏎Connection: keep-alive, Upgrade⏎Upgrade: a/1⏎",
            "get / at [a] keep-alive upgrade a/1"
        ),
        Row(
            "of a body of nothing",
            "Host: a⏎Connection: Upgrade⏎Upgrade: websocket⏎Content-Length: 0⏎",
            "get / at [a] 0 octets upgrade websocket"
        ),
        Row(
            "of a body (CVE-2026-58055)",
            "Host: a⏎Connection: Upgrade⏎Upgrade: websocket⏎Content-Length: 5⏎",
            "get / at [a] 5 octets"
        ),
        Row(
            "of a body in chunks",
            "Host: a⏎Transfer-Encoding: chunked⏎Connection: Upgrade⏎Upgrade: websocket⏎",
            "get / at [a] chunked"
        ),
        Row("of no upgrade", "Host: a⏎Connection: Upgrade⏎", "get / at [a]"),
        Row("not of the upgrade", "Host: a⏎Upgrade: websocket⏎", "get / at [a]"),
        Row("of HTTP/2", "Host: a⏎Connection: Upgrade, HTTP2-Settings⏎Upgrade: h2c⏎", "get / at [a]"),
        Row("of HTTP/2 over TLS", "Host: a⏎Connection: Upgrade⏎Upgrade: H2⏎", "get / at [a]"),
        Row("of HTTP/2 by its old name", "Host: a⏎Connection: Upgrade⏎Upgrade: HTTP/2.0⏎", "get / at [a]"),
        Row("of one of two", "Host: a⏎Connection: Upgrade⏎Upgrade: websocket, h2c⏎", "get / at [a]"),
        Row("of two", "Host: a⏎Connection: Upgrade⏎Upgrade: websocket⏎Upgrade: b⏎", "get / at [a]"),
        Row("trailers", "Host: a⏎TE: trailers⏎Connection: TE⏎", "get / at [a] trailers"),
        Row("trailers and more", "Host: a⏎TE: gzip;q=0.5, Trailers⏎", "get / at [a] trailers"),
        Row("no trailers", "Host: a⏎TE: gzip, xtrailers, trailersx⏎", "get / at [a]"),
        Row("expectation", "Host: a⏎Expect: 100-Continue⏎", "get / at [a] expecting"),
        Row("another expectation", "Host: a⏎Expect: 200-ok⏎", "417 unknown expectation"),
        Row("two expectations", "Host: a⏎Expect: 100-continue, x⏎", "417 unknown expectation"),
        Row("no expectation", "Host: a⏎Expect:⏎", "417 unknown expectation"),
        Row("32 tokens", "Host: a⏎Connection: " + tokens(32) + "⏎", "get / at [a]"),
        Row("33 tokens", "Host: a⏎Connection: " + tokens(33) + "⏎", "431 too many connection options"),
    ]

    private static func tokens(_ count: Int) -> String {
        (0..<count).map { "x\($0)" }.joined(separator: ",")
    }

    @Test(arguments: hosts + lines + connections)
    func `a field is read or refused`(row: Row) {
        row.within("GET / HTTP/1.1⏎", "⏎").check { Reading.request($0, cuts: $1) }
    }

    static let oldVersions: [Row] = [
        Row("two hosts", "GET / HTTP/1.0⏎Host: a⏎Host: b⏎⏎", "400 more than one host"),
        Row("a malformed host", "GET / HTTP/1.0⏎Host: a b⏎⏎", "400 malformed host"),
        Row("kept alive", "GET / HTTP/1.0⏎Connection: keep-alive⏎⏎", "get / nowhere 1.0 keep-alive"),
        Row(
            "kept alive and closed",
            "GET / HTTP/1.0⏎Connection: keep-alive, close⏎⏎",
            "get / nowhere 1.0 close keep-alive once"
        ),
        Row("an expectation", "GET / HTTP/1.0⏎Expect: 100-continue⏎⏎", "get / nowhere 1.0 once"),
        Row("an upgrade", "GET / HTTP/1.0⏎Connection: upgrade⏎Upgrade: x⏎⏎", "get / nowhere 1.0 once"),
        Row("a fold of HTTP/1.0", "GET / HTTP/1.0⏎X: a⏎ b⏎⏎", "400 folded field"),
    ]

    @Test(arguments: oldVersions)
    func `HTTP 1.0 is held to less, but not to nothing`(row: Row) {
        row.check { Reading.request($0, cuts: $1) }
    }

    /// Each octet in each of nine places, so that it is met in a word and behind the last one.
    @Test func `any octet in a value is let through or refused wherever it stands`() {
        for octet in UInt8.min...UInt8.max {
            let isAllowed = octet >= 0x20 && octet != 0x7f || octet == 9
            for place in 0..<9 {
                var value = Array("abcdefghi".utf8)
                value[place] = octet
                let octets = Wire.octets("GET / HTTP/1.1⏎Host: a⏎X: ") + value + Wire.octets("⏎⏎")
                #expect(Reading.request(octets).hasPrefix("get /") == isAllowed, "\(octet) at \(place)")
            }
        }
    }

    @Test func `any octet in a name is let through or refused wherever it stands`() {
        let tokens = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for octet in UInt8.min...UInt8.max where octet != UInt8(ascii: ":") {
            for place in 0..<9 {
                var name = Array("abcdefghi".utf8)
                name[place] = octet
                let octets = Wire.octets("GET / HTTP/1.1⏎Host: a⏎") + name + Wire.octets(": x⏎⏎")
                #expect(Reading.request(octets).hasPrefix("get /") == tokens.contains(octet), "\(octet) at \(place)")
            }
        }
    }

    static let nominations: [Row] = [
        Row("a name", "Connection: x-a⏎X-A: 5⏎", "X-A = 5, named"),
        Row("a name behind an option", "Connection: close, X-A ⏎x-a: 5⏎", "x-a = 5, named"),
        Row("another name", "Connection: x-b⏎x-a: 5⏎", "x-a = 5"),
        Row("a shorter one", "Connection: x-⏎x-a: 5⏎", "x-a = 5"),
        Row("a longer one", "Connection: x-aa⏎x-a: 5⏎", "x-a = 5"),
        Row("a known one", "Connection: accept⏎Accept: 5⏎", "Accept = 5, named"),
        Row("one of the connection", "Connection: te⏎TE: 5⏎", "TE = 5, named"),
        Row("an option", "Connection: close⏎Accept: 5⏎", "Accept = 5"),
        Row("in another field", "X: x-a⏎x-a: 5⏎", "x-a = 5"),
        Row("in the second of two", "Connection: y⏎Connection: x-a⏎x-a: 5⏎", "x-a = 5, named"),
        Row("a host", "Connection: host⏎Content-Type: 5⏎", "Content-Type = 5"),
        Row("a length", "Connection: content-length⏎Content-Length: 5⏎", "Content-Length = 5"),
        Row("who asks", "Connection: authorization⏎Authorization: 5⏎", "Authorization = 5"),
        Row("a cookie", "Connection: cookie⏎Cookie: 5⏎", "Cookie = 5"),
        Row("who asked", "Connection: x-forwarded-for⏎X-Forwarded-For: 5⏎", "X-Forwarded-For = 5"),
        Row(
            "what was forwarded",
            "Connection: x-forwarded-anything⏎X-Forwarded-Anything: 5⏎",
            "X-Forwarded-Anything = 5"
        ),
        Row("nothing that was forwarded", "Connection: x-forwardedfor⏎X-ForwardedFor: 5⏎", "X-ForwardedFor = 5, named"),
        Row("an address", "Connection: x-real-ip⏎X-Real-IP: 5⏎", "X-Real-IP = 5"),
    ]

    @Test(arguments: nominations)
    func `a token of Connection names a field, but none that others rely on`(row: Row) {
        row.within("GET / HTTP/1.1⏎Host: a⏎", "⏎").check { Reading.lastField($0, cuts: $1) }
    }

    static let values: [Row] = [
        Row("a blank", "X: y⏎", "X = y"), Row("no blank", "X:y⏎", "X = y"),
        Row("blanks and tabs", "x-Y:\t y z \t⏎", "x-Y = y z"), Row("nothing", "X:⏎", "X = "),
        Row("nothing but blanks", "X:  ⏎", "X = "), Row("a known name", "Accept: */*⏎", "Accept = */*"),
        Row("eight octets", "X: abcdefgh⏎", "X = abcdefgh"), Row("a colon", "X: :⏎", "X = :"),
    ]

    @Test(arguments: values)
    func `name and value are found without the blanks`(row: Row) {
        row.within("GET / HTTP/1.1⏎Host: a⏎", "⏎").check { Reading.lastField($0, cuts: $1) }
    }
}
