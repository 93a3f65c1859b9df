/// The value of Content-Length (RFC 9110 section 8.6): digits and nothing else. A list, even of equal numbers, is none.
enum ContentLength {
    /// The number, below 2⁶³, or nil if there is none.
    static func read(_ octets: Span<UInt8>, _ value: Range<Int>) -> UInt64? {
        guard !value.isEmpty else { return nil }
        var number: UInt64 = 0
        for index in value {
            let octet = octets[index]
            // A tenth of 2⁶³, which no step may be above.
            guard Octet.isDigit(octet), number <= 922_337_203_685_477_580 else { return nil }
            number = number &* 10 &+ UInt64(octet &- 0x30)
        }
        return number < 1 << 63 ? number : nil
    }
}
