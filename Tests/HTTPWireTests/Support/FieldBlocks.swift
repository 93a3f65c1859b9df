import HTTPWire

/// Field blocks and what they say, as the tables write them.
enum FieldBlocks {
    /// The octets of hexadecimal digits, between which there may be blanks.
    static func octets(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap { $0.hexDigitValue.map { UInt8($0) } }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    static func hexadecimal(_ octets: some Sequence<UInt8>) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// `name: value` for each field, `!` before those that are never indexed, and what was left out; `malformed` if the
    /// block is.
    static func decode(_ block: [UInt8], _ decoder: inout HPACKDecoder, limit: Int = 1 << 20) -> String {
        var fields = FieldSectionBuffer()
        do {
            try decoder.decode(block.span, into: &fields, limit: limit)
        } catch {
            return "malformed"
        }
        return text(fields)
    }

    static func text(_ fields: borrowing FieldSectionBuffer) -> String {
        let octets = fields.octets.octets
        let places = fields.places.map {
            ($0.isNeverIndexed ? "!" : "") + Wire.text(octets[$0.name]) + ": " + Wire.text(octets[$0.value])
        }
        return (places + (fields.isTooLarge ? ["..."] : [])).joined(separator: " | ")
    }

    /// The fields of the dynamic table, the newest first, as blocks that refer to them say.
    static func table(of decoder: HPACKDecoder) -> [String] {
        var entries: [String] = []
        while true {
            var probe = decoder
            let text = decode(integer(62 + entries.count, prefix: 7, pattern: 0x80), &probe)
            guard text != "malformed" else { return entries }
            entries.append(text)
        }
    }

    /// An integer (RFC 7541 section 5.1).
    static func integer(_ value: Int, prefix: Int, pattern: UInt8) -> [UInt8] {
        let all = 1 << prefix - 1
        if value < all { return [pattern | UInt8(value)] }
        var octets = [pattern | UInt8(all)]
        var rest = value - all
        while rest >= 128 {
            octets.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return octets + [UInt8(rest)]
    }

    /// A string that is not in Huffman's code.
    static func string(_ text: String) -> [UInt8] {
        let octets = Wire.octets(text)
        return integer(octets.count, prefix: 7, pattern: 0) + octets
    }
}
