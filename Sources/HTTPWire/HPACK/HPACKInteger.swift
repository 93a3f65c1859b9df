/// Integers of field blocks: the low bits of an octet, and more octets where those are not enough (RFC 7541 section 5.1).
enum HPACKInteger {
    /// No integer that is told has more octets behind its first one: five give 35 bits, more than anything here may be.
    private static let mostOctets = 5

    /// Reads the integer that begins at `offset`.
    ///
    /// - Parameter prefix: how many bits of its first octet belong to it, 4 to 7.
    @inline(__always)
    static func read(_ block: Span<UInt8>, _ offset: inout Int, prefix: UInt8) throws(HPACKError) -> Int {
        guard offset < block.count else { throw HPACKError() }
        let all = 1 &<< prefix &- 1
        let low = block[offset] & all
        offset &+= 1
        guard low == all else { return Int(low) }
        return try readMore(block, &offset, Int(low))
    }

    private static func readMore(
        _ block: Span<UInt8>,
        _ offset: inout Int,
        _ low: Int
    ) throws(HPACKError) -> Int {
        var value = low
        for place in 0..<mostOctets {
            guard offset < block.count else { throw HPACKError() }
            let octet = block[offset]
            offset &+= 1
            value &+= Int(octet & 0x7f) &<< (7 &* place)
            if octet < 0x80 { return value }
        }
        throw HPACKError()
    }

    /// At most so many octets are written for one.
    static let longest = 11
}

extension OutputSpan<UInt8> {
    /// Appends an integer.
    ///
    /// - Parameters:
    ///   - prefix: how many bits of its first octet belong to it, 4 to 7.
    ///   - pattern: the bits above those.
    @inline(__always)
    mutating func append(integer value: Int, prefix: UInt8, pattern: UInt8) {
        let all = 1 &<< prefix &- 1 as UInt8
        guard value >= Int(all) else {
            append(pattern | UInt8(truncatingIfNeeded: value))
            return
        }
        append(pattern | all)
        var rest = value &- Int(all)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}
