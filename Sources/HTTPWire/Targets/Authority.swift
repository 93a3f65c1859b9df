/// A host and, behind a colon, a port: the value of Host, or what an absolute target names (RFC 9112 section 3.2).
///
/// Registered names have letters, digits, `-`, `.`, `_` and `~` here, in labels that are not empty. RFC 3986 has more, of
/// which no host's name is made.
struct Authority {
    /// The most octets of a host.
    static let longestHost = 255

    /// Where the host stands, an IPv6 address with its brackets.
    let host: Range<Int>
    /// nil if there is none behind the colon, or no colon.
    let port: UInt16?

    /// nil if it is malformed, or has no host.
    init?(_ octets: Span<UInt8>, _ range: Range<Int>) {
        guard range.lowerBound < range.upperBound else { return nil }
        let isLiteral = octets[range.lowerBound] == 0x5b
        let end = isLiteral ? Self.endOfLiteral(octets, range) : Self.endOfName(octets, range)
        guard let end, end > range.lowerBound, end &- range.lowerBound <= Self.longestHost else { return nil }
        host = range.lowerBound..<end
        guard end < range.upperBound else {
            port = nil
            return
        }
        guard octets[end] == Octet.colon else { return nil }
        var number = 0
        for index in end &+ 1..<range.upperBound {
            guard Octet.isDigit(octets[index]) else { return nil }
            number = number &* 10 &+ Int(octets[index] &- 0x30)
            guard number <= 0xffff else { return nil }
        }
        port = end &+ 1 == range.upperBound ? nil : UInt16(truncatingIfNeeded: number)
    }

    /// Where a name ends: at a colon or at the end.
    private static func endOfName(_ octets: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        // A dot, at the place that the word's first octet has: the first label must not be empty either.
        var dotBefore: UInt64 = 0x80
        while index < range.upperBound {
            let count = min(8, range.upperBound &- index)
            let word = OctetWord.load(octets, at: index, count: count, filler: 0x61)
            let dots = OctetWord.exactMarks(of: 0x2e, in: word)
            guard OctetWord.marksOutsideNames(in: word) | (dots &<< 8 | dotBefore) & dots == 0 else {
                // From the beginning, octet by octet.
                return endOfOddName(octets, range)
            }
            dotBefore = dots &>> 56
            index &+= 8
        }
        return range.upperBound
    }

    /// The same for names that have a colon behind them, or something that names seldom have.
    private static func endOfOddName(_ octets: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var last: UInt8 = 0x2e
        for index in range {
            let octet = octets[index]
            if octet == Octet.colon { return index }
            guard Octet.isUnreserved(octet), octet != 0x2e || last != 0x2e else { return nil }
            last = octet
        }
        return range.upperBound
    }

    /// Where an IPv6 address in brackets ends: that it has colons, and nothing that an address has not.
    private static func endOfLiteral(_ octets: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var index = range.lowerBound &+ 1
        var colons = 0
        while index < range.upperBound, octets[index] != 0x5d {
            let octet = octets[index]
            guard octet == Octet.colon || octet == 0x2e || Octet.hexadecimalDigit(octet) != nil else { return nil }
            if octet == Octet.colon { colons &+= 1 }
            index &+= 1
        }
        guard index < range.upperBound, colons >= 2, colons <= 7, index &- range.lowerBound <= 46 else { return nil }
        return index &+ 1
    }
}
