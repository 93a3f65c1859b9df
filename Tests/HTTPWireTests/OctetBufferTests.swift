import HTTPWire
import Testing

@Suite struct OctetBufferTests {
    @Test func `octets are appended at the end and removed from the front`() {
        var buffer = OctetBuffer(capacity: 4)
        #expect(text(buffer) == "")
        buffer.append(Array("abc".utf8))
        buffer.append("def" as StaticString)
        buffer.append("ghi" as String)
        buffer.append("xjklx".utf8.span, 1..<4)
        buffer.append(0x6d)
        #expect(text(buffer) == "abcdefghijklm")
        let count = buffer.count
        #expect(count == 13)
        buffer.removeFirst(5)
        #expect(text(buffer) == "fghijklm")
        buffer.removeFirst(100)
        #expect(text(buffer) == "")
        buffer.append("n".utf8.span)
        #expect(text(buffer) == "n")
        buffer.removeAll()
        #expect(text(buffer) == "")
    }

    @Test(arguments: [0, 1, 9, 10, 15, 16, 99, 255, 256, 4096, 65535, 1 << 32, .max] as [UInt64])
    func `numbers are written in digits`(number: UInt64) {
        var buffer = OctetBuffer()
        buffer.append(decimal: number)
        buffer.append(0x20)
        buffer.append(hexadecimal: number)
        #expect(text(buffer) == "\(number) \(String(number, radix: 16))")
    }

    @Test func `first lines, fields and chunks are written as HTTP has them`() {
        var buffer = OctetBuffer()
        buffer.appendRequestLine(method: "GET".utf8.span, target: "/a?b".utf8.span)
        buffer.appendRequestLine(method: "PUT".utf8.span, path: "/a".utf8.span, query: "b".utf8.span)
        buffer.appendStatusLine(404)
        buffer.appendStatusLine(599)
        buffer.appendStatusLine(200, reason: "Fine".utf8.span)
        buffer.appendField(name: FieldName.contentLength.text, decimal: 12)
        buffer.appendField(name: "A", value: "b" as StaticString)
        buffer.appendField(name: "A", value: "c".utf8.span)
        buffer.appendField(name: "D".utf8.span, value: "e".utf8.span)
        buffer.appendChunkHeader(255)
        let expected =
            "GET /a?b HTTP/1.1⏎PUT /a?b HTTP/1.1⏎HTTP/1.1 404 Not Found⏎HTTP/1.1 599 ⏎HTTP/1.1 200 Fine⏎"
            + "Content-Length: 12⏎A: b⏎A: c⏎D: e⏎ff⏎"
        #expect(text(buffer) == expected)
    }

    static let copies: [(String, String)] = [
        ("", ""), ("A: b⏎", "A: b⏎"), ("A: b⏎C: d⏎", "A: b⏎C: d⏎"),
        ("A:b⏎C:  d⏎E: f \t⏎G:\th⏎", "A: b⏎C: d⏎E: f⏎G: h⏎"),
        ("A:⏎B: ⏎", "A: ⏎B: ⏎"), ("A: b⏎No: x⏎C: d⏎", "A: b⏎C: d⏎"), ("No: x⏎A: b⏎C:d⏎E: f⏎no: y⏎", "A: b⏎C: d⏎E: f⏎"),
        ("A:b⏎no: x⏎no: y⏎", "A: b⏎"), ("A: b⏎C:d⏎No: x⏎E: f⏎", "A: b⏎C: d⏎E: f⏎"),
    ]

    @Test(arguments: copies)
    func `fields are copied but for those that are not kept`(fields: String, copy: String) {
        let octets = Wire.octets("HTTP/1.1 200 OK⏎\(fields)⏎body")
        var parser = ResponseParser(HeadLimits())
        var scanned = 0
        #expect(parser.parse(octets.span, resumingAt: &scanned, to: .get) == .complete(length: octets.count - 4))
        let list = parser.head.fields
        var atOnce = OctetBuffer()
        atOnce.appendFields(copy: list, of: octets.span) { !$0.isNamed("no".utf8.span, in: octets.span) }
        #expect(text(atOnce) == copy)
        var oneByOne = OctetBuffer()
        for index in 0..<list.count where !list[index].isNamed("no".utf8.span, in: octets.span) {
            oneByOne.appendField(copy: list[index], of: octets.span)
        }
        #expect(text(oneByOne) == copy)
    }

    @Test func `registered statuses have a reason and others none`() {
        #expect(StatusCode.reason(502).description == "Bad Gateway")
        #expect((100...999).filter { StatusCode.reason($0).utf8CodeUnitCount > 0 }.count == 60)
    }

    private func text(_ buffer: borrowing OctetBuffer) -> String { Wire.text(buffer.octets) }
}
