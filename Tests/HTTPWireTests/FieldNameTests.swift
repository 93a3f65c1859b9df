import HTTPWire
import Testing

@Suite struct FieldNameTests {
    @Test func `each known name is found in any case and nothing else is`() {
        for name in FieldName.allCases where name != .other {
            let text = name.text.description
            #expect(Self.name(of: text) == name)
            #expect(Self.name(of: text.lowercased()) == name)
            #expect(Self.name(of: text.uppercased()) == name)
            #expect(Self.name(of: text + "x") == .other)
            #expect(Self.name(of: "x" + text) == .other)
            for place in text.utf8.indices {
                var octets = Array(text.utf8)
                octets[text.utf8.distance(from: text.startIndex, to: place)] = UInt8(ascii: "#")
                #expect(Self.name(of: String(decoding: octets, as: UTF8.self)) == .other)
            }
        }
        #expect(Self.name(of: String(repeating: "x", count: 40)) == .other)
    }

    @Test func `what belongs to one connection is known`() {
        let names: Set<FieldName> = [
            .connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade, .http2Settings,
            .proxyAuthenticate, .proxyAuthorization,
        ]
        #expect(Set(FieldName.allCases.filter(\.isOfConnection)) == names)
    }

    @Test func `a field is compared with a name in lower case`() {
        let octets = Array("GET / HTTP/1.1\r\nHost: a\r\nX-Some: b\r\n\r\n".utf8)
        var parser = RequestParser(HeadLimits())
        var scanned = 0
        _ = parser.parse(octets.span, resumingAt: &scanned)
        let field = parser.head.fields[1]
        let names = ["x-some", "x-somf", "x-som", "x-some-"]
        #expect(names.filter { field.isNamed($0.utf8.span, in: octets.span) } == ["x-some"])
    }

    /// The name that the parser takes the second field for.
    private static func name(of text: String) -> FieldName? {
        let octets = Array("GET / HTTP/1.1\r\nAccept: a\r\n\(text): 5\r\nHost: a\r\n\r\n".utf8)
        var parser = RequestParser(HeadLimits())
        var scanned = 0
        _ = parser.parse(octets.span, resumingAt: &scanned)
        return parser.head.fields.count > 1 ? parser.head.fields[1].name : nil
    }
}
