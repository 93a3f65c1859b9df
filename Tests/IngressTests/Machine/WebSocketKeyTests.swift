import HTTPWire
import Testing

@testable import Ingress

@Suite struct WebSocketKeyTests {
    @Test func `the example of RFC 6455 section 1_3 is answered as there`() throws {
        let head = "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        let octets = Array(head.utf8)
        var parser = RequestParser(HeadLimits())
        var scanned = 0
        _ = parser.parse(octets.span, resumingAt: &scanned)
        let found = WebSocketKey(of: parser.head, in: octets.span)
        let key = try #require(found)
        #expect(String(decoding: key.answer, as: UTF8.self) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `keys are sixteen octets, and no two are the same`() {
        let keys = (0..<50).map { _ in WebSocketKey.random().octets }
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.count == 24 && Base64.decode($0)?.count == 16 })
    }

    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base64 is that of RFC 4648`(text: String, signs: String) {
        #expect(String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self) == signs)
        #expect(Base64.decode(Array(signs.utf8)) == Array(text.utf8))
    }
}
