import HTTPWire
import SeededNumbers
import Testing

/// Fields that an encoder writes and a decoder reads, block after block, while the size of the table changes.
@Suite struct HPACKRoundTripTests {
    /// Makes fields of which some repeat.
    private struct FieldMaker {
        var generator = SeededNumbers(seed: 11)

        private static let names = [
            ":authority", ":path", ":scheme", ":method", "accept", "Accept-Encoding", "content-type", "Server", "DATE",
            "cookie", "authorization", "x-a", "X-Request-ID", "X-a-name-that-is-known-to-nobody-at-all", "",
        ]
        private static let values = [
            "", "a", "/", "gzip, deflate", "application/json", "text/html; charset=utf-8", "www.example.com",
            "Mon, 21 Oct 2013 20:13:21 GMT", "\u{0}\u{ff}\u{80}", String(repeating: "x", count: 127),
        ]

        mutating func field() -> (name: String, value: String) {
            let index = Int.random(in: 0..<Self.names.count, using: &generator)
            let name = Self.names[index]
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                let count = Int.random(in: 0...Int.random(in: 0...600, using: &generator), using: &generator)
                return (name, Wire.latin((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }))
            case 1: return (name, Self.values.randomElement(using: &generator) ?? "")
            default: return (name, Self.values[index % Self.values.count])
            }
        }
    }

    @Test func `what is encoded is decoded, whatever the size of the table`() {
        var maker = FieldMaker()
        var indexed = 0
        for _ in 0..<8 {
            var encoder = HPACKEncoder()
            var decoder = HPACKDecoder(tableSize: 8_192)
            for _ in 0..<60 {
                for _ in 0..<(Int.random(in: 0..<40, using: &maker.generator) / 37) {
                    let size = [0, 31, 100, 300, 1_000, 4_096, 8_192].randomElement(using: &maker.generator) ?? 0
                    encoder.allowTable(size: size)
                }
                var block = OctetBuffer()
                encoder.begin(&block)
                var expected: [String] = []
                for _ in 0..<Int.random(in: 0...8, using: &maker.generator) {
                    let (name, value) = maker.field()
                    let octets = (name: Wire.octets(name), value: Wire.octets(value))
                    let isSensitive = Int.random(in: 0..<20, using: &maker.generator) == 0
                    let before = block.count
                    encoder.append(
                        name: octets.name.span,
                        value: octets.value.span,
                        isSensitive: isSensitive,
                        to: &block
                    )
                    if block.count == before + 1, value.count > 20 { indexed += 1 }
                    let isSecret = ["cookie", "authorization"].contains(name) && octets.value.count < 20
                    let mark = isSensitive || isSecret ? "!" : ""
                    expected.append("\(mark)\(name.lowercased()): \(Wire.text(octets.value))")
                }
                guard FieldBlocks.decode(block.octets, &decoder) == expected.joined(separator: " | ") else {
                    Issue.record("\(FieldBlocks.hexadecimal(block.octets)) is not \(expected)")
                    return
                }
            }
        }
        #expect(indexed > 20)
    }

    @Test func `a status is decoded as it was encoded, and common ones are one octet`() {
        var encoder = HPACKEncoder()
        var decoder = HPACKDecoder()
        var short: [UInt16] = []
        for status in 100...999 as ClosedRange<UInt16> {
            var block = OctetBuffer()
            encoder.begin(&block)
            encoder.append(status: status, to: &block)
            #expect(FieldBlocks.decode(block.octets, &decoder) == ":status: \(status)")
            if block.count == 1 { short.append(status) }
        }
        #expect(short == [200, 204, 206, 304, 400, 404, 500])
    }
}
