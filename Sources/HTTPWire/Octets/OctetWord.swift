/// Eight octets looked at together, the first one lowest.
///
/// Marks are the top bits of those octets that something is true of. Above the lowest mark there may be false ones, unless
/// they are exact: then only `first` is to be relied on.
enum OctetWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The eight octets from `offset` on, which have to be there.
    @inline(__always)
    static func load(_ octets: Span<UInt8>, at offset: Int) -> UInt64 {
        // Checked once, here: the compiler then makes one load of the eight.
        let part = octets.extracting(offset..<offset &+ 8)
        return UInt64(part[0]) | UInt64(part[1]) << 8 | UInt64(part[2]) << 16 | UInt64(part[3]) << 24
            | UInt64(part[4]) << 32 | UInt64(part[5]) << 40 | UInt64(part[6]) << 48 | UInt64(part[7]) << 56
    }

    /// The sixteen octets from `offset` on, which have to be there.
    @inline(__always)
    static func loadTwo(_ octets: Span<UInt8>, at offset: Int) -> (UInt64, UInt64) {
        let part = octets.extracting(offset..<offset &+ 16)
        return (load(part, at: 0), load(part, at: 8))
    }

    /// At most eight octets from `offset` on, with `filler` above the last.
    @inline(__always)
    static func load(_ octets: Span<UInt8>, at offset: Int, count: Int, filler: UInt8) -> UInt64 {
        guard count < 8 else { return load(octets, at: offset) }
        return load(octets, at: offset, count: count) | (ones &* UInt64(filler))
            &<< UInt64(truncatingIfNeeded: count &* 8)
    }

    /// At most eight octets from `offset` on, with zeros above the last.
    @inline(__always)
    static func load(_ octets: Span<UInt8>, at offset: Int, count: Int) -> UInt64 {
        if count >= 8 { return load(octets, at: offset) }
        // Octets that do not belong to it are loaded too, where there are any: one load and a mask.
        if offset &+ 8 <= octets.count {
            return load(octets, at: offset) & (1 &<< UInt64(truncatingIfNeeded: count &* 8) &- 1)
        }
        return loadFew(octets.extracting(offset..<offset &+ count))
    }

    /// Fewer than eight octets: the first ones and the last ones, which may be the same.
    @inline(__always)
    private static func loadFew(_ octets: Span<UInt8>) -> UInt64 {
        let count = octets.count
        guard count >= 4 else {
            guard count > 0 else { return 0 }
            let last = UInt64(octets[count &- 1]) &<< UInt64(truncatingIfNeeded: count &* 8 &- 8)
            return UInt64(octets[0]) | UInt64(octets[count &>> 1]) &<< UInt64(truncatingIfNeeded: count &>> 1 &* 8)
                | last
        }
        return UInt64(loadFour(octets, at: 0))
            | UInt64(loadFour(octets, at: count &- 4)) &<< UInt64(truncatingIfNeeded: count &* 8 &- 32)
    }

    @inline(__always)
    private static func loadFour(_ octets: Span<UInt8>, at offset: Int) -> UInt32 {
        let part = octets.extracting(offset..<offset &+ 4)
        return UInt32(part[0]) | UInt32(part[1]) << 8 | UInt32(part[2]) << 16 | UInt32(part[3]) << 24
    }

    /// Marks the octets that are `octet`.
    @inline(__always)
    static func marks(of octet: UInt8, in word: UInt64) -> UInt64 {
        let difference = word ^ (ones &* UInt64(octet))
        return (difference &- ones) & ~difference & tops
    }

    /// Marks the octets that are `octet`, and no other one.
    @inline(__always)
    static func exactMarks(of octet: UInt8, in word: UInt64) -> UInt64 {
        let difference = word ^ (ones &* UInt64(octet))
        return ~(((difference & ~tops) &+ ~tops) | difference) & tops
    }

    /// Marks the octets that are less than `bound`, which is at most 128.
    @inline(__always)
    static func marks(below bound: UInt8, in word: UInt64) -> UInt64 {
        (word &- ones &* UInt64(bound)) & ~word & tops
    }

    /// Marks the octets that are controls, tabs among them: below 32, or 127. Exact.
    @inline(__always)
    static func marksOfControls(in word: UInt64) -> UInt64 {
        // Without its top bit, an octet cannot carry into the next one.
        let low = word & ~tops
        return (~(low &+ ones &* 0x60) | (low &+ ones)) & ~word & tops
    }

    /// Marks the octets that are no letters, no digits, and neither `-` nor `.`: what names seldom have. Exact.
    @inline(__always)
    static func marksOutsideNames(in word: UInt64) -> UInt64 {
        let low = word & ~tops
        let small = low | ones &* 0x20
        let letters = (small &+ ones &* 0x1f) & ~(small &+ ones &* 0x05)
        // From `-` to `9`, but not `/`.
        let others = (low &+ ones &* 0x53) & ~(low &+ ones &* 0x46) & ((low ^ ones &* 0x2f) &+ ~tops)
        return ~(letters | others) & tops | word & tops
    }

    /// Marks the octets that are A…Z. Exact.
    @inline(__always)
    static func marksOfCapitals(in word: UInt64) -> UInt64 {
        let low = word & ~tops
        return (low &+ ones &* 0x3f) & ~(low &+ ones &* 0x25) & ~word & tops
    }

    /// Marks the octets that are not ASCII.
    @inline(__always)
    static func marksOfUpperHalf(in word: UInt64) -> UInt64 { word & tops }

    /// How many octets precede the first mark, if there is one.
    @inline(__always)
    static func first(_ marks: UInt64) -> Int { marks.trailingZeroBitCount &>> 3 }

    /// The octets with A…Z in lower case.
    @inline(__always)
    static func folded(_ word: UInt64) -> UInt64 { word | marksOfCapitals(in: word) >> 2 }
}
