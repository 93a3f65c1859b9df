/// The value of Expect (RFC 9110 section 10.1.1).
enum Expectation {
    /// Whether it is `100-continue`, the only expectation there is.
    static func isContinue(_ octets: Span<UInt8>, _ value: Range<Int>) -> Bool {
        // "100-cont" and "inue", the first letter lowest.
        value.count == 12
            && OctetWord.folded(OctetWord.load(octets, at: value.lowerBound)) == 0x746e_6f63_2d30_3031
            && OctetWord.folded(OctetWord.load(octets, at: value.lowerBound &+ 8, count: 4)) == 0x6575_6e69
    }
}
