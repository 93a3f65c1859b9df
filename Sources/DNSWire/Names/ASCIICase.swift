/// Letters without their case, as names are compared (RFC 4343): only A…Z change, whatever the locale.
///
/// A whole name in wire form may be folded at once: lengths are at most 63, below every letter.
enum ASCIICase {
    @inline(__always)
    static func folded(_ octet: UInt8) -> UInt8 {
        octet &- 0x41 < 26 ? octet | 0x20 : octet
    }

    /// Eight octets at once.
    @inline(__always)
    static func folded(_ word: UInt64) -> UInt64 {
        // Without its top bit, an octet cannot carry into the next one: the top bit then says 'at least A', 'above Z'.
        let low = word & 0x7f7f_7f7f_7f7f_7f7f
        let fromA = low &+ 0x3f3f_3f3f_3f3f_3f3f
        let aboveZ = low &+ 0x2525_2525_2525_2525
        let isUpper = fromA & ~aboveZ & ~word & 0x8080_8080_8080_8080
        return word | isUpper >> 2
    }

    /// The eight octets from `offset` on, the first one lowest.
    @inline(__always)
    static func word(in octets: Span<UInt8>, at offset: Int) -> UInt64 {
        // Checked once, here: the compiler then makes one load of the eight.
        let part = octets.extracting(offset..<offset &+ 8)
        return UInt64(part[0]) | UInt64(part[1]) << 8 | UInt64(part[2]) << 16 | UInt64(part[3]) << 24
            | UInt64(part[4]) << 32 | UInt64(part[5]) << 40 | UInt64(part[6]) << 48 | UInt64(part[7]) << 56
    }

    /// The octets from `offset` to the end, fewer than eight, the first one lowest and zeros above the last.
    @inline(__always)
    static func lastWord(in octets: Span<UInt8>, from offset: Int) -> UInt64 {
        var word: UInt64 = 0
        var index = octets.count
        while index > offset {
            index &-= 1
            word = word << 8 | UInt64(octets[index])
        }
        return word
    }

    /// Whether two runs of the same length differ at most in case.
    static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where folded(left[index]) != folded(right[index]) { return false }
        return true
    }
}
