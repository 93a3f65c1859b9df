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
            var block = OctetBuffer()
            append(index: 62 + entries.count, to: &block)
            let text = decode(block.octets, &probe)
            guard text != "malformed" else { return entries }
            entries.append(text)
        }
    }

    private static func append(index: Int, to block: inout OctetBuffer) {
        if index < 127 { return block.append(0x80 | UInt8(index)) }
        block.append([0xff, UInt8((index - 127) & 0x7f | 0x80), UInt8((index - 127) >> 7)])
    }
}
