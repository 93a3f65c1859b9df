/// Reads the field `Cookie` (RFC 6265 section 4.2).
enum CookieText {
    /// The longest value that is looked at.
    static let longest = 512

    /// Where the value of the first cookie of a name stands, without quotes; nil if there is none, or it is too long to be
    /// one of ours.
    static func value(of name: Span<UInt8>, in cookies: Span<UInt8>) -> Range<Int>? {
        var start = 0
        while start < cookies.count {
            while start < cookies.count, isBlank(cookies[start]) || cookies[start] == UInt8(ascii: ";") { start += 1 }
            var end = start
            while end < cookies.count, cookies[end] != UInt8(ascii: ";") { end += 1 }
            if matches(name, cookies, start, end) { return trimmed(cookies, start + name.count + 1, end) }
            start = end
        }
        return nil
    }

    private static func matches(_ name: Span<UInt8>, _ cookies: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start > name.count, cookies[start + name.count] == UInt8(ascii: "=") else { return false }
        for index in 0..<name.count where cookies[start + index] != name[index] { return false }
        return true
    }

    private static func trimmed(_ cookies: Span<UInt8>, _ first: Int, _ last: Int) -> Range<Int>? {
        var (start, end) = (first, last)
        while end > start, isBlank(cookies[end - 1]) { end -= 1 }
        let quote = UInt8(ascii: "\"")
        if end - start >= 2, cookies[start] == quote, cookies[end - 1] == quote { (start, end) = (start + 1, end - 1) }
        return end - start <= longest ? start..<end : nil
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }
}
