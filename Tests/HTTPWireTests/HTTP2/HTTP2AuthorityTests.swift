import HTTPWire
import Testing

/// What a request of HTTP/2 goes to: `:authority`, Host, or both (RFC 9113 section 8.3.1).
@Suite struct HTTP2AuthorityTests {
    private static func named(_ authority: String) -> String {
        ":method=GET | :scheme=https | :authority=\(authority) | :path=/"
    }

    private static let unnamed = ":method=GET | :scheme=https | :path=/"

    private static func toHost(_ host: String) -> String { "GET / HTTP/1.1⏎Host: \(host)⏎⏎" }

    static let authorities: [Row] = [
        Row("a host", named("a.example"), toHost("a.example")),
        Row("capitals, as they are", named("A.Example"), toHost("A.Example")),
        Row("a port", named("a:8443"), toHost("a:8443")),
        Row("an empty port", named("a:"), toHost("a:")),
        Row("an address", named("192.0.2.1"), toHost("192.0.2.1")),
        Row("an address of IPv6", named("[2001:db8::1]:1"), toHost("[2001:db8::1]:1")),
        Row("empty", named(""), toHost("")),
        Row("none", unnamed, toHost("")),
        Row("the longest", named(String(repeating: "a", count: 255)), toHost(String(repeating: "a", count: 255))),
        Row("longer than the longest", named(String(repeating: "a", count: 256)), "authority"),
        Row("user", named("user@a"), "authority"),
        Row("user and password", named("user:pass@a"), "authority"),
        Row("an empty user", named("@a"), "authority"),
        Row("a port alone", named(":80"), "authority"),
        Row("a port that is none", named("a:x"), "authority"),
        Row("a port that is too large", named("a:65536"), "authority"),
        Row("two ports", named("a:1:2"), "authority"),
        Row("a path", named("a/b"), "authority"),
        Row("a URI", named("http://a"), "authority"),
        Row("a list", named("a,b"), "authority"),
        Row("a blank within", named("a b"), "authority"),
        Row("a blank before", named(" a"), "authority"),
        Row("a blank behind", named("a "), "authority"),
        Row("a tab", named("a\t"), "authority"),
        Row("a blank alone", named(" "), "authority"),
        Row("NUL", named("a\u{0}"), "authority"),
        Row("not ASCII", named("\u{e4}"), "authority"),
        Row("an escape", named("a%2eb"), "authority"),
        Row("CR LF and a field", named("a⏎x: y"), "authority"),
        Row("CR LF and a request", named("a⏎⏎GET /admin HTTP/1.1⏎Host: b"), "authority"),
        Row("LF", named("a\nx: y"), "authority"),
    ]

    @Test(arguments: authorities) func `an authority is a host and maybe a port`(row: Row) { expect(row) }

    static let hosts: [Row] = [
        Row("alone", "\(unnamed) | host=a", toHost("a")),
        Row("alone, with a port", "\(unnamed) | host=a:1", toHost("a:1")),
        Row("alone and empty", "\(unnamed) | host=", toHost("")),
        Row("with an empty authority", "\(named("")) | host=a", toHost("a")),
        Row("both empty", "\(named("")) | host=", toHost("")),
        Row("the same as the authority", "\(named("a")) | host=a", toHost("a")),
        Row("the same with a port", "\(named("a:1")) | host=a:1", toHost("a:1")),
        Row("the same in another case", "\(named("a.Example")) | host=A.example", toHost("a.Example")),
        Row("the same, behind other fields", "\(named("a")) | x-a=1 | host=a", "GET / HTTP/1.1⏎Host: a⏎x-a: 1⏎⏎"),
        Row("another one", "\(named("a")) | host=b", "authority"),
        Row("another one that begins the same", "\(named("a")) | host=a.b", "authority"),
        Row("with another port", "\(named("a:1")) | host=a:2", "authority"),
        Row("with a port that the authority has not", "\(named("a")) | host=a:443", "authority"),
        Row("empty, with an authority", "\(named("a")) | host=", "authority"),
        Row("two", "\(unnamed) | host=a | host=b", "authority"),
        Row("the same twice", "\(unnamed) | host=a | host=a", "authority"),
        Row("the same twice, with an authority", "\(named("a")) | host=a | host=a", "authority"),
        Row("an empty one and another", "\(unnamed) | host= | host=a", "authority"),
        Row("malformed", "\(unnamed) | host=a/b", "authority"),
        Row("a user", "\(unnamed) | host=user@a", "authority"),
        Row("a list", "\(unnamed) | host=a, b", "authority"),
        Row("a blank within", "\(unnamed) | host=a b", "authority"),
        Row("a blank before", "\(unnamed) | host= a", "fieldValue"),
        Row("CR LF", "\(unnamed) | host=a⏎x: y", "fieldValue"),
        Row("in capitals", "\(unnamed) | Host=a", "fieldName"),
    ]

    @Test(arguments: hosts) func `Host says the same as the authority, or stands for it`(row: Row) { expect(row) }

    private func expect(_ row: Row) {
        #expect(Translation.request(HTTP2Section(Wire.text(row.octets))) == row.outcome)
    }
}
