import HTTPWire
import NetworkTypes
import Testing

/// Headers of the PROXY protocol: what they say and how many octets they have. Clients are in 192.0.2/24 and
/// 2001:db8::/64, what they called in 198.51.100/24 and 2001:db8:1::/64.
@Suite struct ProxyHeaderTests {
    static let lines: [Row] = [
        Row("TCP4", "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443⏎GET /", "192.0.2.1:56324 198.51.100.1:443 +45"),
        Row("TCP6", "PROXY TCP6 2001:db8::1 2001:db8:1::2 1 65535⏎", "[2001:db8::1]:1 [2001:db8:1::2]:65535 +46"),
        Row("port 0", "PROXY TCP4 192.0.2.1 198.51.100.1 0 0⏎", "192.0.2.1:0 198.51.100.1:0 +39"),
        Row("UNKNOWN", "PROXY UNKNOWN⏎GET /", "local +15"),
        Row("UNKNOWN and more", "PROXY UNKNOWN ffff::1 anything 0 x⏎", "local +36"),
        Row("107 octets", "PROXY UNKNOWN " + String(repeating: "x", count: 91) + "⏎", "local +107"),
        Row("108 octets", "PROXY UNKNOWN " + String(repeating: "x", count: 92) + "⏎", "malformed"),
        Row("no end", "PROXY UNKNOWN " + String(repeating: "x", count: 93), "malformed"),
        Row("no end yet", "PROXY UNKNOWN " + String(repeating: "x", count: 92), "incomplete"),
        Row("nothing", "", "incomplete"),
        Row("a little", "PRO", "incomplete"),
        Row("all but LF", "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r", "incomplete"),
        Row("LF alone", "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n", "malformed"),
        Row("CR in it", "PROXY TCP4 192.0.2.1 198.51.100.1 56324\r443⏎", "malformed"),
        Row("two blanks", "PROXY TCP4  192.0.2.1 198.51.100.1 56324 443⏎", "malformed"),
        Row("a blank behind", "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 ⏎", "malformed"),
        Row("a tab", "PROXY\tTCP4 192.0.2.1 198.51.100.1 56324 443⏎", "none"),
        Row("lower case", "proxy TCP4 192.0.2.1 198.51.100.1 56324 443⏎", "none"),
        Row("no ports", "PROXY TCP4 192.0.2.1 198.51.100.1⏎", "malformed"),
        Row("a seventh word", "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 3⏎", "malformed"),
        Row("another protocol", "PROXY UDP4 192.0.2.1 198.51.100.1 1 2⏎", "malformed"),
        Row("nothing but the word", "PROXY ⏎", "malformed"),
        Row("the wrong family", "PROXY TCP4 2001:db8::1 2001:db8:1::2 1 2⏎", "malformed"),
        Row("the other wrong family", "PROXY TCP6 192.0.2.1 198.51.100.1 1 2⏎", "malformed"),
        Row("a name", "PROXY TCP4 localhost 198.51.100.1 1 2⏎", "malformed"),
        Row("an address too large", "PROXY TCP4 192.0.2.256 198.51.100.1 1 2⏎", "malformed"),
        Row("a port too large", "PROXY TCP4 192.0.2.1 198.51.100.1 65536 443⏎", "malformed"),
        Row("a port with a sign", "PROXY TCP4 192.0.2.1 198.51.100.1 +1 443⏎", "malformed"),
        Row("a port with zeros", "PROXY TCP4 192.0.2.1 198.51.100.1 01 443⏎", "malformed"),
        Row("a request", "GET / HTTP/1.1⏎", "none"),
        Row("a request of a method P", "PUT / HTTP/1.1⏎", "none"),
        Row("TLS", [0x16, 0x03, 0x01, 0x00], "none"),
        Row("the preface of HTTP/2", "PRI * HTTP/2.0⏎⏎SM⏎⏎", "none"),
    ]

    private static let signature = "⏎⏎\u{0}⏎QUIT\n"
    private static let addresses4 = "\u{c0}\u{0}\u{2}\u{1}\u{c6}\u{33}\u{64}\u{1}\u{dc}\u{4}\u{1}\u{bb}"
    private static let addresses6 =
        " \u{1}\u{d}\u{b8}" + zeros(11) + "\u{1} \u{1}\u{d}\u{b8}\u{0}\u{1}" + zeros(9) + "\u{2}\u{0}\u{1}\u{ff}\u{ff}"

    static let binaries: [Row] = [
        Row("TCP4", binary("!\u{11}", addresses4) + "GET", "192.0.2.1:56324 198.51.100.1:443 +28"),
        Row("TCP6", binary("!!", addresses6) + "GET", "[2001:db8::1]:1 [2001:db8:1::2]:65535 +52"),
        Row(
            "what is added is skipped",
            binary("!\u{11}", addresses4 + "\u{4}\u{0}\u{1}x") + "GET",
            "192.0.2.1:56324 198.51.100.1:443 +32"
        ),
        Row(
            "as much as may be added",
            binary("!\u{11}", addresses4 + zeros(4084)),
            "192.0.2.1:56324 198.51.100.1:443 +4112"
        ),
        Row("more than may be added", binary("!\u{11}", addresses4 + zeros(4085)), "malformed"),
        Row("LOCAL", binary(" \u{0}", ""), "local +16"),
        Row("LOCAL with addresses", binary(" \u{11}", addresses4), "local +28"),
        Row("LOCAL of a kind nobody knows", binary(" \u{ff}", "xyz"), "local +19"),
        Row("unspecified", binary("!\u{0}", "xyz"), "local +19"),
        Row("a Unix socket", binary("!1", zeros(216)), "local +232"),
        Row("a short Unix socket", binary("!1", zeros(215)), "malformed"),
        Row("datagrams", binary("!\u{12}", addresses4), "malformed"),
        Row("a family nobody knows", binary("!A", addresses4), "malformed"),
        Row("too short for TCP4", binary("!\u{11}", String(addresses4.unicodeScalars.dropLast())), "malformed"),
        Row("too short for TCP6", binary("!!", addresses4), "malformed"),
        Row("version 1", binary("\u{11}\u{11}", addresses4), "malformed"),
        Row("version 3", binary("1\u{11}", addresses4), "malformed"),
        Row("a command nobody knows", binary("\"\u{11}", addresses4), "malformed"),
        Row("a little of the signature", "⏎⏎\u{0}", "incomplete"),
        Row("the signature", signature, "incomplete"),
        Row("the signature and a wrong version", signature + "\u{31}", "malformed"),
        Row("all but the length", signature + "!\u{11}\u{0}", "incomplete"),
        Row("all but the last octet", String(binary("!\u{11}", addresses4).unicodeScalars.dropLast()), "incomplete"),
        Row("another signature", "⏎⏎\u{0}⏎QUIX\n", "none"),
        Row("an empty line and a request", "⏎GET / HTTP/1.1⏎", "none"),
    ]

    @Test(arguments: lines + binaries)
    func `a header says who is at the other end, or nothing`(row: Row) {
        row.check { octets, cuts in
            let outcomes = (cuts + [octets.count]).map { Self.outcome(octets.span.extracting(0..<$0)) }
            return outcomes.first { $0 != "incomplete" } ?? "incomplete"
        }
    }

    private static func outcome(_ octets: Span<UInt8>) -> String {
        switch ProxyHeader(octets) {
        case .incomplete: "incomplete"
        case .none: "none"
        case .malformed: "malformed"
        case .local(let length): "local +\(length)"
        case .proxied(let length, let source, let destination): "\(text(source)) \(text(destination)) +\(length)"
        }
    }

    private static func text(_ endpoint: ProxiedEndpoint) -> String {
        endpoint.address.family == .ipv6
            ? "[\(endpoint.address)]:\(endpoint.port)" : "\(endpoint.address):\(endpoint.port)"
    }

    /// A header of version 2: what says what follows, and what follows.
    private static func binary(_ kind: String, _ body: String) -> String {
        let length = body.unicodeScalars.count
        let octets = [UInt8(length >> 8), UInt8(length & 0xff)].map { String(Unicode.Scalar($0)) }
        return signature + kind + octets.joined() + body
    }

    private static func zeros(_ count: Int) -> String { String(repeating: "\u{0}", count: count) }
}
