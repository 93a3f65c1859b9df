/// The values of Transfer-Encoding and TE (RFC 9112 section 7).
enum TransferCoding {
    /// What is wrong with a Transfer-Encoding that is not `chunked` alone.
    ///
    /// Unless chunked is the last coding, nobody can say where the message ends. Others before it are not spoken here.
    static func fault(_ octets: Span<UInt8>, _ value: Range<Int>) -> HeadFault? {
        if isChunked(octets, value) { return nil }
        var list = ListReader(value)
        var last: Range<Int>?
        while let coding = list.next(octets) {
            if let last, isChunked(octets, last) { return .transferCoding }
            guard isCoding(octets, coding) else { return .transferCoding }
            last = coding
        }
        guard let last, isChunked(octets, last), last != value else { return .transferCoding }
        // The last is chunked, and if it is the only one then commas stand beside it.
        var again = ListReader(value)
        return again.next(octets) == last ? .transferCoding : .unknownTransferCoding
    }

    /// Whether TE says that trailers are taken (RFC 9110 section 10.1.4).
    static func namesTrailers(_ octets: Span<UInt8>, _ value: Range<Int>) -> Bool {
        var list = ListReader(value)
        while let coding = list.next(octets) {
            // "trailers", the first letter lowest.
            if coding.count == 8,
                OctetWord.folded(OctetWord.load(octets, at: coding.lowerBound)) == 0x7372_656c_6961_7274
            {
                return true
            }
        }
        return false
    }

    private static func isChunked(_ octets: Span<UInt8>, _ coding: Range<Int>) -> Bool {
        // "chunked", the first letter lowest.
        coding.count == 7
            && OctetWord.folded(OctetWord.load(octets, at: coding.lowerBound, count: 7)) == 0x64_656b_6e75_6863
    }

    /// Whether it is a name, with or without parameters.
    private static func isCoding(_ octets: Span<UInt8>, _ coding: Range<Int>) -> Bool {
        for index in coding where !Octet.isToken(octets[index]) {
            return octets[index] == 0x3b && index > coding.lowerBound
        }
        return true
    }
}
