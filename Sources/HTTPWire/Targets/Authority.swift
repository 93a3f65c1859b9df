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
    /// Whether the host is in lower case and does not end with a dot.
    let isNormal: Bool

    /// nil if it is malformed, or has no host.
    init?(_ octets: Span<UInt8>, _ range: Range<Int>) {
        guard range.lowerBound < range.upperBound else { return nil }
        let isLiteral = octets[range.lowerBound] == 0x5b
        let found = isLiteral ? Self.literal(octets, range) : Self.name(octets, range)
        guard let found, found.end &- range.lowerBound <= Self.longestHost else { return nil }
        host = range.lowerBound..<found.end
        isNormal = found.isNormal
        guard found.end < range.upperBound else {
            port = nil
            return
        }
        guard octets[found.end] == Octet.colon else { return nil }
        var number = 0
        for index in found.end &+ 1..<range.upperBound {
            guard Octet.isDigit(octets[index]) else { return nil }
            number = number &* 10 &+ Int(octets[index] &- 0x30)
            guard number <= 0xffff else { return nil }
        }
        port = found.end &+ 1 == range.upperBound ? nil : UInt16(truncatingIfNeeded: number)
    }

    private static func name(_ octets: Span<UInt8>, _ range: Range<Int>) -> (end: Int, isNormal: Bool)? {
        var index = range.lowerBound
        var isNormal = true
        // As if behind a dot: the first label must not be empty either.
        var last: UInt8 = 0x2e
        while index < range.upperBound, octets[index] != Octet.colon {
            let octet = octets[index]
            guard Octet.isUnreserved(octet), octet != 0x2e || last != 0x2e else { return nil }
            if octet &- 0x41 < 26 { isNormal = false }
            last = octet
            index &+= 1
        }
        guard index > range.lowerBound else { return nil }
        return (index, isNormal && last != 0x2e)
    }

    /// An IPv6 address in brackets: that it has colons and nothing that an address has not.
    private static func literal(_ octets: Span<UInt8>, _ range: Range<Int>) -> (end: Int, isNormal: Bool)? {
        var index = range.lowerBound &+ 1
        var colons = 0
        var isNormal = true
        while index < range.upperBound, octets[index] != 0x5d {
            let octet = octets[index]
            guard octet == Octet.colon || octet == 0x2e || Octet.hexadecimalDigit(octet) != nil else { return nil }
            if octet == Octet.colon { colons &+= 1 }
            if octet &- 0x41 < 26 { isNormal = false }
            index &+= 1
        }
        guard index < range.upperBound, colons >= 2, colons <= 7, index &- range.lowerBound <= 46 else { return nil }
        return (index &+ 1, isNormal)
    }
}
