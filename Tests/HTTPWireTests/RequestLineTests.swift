import HTTPWire
import Testing

/// The first line of a request (RFC 9112 section 3). Host is `a` unless the row is about it.
@Suite struct RequestLineTests {
    static let methods: [Row] = [
        Row("GET", "GET / HTTP/1.1⏎Host: a⏎⏎", "get / at [a]"),
        Row("HEAD", "HEAD / HTTP/1.1⏎Host: a⏎⏎", "head / at [a]"),
        Row("POST", "POST / HTTP/1.1⏎Host: a⏎⏎", "post / at [a]"),
        Row("PUT", "PUT / HTTP/1.1⏎Host: a⏎⏎", "put / at [a]"),
        Row("DELETE", "DELETE / HTTP/1.1⏎Host: a⏎⏎", "delete / at [a]"),
        Row("OPTIONS", "OPTIONS / HTTP/1.1⏎Host: a⏎⏎", "options / at [a]"),
        Row("TRACE", "TRACE / HTTP/1.1⏎Host: a⏎⏎", "trace / at [a]"),
        Row("PATCH", "PATCH / HTTP/1.1⏎Host: a⏎⏎", "patch / at [a]"),
        Row("another one", "M-SEARCH / HTTP/1.1⏎Host: a⏎⏎", "M-SEARCH / at [a]"),
        Row("a long one", "VERSION-CONTROL / HTTP/1.1⏎Host: a⏎⏎", "VERSION-CONTROL / at [a]"),
        Row("one letter", "X / HTTP/1.1⏎Host: a⏎⏎", "X / at [a]"),
        Row("lower case is another method", "get / HTTP/1.1⏎Host: a⏎⏎", "get / at [a]"),
        Row("all that a token may have", "!#$%&'*+-.^_`|~09 / HTTP/1.1⏎Host: a⏎⏎", "!#$%&'*+-.^_`|~09 / at [a]"),
        Row("no method", " / HTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("a blank before it", " GET / HTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("a colon in it", "GE:T / HTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("brackets in it", "G(E)T / HTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("not ASCII", "GÉT / HTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("NUL in it", "GE\u{0}T / HTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("tabs for blanks", "GET\t/\tHTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("a tab behind it", "GET\t/ HTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("nothing else", "GET⏎⏎", "400 malformed method"),
        Row("the beginning of TLS", [0x16, 0x03, 0x01], "400 malformed method"),
        Row("nothing", "", "incomplete"),
    ]

    static let targets: [Row] = [
        Row("a path", "GET /a/b HTTP/1.1⏎Host: a⏎⏎", "get /a/b at [a]"),
        Row("a query", "GET /a?b=c HTTP/1.1⏎Host: a⏎⏎", "get /a?b=c at [a]"),
        Row("an empty query", "GET /a? HTTP/1.1⏎Host: a⏎⏎", "get /a? at [a]"),
        Row("two question marks", "GET /a?b?c HTTP/1.1⏎Host: a⏎⏎", "get /a?b?c at [a]"),
        Row("odd octets", #"GET /"<>\^`{|}?"<>\^`{|} HTTP/1.1⏎Host: a⏎⏎"#, #"get /"<>\^`{|}?"<>\^`{|} at [a]"#),
        Row("a URI in it", "GET /http://b/?http://c/ HTTP/1.1⏎Host: a⏎⏎", "get /http://b/?http://c/ at [a]"),
        Row("two slashes", "GET //b/c HTTP/1.1⏎Host: a⏎⏎", "get //b/c at [a]"),
        Row("none", "GET HTTP/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("two blanks before it", "GET  / HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("two blanks behind it", "GET /  HTTP/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("a blank in it", "GET /a b HTTP/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("a tab in it", "GET /a\tb HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("NUL in it", "GET /a\u{0}b HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("DEL in it", "GET /a\u{7f}b HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("CR in it", "GET /a\rb HTTP/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("a fragment", "GET /a#b HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("a fragment in a query", "GET /a?b#c HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("not ASCII", "GET /é HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("no slash", "GET a/b HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("only a query", "GET ?a HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("backslash first", "GET \\a HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
    ]

    static let otherForms: [Row] = [
        Row("absolute", "GET http://b/c?d HTTP/1.1⏎Host: a⏎⏎", "get absolute /c?d at [b]"),
        Row("absolute, with a port", "GET http://b:80/ HTTP/1.1⏎Host: a⏎⏎", "get absolute / at [b:80]"),
        Row("absolute, https", "GET https://b/ HTTP/1.1⏎Host: a⏎⏎", "get absolute / at [b]"),
        Row("absolute, in capitals", "GET HTTPS://B/ HTTP/1.1⏎Host: a⏎⏎", "get absolute / at [B]"),
        Row("absolute, no path", "GET http://b HTTP/1.1⏎Host: a⏎⏎", "get absolute  at [b]"),
        Row("absolute, only a query", "GET http://b?c HTTP/1.1⏎Host: a⏎⏎", "get absolute ?c at [b]"),
        Row("absolute, a slash in the query", "GET http://b?c/d HTTP/1.1⏎Host: a⏎⏎", "get absolute ?c/d at [b]"),
        Row("absolute in HTTP/1.0", "GET http://b/ HTTP/1.0⏎⏎", "get absolute / at [b] 1.0 once"),
        Row("absolute without Host", "GET http://b/ HTTP/1.1⏎⏎", "400 no host"),
        Row("absolute, IPv6", "GET http://[::1]:8080/ HTTP/1.1⏎Host: a⏎⏎", "get absolute / at [[::1]:8080]"),
        Row("absolute with a user", "GET http://u@b/ HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("absolute with a password", "GET http://u:p@b/ HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("absolute without a host", "GET http:/// HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("absolute, only a port", "GET http://:80/ HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("another scheme", "GET ftp://b/ HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("a scheme and one slash", "GET http:/b/ HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("a host alone", "GET b HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("asterisk", "OPTIONS * HTTP/1.1⏎Host: a⏎⏎", "options asterisk * at [a]"),
        Row("asterisk with GET", "GET * HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("asterisk and more", "OPTIONS */a HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("authority", "CONNECT b:443 HTTP/1.1⏎Host: b:443⏎⏎", "connect authority  at [b:443]"),
        Row("authority without a port", "CONNECT b HTTP/1.1⏎Host: b⏎⏎", "400 malformed request target"),
        Row("authority with GET", "GET b:443 HTTP/1.1⏎Host: b⏎⏎", "400 malformed request target"),
        Row("authority with a path", "CONNECT b:443/c HTTP/1.1⏎Host: b⏎⏎", "400 malformed request target"),
        Row("CONNECT with a path", "CONNECT /a HTTP/1.1⏎Host: a⏎⏎", "connect /a at [a]"),
    ]

    static let versions: [Row] = [
        Row("HTTP/1.0", "GET / HTTP/1.0⏎⏎", "get / nowhere 1.0 once"),
        Row("HTTP/1.2", "GET / HTTP/1.2⏎Host: a⏎⏎", "get / at [a]"),
        Row("HTTP/1.9", "GET / HTTP/1.9⏎Host: a⏎⏎", "get / at [a]"),
        Row("HTTP/2.0", "GET / HTTP/2.0⏎Host: a⏎⏎", "505 unsupported version"),
        Row("HTTP/0.9", "GET / HTTP/0.9⏎Host: a⏎⏎", "505 unsupported version"),
        Row("HTTP/3.1", "GET / HTTP/3.1⏎Host: a⏎⏎", "505 unsupported version"),
        Row("none, as in HTTP/0.9", "GET /⏎", "400 malformed version"),
        Row("none, but a blank", "GET / ⏎⏎", "400 malformed version"),
        Row("HTTP/1", "GET / HTTP/1⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP/1.10", "GET / HTTP/1.10⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP/11.1", "GET / HTTP/11.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP/01.1", "GET / HTTP/01.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP/01.01", "GET / HTTP/01.01⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP/ 1.1", "GET / HTTP/ 1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP/1.1 twice", "GET / HTTP/1.1 HTTP/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP/5.6", "GET / HTTP/5.6⏎Host: a⏎⏎", "505 unsupported version"),
        Row("IHTTP/1.0", "GET / IHTTP/1.0⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP/1,1", "GET / HTTP/1,1⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP 1.1", "GET / HTTP 1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP/-1.1", "GET / HTTP/-1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTP/x.1", "GET / HTTP/x.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("http/1.1", "GET / http/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("Http/1.1", "GET / Http/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("HTTPS/1.1", "GET / HTTPS/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("ICE/1.0", "SOURCE / ICE/1.0⏎Host: a⏎⏎", "400 malformed version"),
        Row("RTSP/1.0", "PLAY / RTSP/1.0⏎Host: a⏎⏎", "400 malformed version"),
        Row("a blank behind it", "GET / HTTP/1.1 ⏎Host: a⏎⏎", "400 malformed version"),
        Row("a tab behind it", "GET / HTTP/1.1\t⏎Host: a⏎⏎", "400 malformed version"),
        Row("more behind it", "GET / HTTP/1.1 x⏎Host: a⏎⏎", "400 malformed version"),
    ]

    static let lineEnds: [Row] = [
        Row("LF alone", "GET / HTTP/1.1\nHost: a⏎⏎", "400 line feed without carriage return"),
        Row("CR alone", "GET / HTTP/1.1\rHost: a⏎⏎", "400 carriage return without line feed"),
        Row("two CRs", "GET / HTTP/1.1\r⏎Host: a⏎⏎", "400 carriage return without line feed"),
        Row("LF behind the method", "GET\n/ HTTP/1.1⏎⏎", "400 malformed method"),
        Row("LF behind the target", "GET /\nHTTP/1.1⏎⏎", "400 line feed without carriage return"),
        Row("one empty line before", "⏎GET / HTTP/1.1⏎Host: a⏎⏎", "get / at [a]"),
        Row("two empty lines before", "⏎⏎GET / HTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("LF before", "\nGET / HTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("CR before", "\rGET / HTTP/1.1⏎Host: a⏎⏎", "400 carriage return without line feed"),
        Row("only an empty line", "⏎", "incomplete"),
    ]

    static let prefaces: [Row] = [
        Row("the preface of HTTP/2", "PRI * HTTP/2.0⏎⏎SM⏎⏎", "preface"),
        Row("and more", "PRI * HTTP/2.0⏎⏎SM⏎⏎\u{0}\u{0}\u{0}\u{4}", "preface"),
        Row("not all of it yet", "PRI * HTTP/2.0⏎⏎S", "incomplete"),
        Row("a little of it", "PRI * HTTP/2", "incomplete"),
        Row("another one", "PRI * HTTP/2.0⏎⏎SN⏎⏎", "505 unsupported version"),
        Row("with a field", "PRI * HTTP/2.0⏎Host: a⏎⏎", "505 unsupported version"),
        Row("behind an empty line", "⏎PRI * HTTP/2.0⏎⏎SM⏎⏎", "505 unsupported version"),
        Row("PRI in HTTP/1.1", "PRI * HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
    ]

    @Test(arguments: methods + targets + otherForms + versions + lineEnds + prefaces)
    func `a first line is read or refused`(row: Row) {
        row.check { Reading.request($0, cuts: $1) }
    }

    private static let careless = HeadLimits(allowsNonASCIITargets: true)

    /// The targets are written as they came: escaped they are where they go on.
    static let carelessTargets: [Row] = [
        Row("a letter of two octets", "GET /caf\u{c3}\u{a9} HTTP/1.1⏎Host: a⏎⏎", "get /caf\u{c3}\u{a9} at [a]"),
        Row("what is no UTF-8", "GET /\u{e9}\u{ff}\u{80} HTTP/1.1⏎Host: a⏎⏎", "get /\u{e9}\u{ff}\u{80} at [a]"),
        Row("behind eight octets", "GET /abcdefgh\u{e9} HTTP/1.1⏎Host: a⏎⏎", "get /abcdefgh\u{e9} at [a]"),
        Row("in the query", "GET /?q=\u{e9} HTTP/1.1⏎Host: a⏎⏎", "get /?q=\u{e9} at [a]"),
        Row("in both", "GET /\u{e9}?\u{e9}?\u{e9} HTTP/1.1⏎Host: a⏎⏎", "get /\u{e9}?\u{e9}?\u{e9} at [a]"),
        Row("of a whole URI", "GET http://a/\u{e9}?\u{e9} HTTP/1.1⏎Host: b⏎⏎", "get absolute /\u{e9}?\u{e9} at [a]"),
        Row("in its host", "GET http://\u{e9}/ HTTP/1.1⏎Host: b⏎⏎", "400 malformed request target"),
        Row("in its scheme", "GET htt\u{f0}://a/ HTTP/1.1⏎Host: b⏎⏎", "400 malformed request target"),
        Row("in the host of CONNECT", "CONNECT \u{e9}:443 HTTP/1.1⏎Host: \u{e9}:443⏎⏎", "400 malformed request target"),
        Row("in Host", "GET / HTTP/1.1⏎Host: \u{e9}⏎⏎", "400 malformed host"),
        Row("behind an asterisk", "OPTIONS *\u{e9} HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("in place of a target", "GET \u{e9} HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("in the method", "G\u{e9}T / HTTP/1.1⏎Host: a⏎⏎", "400 malformed method"),
        Row("in the version", "GET /\u{e9} HTTP/1.\u{e9}⏎Host: a⏎⏎", "400 malformed version"),
        Row("a blank that is no ASCII", "GET /\u{a0}HTTP/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("DEL behind it", "GET /\u{e9}\u{7f} HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("NUL behind it", "GET /\u{e9}\u{0} HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("a tab behind it", "GET /\u{e9}\t HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("a fragment behind it", "GET /\u{e9}#\u{e9} HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("a space behind it", "GET /\u{e9} \u{e9} HTTP/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("LF behind it", "GET /\u{e9}\n HTTP/1.1⏎Host: a⏎⏎", "400 line feed without carriage return"),
    ]

    @Test(arguments: carelessTargets) func `octets that are not ASCII may be let through in path and query`(row: Row) {
        row.check { Reading.request($0, cuts: $1, limits: Self.careless) }
    }

    /// Each octet in each of nine places of a target, so that it is met in a word and behind the last one.
    @Test(arguments: [HeadLimits(), careless])
    func `any octet in a target is let through or refused wherever it stands`(limits: HeadLimits) {
        for octet in UInt8.min...UInt8.max {
            let isASCII = octet > 0x20 && octet < 0x7f && octet != 0x23
            let isAllowed = isASCII || octet >= 0x80 && limits.allowsNonASCIITargets
            for place in 0..<9 {
                var target = Array("/abcdefghi".utf8)
                target[place + 1] = octet
                let request = Array("GET ".utf8) + target + Wire.octets(" HTTP/1.1⏎Host: a⏎⏎")
                let outcome = Reading.request(request, limits: limits)
                #expect(outcome.hasPrefix("get /") == isAllowed, "\(octet) at \(place)")
            }
        }
    }

    /// One parser reads all of them: of a query nothing is left for the next one.
    @Test func `a query is written as it came, but for octets that are not ASCII`() {
        var parser = RequestParser(Self.careless)
        let queries = [
            "": "", "?": "?", "?a=b&c": "?a=b&c", "?\u{e9}": "?%E9", "?a=\u{c3}\u{a9}": "?a=%C3%A9",
            "?%c3%A9": "?%c3%A9", "?\u{e9}%e9%": "?%E9%e9%", "?\u{80}\u{8f}\u{90}\u{ff}": "?%80%8F%90%FF",
            "?/../\"<>": "?/../\"<>",
        ]
        for (query, written) in queries {
            let octets = Wire.octets("GET /\u{e9}\(query) HTTP/1.1⏎Host: a⏎⏎")
            #expect(Reading.request(octets, [], &parser) == "get /\u{e9}\(query) at [a]")
            var buffer = OctetBuffer()
            buffer.appendQuery(of: parser.head, in: octets.span)
            #expect(Wire.text(buffer.octets) == written)
            #expect(parser.head.query(in: octets.span).map { "?" + Wire.text($0) } ?? "" == written)
        }
    }
}
