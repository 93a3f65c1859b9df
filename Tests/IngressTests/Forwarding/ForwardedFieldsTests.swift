import ClusterFixtures
import HTTPWire
import NetworkTypes
import Testing

@testable import Ingress

/// A client's fields → which go on, and what the proxy says in their place. Proxies are of 10.0.0.0/8, clients of
/// 192.0.2.0/24.
@Suite struct ForwardedFieldsTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        /// Whether it is dropped if the peer is not trusted, and if it is.
        let untrusted: Bool
        let trusted: Bool

        init(_ name: String, dropped untrusted: Bool, ofTrusted trusted: Bool) {
            self.name = name
            self.untrusted = untrusted
            self.trusted = trusted
        }

        var testDescription: String { name }
    }

    static let rows = [
        // The proxy writes its own.
        Row("X-Forwarded-For", dropped: true, ofTrusted: true),
        Row("x-forwarded-for", dropped: true, ofTrusted: true),
        Row("X-FORWARDED-PROTO", dropped: true, ofTrusted: true),
        Row("X-Forwarded-Host", dropped: true, ofTrusted: true),
        Row("X-Forwarded-Port", dropped: true, ofTrusted: true),
        Row("X-Forwarded-Server", dropped: true, ofTrusted: true),
        Row("X-Real-Ip", dropped: true, ofTrusted: true),
        // Proxies in front may say so.
        Row("Forwarded", dropped: true, ofTrusted: false),
        Row("X-Forwarded-Prefix", dropped: true, ofTrusted: false),
        Row("X-Forwarded-Uri", dropped: true, ofTrusted: false),
        Row("X-Forwarded-Method", dropped: true, ofTrusted: false),
        Row("X-Forwarded-Scheme", dropped: true, ofTrusted: false),
        Row("x-forwarded-ssl", dropped: true, ofTrusted: false),
        Row("X-Forwarded-Protocol", dropped: true, ofTrusted: false),
        Row("X-Forwarded-Tls-Client-Cert", dropped: true, ofTrusted: false),
        Row("X-Forwarded-Tls-Client-Cert-Info", dropped: true, ofTrusted: false),
        Row("X-Scheme", dropped: true, ofTrusted: false),
        // Nobody may.
        Row("X_Forwarded_For", dropped: true, ofTrusted: true),
        Row("X-Forwarded_For", dropped: true, ofTrusted: true),
        Row("x_forwarded-proto", dropped: true, ofTrusted: true),
        Row("X_REAL_IP", dropped: true, ofTrusted: true),
        Row("X_Scheme", dropped: true, ofTrusted: true),
        Row("X_Forwarded_Tls_Client_Cert_Info", dropped: true, ofTrusted: true),
        Row("Proxy", dropped: true, ofTrusted: true),
        Row("pROXY", dropped: true, ofTrusted: true),
        // Anybody may.
        Row("Prox", dropped: false, ofTrusted: false),
        Row("Proxy-User", dropped: false, ofTrusted: false),
        Row("Proxx", dropped: false, ofTrusted: false),
        Row("X-Forwarded-User", dropped: false, ofTrusted: false),
        Row("X-Forwarded", dropped: false, ofTrusted: false),
        Row("X-Forwarded-For-Real", dropped: false, ofTrusted: false),
        Row("X_User", dropped: false, ofTrusted: false),
        Row("From", dropped: false, ofTrusted: false),
        Row("F", dropped: false, ofTrusted: false),
        Row("Host", dropped: false, ofTrusted: false),
        Row("Via", dropped: false, ofTrusted: false),
        Row("X-Request-Id", dropped: false, ofTrusted: false),
    ]

    @Test(arguments: rows) func `fields go on or not`(row: Row) throws {
        let head = try Self.head([(row.name, "x")])
        let field = head.fields[head.fields.count - 1]
        for (isTrusted, isDropped) in [(false, row.untrusted), (true, row.trusted)] {
            let found =
                if field.name == .other {
                    ForwardedFields.drops(otherName: Array(row.name.utf8).span, ofTrusted: isTrusted)
                } else {
                    ForwardedFields.drops(field.name, ofTrusted: isTrusted)
                }
            #expect(found == isDropped, "trusted: \(isTrusted)")
        }
    }

    @Test(
        arguments: [
            ("x-forwarded-for", false, true), ("x-real-ip", false, true), ("forwarded", false, true),
            ("x-scheme", false, true), ("proxy", false, false), ("x-user", nil, nil), ("x_forwarded_for", nil, nil),
        ] as [(String, Bool?, Bool?)]
    )
    func `rules go by what backends see`(name: String, untrusted: Bool?, trusted: Bool?) {
        #expect(ForwardedFields.believes(name, ofTrusted: false) == untrusted)
        #expect(ForwardedFields.believes(name, ofTrusted: true) == trusted)
    }

    /// A head as the parser reads it.
    static func head(_ fields: [(String, String)]) throws -> RequestHead {
        var parser = RequestParser(HeadLimits())
        var scanned = 0
        let octets = text(fields)
        let progress = parser.parse(octets.span, resumingAt: &scanned)
        try #require(progress == .complete(length: octets.count))
        return parser.head
    }

    private static func text(_ fields: [(String, String)]) -> [UInt8] {
        let hasHost = fields.contains { $0.0 == "Host" }
        let lines = (hasHost ? fields : [("Host", "shop.example")] + fields).map { "\($0.0): \($0.1)\r\n" }
        return Array("GET / HTTP/1.1\r\n\(lines.joined())\r\n".utf8)
    }

    struct Peer: CustomTestStringConvertible, Sendable {
        var client = "192.0.2.7"
        var isTrusted = false
        var isSecure = false
        var port: UInt16?
        var received: NamedFields = [:]
        /// X-Forwarded-For, -Proto, -Host, -Port, X-Real-Ip.
        let fields: [String]

        var testDescription: String { fields.joined(separator: " ") }
    }

    static let peers = [
        Peer(fields: ["192.0.2.7", "http", "shop.example", "80", "192.0.2.7"]),
        Peer(isSecure: true, fields: ["192.0.2.7", "https", "shop.example", "443", "192.0.2.7"]),
        Peer(isSecure: true, port: 8_443, fields: ["192.0.2.7", "https", "shop.example", "8443", "192.0.2.7"]),
        Peer(client: "2001:db8::1", fields: ["2001:db8::1", "http", "shop.example", "80", "2001:db8::1"]),
        Peer(client: "::ffff:192.0.2.7", fields: ["192.0.2.7", "http", "shop.example", "80", "192.0.2.7"]),
        Peer(
            received: [
                "X-Forwarded-For": "10.9.9.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example",
                "X-Forwarded-Port": "1", "X-Real-Ip": "10.9.9.9",
            ],
            fields: ["192.0.2.7", "http", "shop.example", "80", "192.0.2.7"]
        ),
        Peer(
            client: "10.0.0.1",
            isTrusted: true,
            received: [
                "X-Forwarded-For": "192.0.2.1", "X-Forwarded-For": "10.0.0.9", "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "front.example", "X-Forwarded-Port": "8443", "X-Real-Ip": "192.0.2.1",
            ],
            fields: ["192.0.2.1, 10.0.0.9, 10.0.0.1", "https", "front.example", "8443", "192.0.2.1"]
        ),
        Peer(
            client: "10.0.0.1",
            isTrusted: true,
            received: ["X-Forwarded-Proto": "wss"],
            fields: ["10.0.0.1", "https", "shop.example", "443", "10.0.0.1"]
        ),
        Peer(
            client: "10.0.0.1",
            isTrusted: true,
            isSecure: true,
            received: ["X-Forwarded-Proto": "HTTP"],
            fields: ["10.0.0.1", "http", "shop.example", "80", "10.0.0.1"]
        ),
        Peer(
            client: "10.0.0.1",
            isTrusted: true,
            received: ["X-Forwarded-Proto": "gopher", "X-Real-Ip": ""],
            fields: ["10.0.0.1", "http", "shop.example", "80", "10.0.0.1"]
        ),
        Peer(client: "10.0.0.1", isTrusted: true, fields: ["10.0.0.1", "http", "shop.example", "80", "10.0.0.1"]),
    ]

    private static func forwarded(_ peer: Peer) -> ForwardedPeer {
        ForwardedPeer(
            client: address(peer.client),
            isTrusted: peer.isTrusted,
            isSecure: peer.isSecure,
            node: "node-1"
        )
    }

    @Test(arguments: peers) func `backends are told of the client`(row: Peer) {
        let peer = Self.forwarded(row)
        let fields = peer.fields(row.received, host: Array("shop.example".utf8), port: row.port)
        let names = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-Ip"]
        #expect(names.map { fields.value(of: $0) } == row.fields)
        #expect(fields.value(of: "X-Forwarded-Server") == "node-1")
        #expect(peer.isSecure(row.received) == (row.fields[1] == "https"))
    }

    @Test(arguments: peers.filter { !$0.isTrusted })
    func `the lines that are made once say the same`(row: Peer) {
        let peer = Self.forwarded(row)
        let fields = peer.fields(row.received, host: Array("shop.example".utf8), port: row.port)
        let constant = fields.filter { !["X-Forwarded-Host", "X-Forwarded-Port"].contains($0.description.prefix(16)) }
        #expect(String(decoding: peer.lines, as: UTF8.self) == constant.map { "\($0)\r\n" }.joined())
        #expect(fields.value(of: "X-Forwarded-Port") == "\(row.port ?? peer.defaultPort)")
    }

    @Test func `what rules take out or set is not written`() {
        var edits = FieldEdits()
        edits.remove("X-Forwarded-For")
        edits.set("X-Forwarded-Proto", "https")
        let fields = Self.forwarded(Peer(fields: [])).fields(NamedFields([]), host: [], port: nil, edits)
        #expect(
            fields.map(\.description) == [
                "X-Forwarded-Server: node-1", "X-Real-Ip: 192.0.2.7", "X-Forwarded-Port: 80",
            ]
        )
    }

    @Test func `a head's fields are found by name`() throws {
        let fields = [("X-A", "1"), ("x-a", "2"), ("Origin", "null"), ("X-AB", "3")]
        let octets = Self.text(fields)
        let head = HeadFields(try Self.head(fields).fields, in: octets.span, length: octets.count)
        #expect(head.values(of: "x-a").map { String(decoding: $0, as: UTF8.self) } == ["1", "2"])
        #expect(head.values(of: "origin").count == 1)
        #expect(head.values(of: "cookie") == [])
    }

    @Test func `rules learn of a head what they need`() throws {
        let text = "GET /a/../b?c HTTP/1.1\r\nHost: Shop.example:8080\r\nX-Forwarded-Proto: https\r\n\r\n"
        let octets = Array(text.utf8)
        var parser = RequestParser(HeadLimits())
        var scanned = 0
        let progress = parser.parse(octets.span, resumingAt: &scanned)
        try #require(progress == .complete(length: octets.count))
        var host = HostName()
        let isWellFormed = host.normalise(octets.span, parser.head.authority)
        #expect(isWellFormed)
        for isTrusted in [false, true] {
            let facts = RequestFacts(
                parser.head,
                in: octets.span,
                length: octets.count,
                host: host,
                path: Array("/b".utf8).span,
                client: address("192.0.2.7"),
                peer: Self.forwarded(Peer(isTrusted: isTrusted, fields: []))
            )
            #expect(facts.method == .get && facts.path == Array("/b".utf8) && facts.query == Array("c".utf8))
            #expect(facts.host == Array("shop.example".utf8) && facts.port == 8_080)
            #expect(facts.isSecure == isTrusted && facts.trustsForwarded == isTrusted)
            #expect(facts.fields.values(of: "host") == [Array("Shop.example:8080".utf8)])
        }
    }

    @Test(arguments: [
        ("10.0.0.1", true), ("::ffff:10.0.0.1", true), ("11.0.0.1", false), ("fd00::1", true), ("fe80::1", false),
    ])
    func `trust is by network`(peer: String, isTrusted: Bool) throws {
        let networks = [try IPPrefix(parsing: "10.0.0.0/8"), try IPPrefix(parsing: "fd00::/8")]
        #expect(TrustedPeers(networks: networks).contains(address(peer)) == isTrusted)
        #expect(!TrustedPeers().contains(address(peer)))
        #expect(TrustedPeers(trustsAll: true).contains(address(peer)))
    }
}
