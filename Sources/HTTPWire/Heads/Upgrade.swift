/// The Upgrade fields of a head (RFC 9110 section 7.8).
enum Upgrade {
    case one(Range<Int>)
    case several

    /// The protocol that is offered or taken, if it is one alone.
    ///
    /// HTTP/2 is not: it was offered in this way once (RFC 9113 section 3.1), and who passes that on passes on requests
    /// that nobody looks at.
    static func single(_ octets: Span<UInt8>, _ upgrade: Upgrade) -> Range<Int>? {
        guard case .one(let value) = upgrade, !value.isEmpty else { return nil }
        for index in value where !Octet.isToken(octets[index]) && octets[index] != 0x2f { return nil }
        let first = OctetWord.folded(OctetWord.load(octets, at: value.lowerBound, count: min(value.count, 4)))
        // "h2", "h2c" and "http", the first letter lowest.
        return first == 0x3268 || first == 0x63_3268 || first == 0x7074_7468 ? nil : value
    }
}
