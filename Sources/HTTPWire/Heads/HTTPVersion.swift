/// The version of HTTP, as it stands in a first line (RFC 9112 section 2.3).
enum HTTPVersion {
    case version(major: UInt8, minor: UInt8)
    case malformed
    /// The octets end within it.
    case short

    /// `HTTP/1.1` as a word, the first letter lowest.
    static var oneOne: UInt64 { 0x312e_312f_5054_5448 }

    /// The version that begins at `start` and has eight octets.
    static func read(_ octets: Span<UInt8>, at start: Int) -> HTTPVersion {
        for index in 0..<8 {
            guard start &+ index < octets.count else { return .short }
            let octet = octets[start &+ index]
            let wanted = UInt8(truncatingIfNeeded: oneOne &>> UInt64(index &* 8))
            // The digits are at 5 and 7.
            guard index == 5 || index == 7 ? Octet.isDigit(octet) : octet == wanted else { return .malformed }
        }
        return .version(major: octets[start &+ 5] &- 0x30, minor: octets[start &+ 7] &- 0x30)
    }
}
