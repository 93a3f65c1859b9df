/// Octets as zone files show them (RFC 1035 section 5.1), in ASCII alone.
enum PresentationText {
    /// A label: a dot in it is escaped, and what zone files give a meaning.
    static func label(_ octets: some Sequence<UInt8>) -> String {
        var text = ""
        for octet in octets {
            switch octet {
            case UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "("),
                UInt8(ascii: ")"), UInt8(ascii: "@"), UInt8(ascii: "$"):
                text += "\\\(Unicode.Scalar(octet))"
            case 0x21...0x7e: text.unicodeScalars.append(Unicode.Scalar(octet))
            default: text += decimal(octet)
            }
        }
        return text
    }

    /// A character string between quotes, as TXT and HINFO hold them.
    static func quoted(_ octets: some Sequence<UInt8>) -> String {
        var text = "\""
        for octet in octets {
            switch octet {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): text += "\\\(Unicode.Scalar(octet))"
            case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(octet))
            default: text += decimal(octet)
            }
        }
        return text + "\""
    }

    /// Octets without a form of their own (RFC 3597 section 5): `\# 3 0a0b0c`.
    static func generic(_ octets: [UInt8]) -> String {
        octets.isEmpty ? "\\# 0" : "\\# \(octets.count) \(hexadecimal(octets))"
    }

    /// Two digits for each octet.
    static func hexadecimal(_ octets: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func decimal(_ octet: UInt8) -> String {
        let digits = String(octet)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
