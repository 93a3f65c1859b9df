import HTTPWire
import SeededNumbers
import Testing

/// Blocks that are nearly right, or random, go through a decoder, and are compared with a plain reading.
@Suite struct HPACKMutationTests {
    /// Pieces of blocks: what each kind of field begins with, integers and strings.
    private static let pieces = [
        "82", "90", "bd", "be", "bf", "c2", "ff00", "40016103626364", "400161017e", "7e0161", "7f000162", "0f2f0178",
        "5103612f62", "0001610162", "1001610162", "0f1f0178", "20", "3f45", "3fe11f", "4100", "40000", "0484ffffffff",
        "04821c64", "488264 02", "588aaec3771a4b", "00", "ff8001", "10017e",
    ].map { FieldBlocks.octets($0) }

    private static func block(_ generator: inout SeededNumbers) -> [UInt8] {
        var block: [UInt8] = []
        for _ in 0..<Int.random(in: 0...12, using: &generator) {
            block += pieces.randomElement(using: &generator) ?? []
        }
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
            guard let place = block.indices.randomElement(using: &generator) else { break }
            switch Int.random(in: 0..<12, using: &generator) {
            case 0: block[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: block.remove(at: place)
            case 2: block.removeSubrange(place...)
            case 3: block.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
            default: break
            }
        }
        return block
    }

    @Test func `blocks that are nearly right say what a plain reading finds, and leave the same table`() {
        var generator = SeededNumbers(seed: 5)
        var decoder = HPACKDecoder()
        var plain = PlainFieldBlocks()
        var outcomes = (read: 0, malformed: 0)
        for _ in 0..<4_000 {
            let block = Self.block(&generator)
            let outcome = FieldBlocks.decode(block, &decoder)
            let expected: String
            do {
                expected = try plain.decode(block)
                outcomes.read += 1
            } catch .coded {
                (decoder, plain) = (HPACKDecoder(), PlainFieldBlocks())
                continue
            } catch {
                expected = "malformed"
                outcomes.malformed += 1
                (decoder, plain) = (HPACKDecoder(), PlainFieldBlocks())
            }
            guard outcome == expected else {
                Issue.record("\(FieldBlocks.hexadecimal(block)): \(outcome), not \(expected)")
                return
            }
        }
        #expect(outcomes.read > 400 && outcomes.malformed > 400, "\(outcomes)")
    }

    @Test func `random octets are read or refused, and never take more than the limit`() {
        var generator = SeededNumbers(seed: 9)
        var decoder = HPACKDecoder()
        var fields = FieldSectionBuffer()
        var decoded = 0
        for round in 0..<4_000 {
            let count = Int.random(in: 0...40, using: &generator)
            let block = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            fields.removeAll()
            do {
                try decoder.decode(block.span, into: &fields, limit: round % 200)
                decoded += 1
            } catch {}
            let places = fields.places
            let size = places.reduce(0) { $0 + Int($1.valueEnd - $1.start) + 32 }
            guard size <= round % 200 else {
                Issue.record("\(size) octets of \(round % 200): \(FieldBlocks.hexadecimal(block))")
                return
            }
        }
        #expect(decoded > 100)
        #expect(FieldBlocks.table(of: decoder).reduce(0) { $0 + $1.unicodeScalars.count + 30 } <= 4_096)
    }
}
