/// Base64 (RFC 4648 section 4) of credentials and digests.
enum Base64 {
    /// Nil for what is not base64. Padding may be missing, but nothing may be in its place.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        guard padding == 0 || text.count % 4 == 0 else { return nil }
        let signs = text.dropLast(padding)
        return signs.count % 4 == 1 ? nil : octets(of: signs, value)
    }

    /// The same of bcrypt, which has another order of the signs, and no padding.
    static func decodeCrypt(_ text: some Collection<UInt8>) -> [UInt8]? { octets(of: text, cryptValue) }

    static func encode(_ octets: [UInt8]) -> [UInt8] {
        var signs: [UInt8] = []
        for start in stride(from: 0, to: octets.count, by: 3) {
            let part = octets[start..<min(start + 3, octets.count)]
            let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for place in 0..<4 {
                signs.append(place > part.count ? UInt8(ascii: "=") : Self.signs[bits >> (18 - 6 * place) & 63])
            }
        }
        return signs
    }

    private static let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Six bits a sign, the highest first. What does not fill an octet is dropped.
    private static func octets(
        of signs: some Collection<UInt8>,
        _ value: (UInt8) -> UInt8?
    ) -> [UInt8]? {
        var (octets, bits, count) = ([UInt8](), UInt32(0), 0)
        octets.reserveCapacity(signs.count * 3 / 4)
        for sign in signs {
            guard let value = value(sign) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return octets
    }

    private static func value(of sign: UInt8) -> UInt8? {
        switch sign {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): sign - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): sign - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): sign - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    /// `.`, `/`, then capitals, small letters and digits.
    private static func cryptValue(of sign: UInt8) -> UInt8? {
        switch sign {
        case UInt8(ascii: "."): 0
        case UInt8(ascii: "/"): 1
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): sign - UInt8(ascii: "A") + 2
        case UInt8(ascii: "a")...UInt8(ascii: "z"): sign - UInt8(ascii: "a") + 28
        case UInt8(ascii: "0")...UInt8(ascii: "9"): sign - UInt8(ascii: "0") + 54
        default: nil
        }
    }
}
