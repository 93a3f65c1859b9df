/// Reads the elements of a value that is a list (RFC 9110 section 5.6.1): between commas, without the blanks around them.
/// Empty ones are skipped.
struct ListReader {
    private var offset: Int
    private let end: Int

    init(_ value: Range<Int>) {
        offset = value.lowerBound
        end = value.upperBound
    }

    mutating func next(_ octets: Span<UInt8>) -> Range<Int>? {
        while offset < end {
            var start = offset
            var stop = start
            while stop < end, octets[stop] != 0x2c { stop &+= 1 }
            offset = stop &+ 1
            while start < stop, Octet.isBlank(octets[start]) { start &+= 1 }
            while stop > start, Octet.isBlank(octets[stop &- 1]) { stop &-= 1 }
            if start < stop { return start..<stop }
        }
        return nil
    }
}
