import HTTPWire
import Testing

/// Heads of requests of HTTP/2, and the heads of HTTP/1.1 that say the same (RFC 9113 section 8.3.1).
@Suite struct HTTP2RequestFieldsTests {
    private static let get = ":method=GET | :scheme=https | :authority=a | :path=/"
    private static let post = ":method=POST | :scheme=https | :authority=a | :path=/"

    static let pseudoFields: [Row] = [
        Row("all four", get, "GET / HTTP/1.1⏎Host: a⏎⏎"),
        Row("in another order", ":path=/ | :authority=a | :scheme=http | :method=GET", "GET / HTTP/1.1⏎Host: a⏎⏎"),
        Row("none", "", "pseudoFields"),
        Row("none, but others", "host=a | x-a=1", "pseudoFields"),
        Row("no method", ":scheme=https | :authority=a | :path=/", "pseudoFields"),
        Row("no scheme", ":method=GET | :authority=a | :path=/", "pseudoFields"),
        Row("no path", ":method=GET | :scheme=https | :authority=a", "pseudoFields"),
        Row("two methods", ":method=GET | \(post)", "pseudoFields"),
        Row("the same method twice", ":method=GET | \(get)", "pseudoFields"),
        Row("two schemes", ":scheme=https | \(get)", "pseudoFields"),
        Row("two paths", ":path=/admin | \(get)", "pseudoFields"),
        Row("two authorities", ":authority=b | \(get)", "pseudoFields"),
        Row("an empty authority and another", ":authority= | \(get)", "pseudoFields"),
        Row("one of a response", ":status=200 | \(get)", "pseudoFields"),
        Row("an unknown one", ":x=1 | \(get)", "pseudoFields"),
        Row("a colon alone", ":=1 | \(get)", "pseudoFields"),
        Row("the protocol of extended CONNECT", "\(get) | :protocol=websocket", "pseudoFields"),
        Row("a name in capitals", ":Method=GET | :scheme=https | :authority=a | :path=/", "pseudoFields"),
        Row("one behind another field", ":method=GET | :scheme=https | x-a=1 | :path=/", "pseudoFields"),
        Row(
            "an authority behind another field",
            "\(get.replacing(" | :authority=a", with: "")) | x-a=1 | :authority=a",
            "pseudoFields"
        ),
        Row("a path again, behind another field", "\(get) | x-a=1 | :path=/admin", "pseudoFields"),
        Row("an unknown one behind another field", "\(get) | x-a=1 | :x=1", "pseudoFields"),
    ]

    @Test(arguments: pseudoFields) func `pseudo-header fields come first, once, and all of them`(row: Row) {
        expect(row)
    }

    static let methods: [Row] = [
        Row(
            "one that nobody knows",
            ":method=M-SEARCH | :scheme=http | :authority=a | :path=/",
            "M-SEARCH / HTTP/1.1⏎Host: a⏎⏎"
        ),
        Row(
            "in small letters it is another",
            ":method=get | :scheme=http | :authority=a | :path=/",
            "get / HTTP/1.1⏎Host: a⏎⏎"
        ),
        Row("that of the preface", ":method=PRI | :scheme=http | :authority=a | :path=/", "PRI / HTTP/1.1⏎Host: a⏎⏎"),
        Row("empty", ":method= | :scheme=http | :authority=a | :path=/", "method"),
        Row("a blank before", ":method= GET | :scheme=http | :authority=a | :path=/", "method"),
        Row("a blank behind", ":method=GET  | :scheme=http | :authority=a | :path=/", "method"),
        Row("a tab", ":method=GE\tT | :scheme=http | :authority=a | :path=/", "method"),
        Row("a request line", ":method=GET /admin HTTP/1.1 | :scheme=http | :authority=a | :path=/", "method"),
        Row("a whole head", ":method=GET / HTTP/1.1⏎Host: b⏎⏎GET | :scheme=http | :authority=a | :path=/", "method"),
        Row("CR LF", ":method=⏎GET | :scheme=http | :authority=a | :path=/", "method"),
        Row("NUL", ":method=GET\u{0} | :scheme=http | :authority=a | :path=/", "method"),
        Row("a colon", ":method=X: | :scheme=http | :authority=a | :path=/", "method"),
        Row("not ASCII", ":method=G\u{c9}T | :scheme=http | :authority=a | :path=/", "method"),
    ]

    @Test(arguments: methods) func `a method is a token`(row: Row) { expect(row) }

    static let schemes: [Row] = [
        Row("http", ":method=GET | :scheme=http | :authority=a | :path=/", "GET / HTTP/1.1⏎Host: a⏎⏎"),
        Row("empty", ":method=GET | :scheme= | :authority=a | :path=/", "scheme"),
        Row("another one", ":method=GET | :scheme=ftp | :authority=a | :path=/", "scheme"),
        Row("in capitals", ":method=GET | :scheme=HTTPS | :authority=a | :path=/", "scheme"),
        Row("more of a URI", ":method=GET | :scheme=http://b/?x= | :authority=a | :path=/", "scheme"),
        Row("CR LF and a field", ":method=GET | :scheme=http⏎x: y | :authority=a | :path=/", "scheme"),
        Row("a blank", ":method=GET | :scheme=http  | :authority=a | :path=/", "scheme"),
    ]

    @Test(arguments: schemes) func `a scheme is http or https`(row: Row) { expect(row) }

    static let paths: [Row] = [
        Row("with a query", path("/b/c?d=e&f?g"), "GET /b/c?d=e&f?g HTTP/1.1⏎Host: a⏎⏎"),
        Row("with an escape, as it is", path("/%2e%2E/%00"), "GET /%2e%2E/%00 HTTP/1.1⏎Host: a⏎⏎"),
        Row("with two slashes, which is no authority", path("//b/c"), "GET //b/c HTTP/1.1⏎Host: a⏎⏎"),
        Row("octets that are unusual", path("/\"<>\\^`{|}:@[]"), "GET /\"<>\\^`{|}:@[] HTTP/1.1⏎Host: a⏎⏎"),
        Row("empty", path(""), "path"),
        Row("without a slash", path("b"), "path"),
        Row("a query alone", path("?b"), "path"),
        Row("a whole URI", path("http://b/c"), "path"),
        Row("an authority", path("b:80"), "path"),
        Row("user and host", path("@b/c"), "path"),
        Row("a fragment", path("/b#c"), "path"),
        Row("a blank within", path("/b c"), "path"),
        Row("a blank before", path(" /b"), "path"),
        Row("a blank at the end", path("/b "), "path"),
        Row("a tab", path("/b\tc"), "path"),
        Row("NUL", path("/\u{0}"), "path"),
        Row("a control octet", path("/\u{1f}"), "path"),
        Row("DEL", path("/\u{7f}"), "path"),
        Row("CR", path("/\r"), "path"),
        Row("LF", path("/\n"), "path"),
        Row("a version and a field", path("/ HTTP/1.1⏎x: y"), "path"),
        Row("a whole request", path("/ HTTP/1.1⏎Host: b⏎⏎GET /admin HTTP/1.1⏎x: y"), "path"),
        Row("not ASCII", path("/\u{e9}"), "path"),
        Row("an asterisk and more", path("*/"), "path"),
        Row("an asterisk, with GET", path("*"), "path"),
        Row(
            "an asterisk, with OPTIONS",
            ":method=OPTIONS | :scheme=http | :authority=a | :path=*",
            "OPTIONS * HTTP/1.1⏎Host: a⏎⏎"
        ),
        Row(
            "an asterisk, with what is nearly OPTIONS",
            ":method=options | :scheme=http | :authority=a | :path=*",
            "path"
        ),
        Row("the preface", ":method=PRI | :scheme=http | :authority=a | :path=*", "path"),
        Row(
            "of OPTIONS too",
            ":method=OPTIONS | :scheme=http | :authority=a | :path=/",
            "OPTIONS / HTTP/1.1⏎Host: a⏎⏎"
        ),
    ]

    private static func path(_ path: String) -> String {
        ":method=GET | :scheme=https | :authority=a | :path=\(path)"
    }

    @Test(arguments: paths) func `a path begins with a slash and has nothing that ends a target`(row: Row) {
        expect(row)
    }

    static let carelessPaths: [Row] = [
        Row("in path and query", path("/\u{e9}?\u{ff}"), "GET /\u{e9}?\u{ff} HTTP/1.1⏎Host: a⏎⏎"),
        Row("in place of a path", path("\u{e9}"), "path"),
        Row("a blank behind it", path("/\u{e9} "), "path"),
        Row("NUL behind it", path("/\u{e9}\u{0}"), "path"),
        Row("LF behind it", path("/\u{e9}\n"), "path"),
        Row("DEL behind it", path("/\u{e9}\u{7f}"), "path"),
        Row("a fragment behind it", path("/\u{e9}#"), "path"),
        Row("in the authority", ":method=GET | :scheme=https | :authority=\u{e9} | :path=/", "authority"),
    ]

    @Test(arguments: carelessPaths)
    func `a path has octets that are not ASCII where heads of HTTP/1 may have them`(row: Row) {
        let limits = HeadLimits(allowsNonASCIITargets: true)
        #expect(Translation.request(HTTP2Section(Wire.text(row.octets)), limits) == row.outcome)
    }

    static let connects: [Row] = [
        Row("a host and a port", ":method=CONNECT | :authority=a:443", "CONNECT a:443 HTTP/1.1⏎Host: a:443⏎⏎"),
        Row("an address", ":method=CONNECT | :authority=[::1]:443", "CONNECT [::1]:443 HTTP/1.1⏎Host: [::1]:443⏎⏎"),
        Row(
            "a tunnel",
            ":method=CONNECT | :authority=a:1 | then body",
            "CONNECT a:1 HTTP/1.1⏎Host: a:1⏎Transfer-Encoding: chunked⏎⏎"
        ),
        Row("the same host", ":method=CONNECT | :authority=a:1 | host=a:1", "CONNECT a:1 HTTP/1.1⏎Host: a:1⏎⏎"),
        Row("another host", ":method=CONNECT | :authority=a:1 | host=b:1", "authority"),
        Row("a host and no authority", ":method=CONNECT | host=a:1", "pseudoFields"),
        Row("no port", ":method=CONNECT | :authority=a", "authority"),
        Row("an empty port", ":method=CONNECT | :authority=a:", "authority"),
        Row("an empty authority", ":method=CONNECT | :authority=", "authority"),
        Row("an empty authority and a host", ":method=CONNECT | :authority= | host=a:1", "authority"),
        Row("a path", ":method=CONNECT | :authority=a:1 | :path=/", "pseudoFields"),
        Row("a scheme", ":method=CONNECT | :scheme=https | :authority=a:1", "pseudoFields"),
        Row("all four", ":method=CONNECT | :scheme=https | :authority=a:1 | :path=/", "pseudoFields"),
        Row("in small letters it is another method", ":method=connect | :authority=a:1", "pseudoFields"),
    ]

    @Test(arguments: connects) func `CONNECT has an authority with a port, and nothing else`(row: Row) { expect(row) }

    private func expect(_ row: Row) {
        #expect(Translation.request(HTTP2Section(Wire.text(row.octets))) == row.outcome)
    }
}
