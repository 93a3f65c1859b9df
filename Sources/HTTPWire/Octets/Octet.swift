/// Octets that mean something, and kinds of them.
enum Octet {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0a
    static let carriageReturn: UInt8 = 0x0d
    static let space: UInt8 = 0x20
    static let colon: UInt8 = 0x3a

    /// Whether it may stand in a token: a method, a field name (RFC 9110 section 5.6.2).
    @inline(__always)
    static func isToken(_ octet: UInt8) -> Bool {
        isIn(octet, 0x03ff_6cfa_0000_0000, 0x57ff_ffff_c7ff_fffe)
    }

    /// Whether nothing ever has to escape it in a URI: a letter, a digit, `-`, `.`, `_` or `~` (RFC 3986 section 2.3).
    @inline(__always)
    static func isUnreserved(_ octet: UInt8) -> Bool {
        isIn(octet, 0x03ff_6000_0000_0000, 0x47ff_fffe_87ff_fffe)
    }

    /// Whether a set of ASCII octets, a bit for each, has this one.
    @inline(__always)
    private static func isIn(_ octet: UInt8, _ lower: UInt64, _ upper: UInt64) -> Bool {
        let bits = octet < 64 ? lower : octet < 128 ? upper : 0
        return bits &>> UInt64(octet & 63) & 1 != 0
    }

    @inline(__always)
    static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    /// Space or tab: optional whitespace (RFC 9110 section 5.6.3).
    @inline(__always)
    static func isBlank(_ octet: UInt8) -> Bool { octet == space || octet == tab }

    @inline(__always)
    static func folded(_ octet: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | 0x20 : octet }

    /// A hexadecimal digit in upper case.
    @inline(__always)
    static func upperHexadecimal(_ digit: UInt8) -> UInt8 { digit &- 0x61 < 6 ? digit & 0xdf : digit }

    /// What a hexadecimal digit stands for, or nil.
    @inline(__always)
    static func hexadecimalDigit(_ octet: UInt8) -> UInt8? {
        if isDigit(octet) { return octet &- 0x30 }
        let letter = folded(octet) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }
}
