/// Reads targets that do not begin with a path (RFC 9112 sections 3.2.2 to 3.2.4).
enum RequestTarget {
    /// Reads the target of a head whose method and target are known already. Returns false if it is malformed.
    ///
    /// - Parameter query: where the first `?` is.
    static func read(_ octets: Span<UInt8>, _ query: Int?, into head: inout RequestHead) -> Bool {
        let target = head.target
        if octets[target.lowerBound] == 0x2a {
            head.form = .asterisk
            head.path = target
            return target.count == 1 && head.method == .options
        }
        if head.method == .connect {
            head.form = .authority
            head.authority = target
            head.path = target.upperBound..<target.upperBound
            return Authority(octets, target)?.port != nil
        }
        return absolute(octets, query, into: &head)
    }

    private static func absolute(_ octets: Span<UInt8>, _ query: Int?, into head: inout RequestHead) -> Bool {
        guard let start = endOfScheme(octets, head.target) else { return false }
        let end = head.target.upperBound
        var pathStart = start
        while pathStart < query ?? end, octets[pathStart] != 0x2f { pathStart &+= 1 }
        guard Authority(octets, start..<pathStart) != nil else { return false }
        head.form = .absolute
        head.authority = start..<pathStart
        head.split(pathStart..<end, query)
        return true
    }

    /// Where the authority begins behind `http://` or `https://`, in any case.
    private static func endOfScheme(_ octets: Span<UInt8>, _ target: Range<Int>) -> Int? {
        guard target.count >= 8 else { return nil }
        // "http://" and "https://", the first letter lowest.
        let word = OctetWord.folded(OctetWord.load(octets, at: target.lowerBound))
        if word & 0xff_ffff_ffff_ffff == 0x2f_2f3a_7074_7468 { return target.lowerBound &+ 7 }
        return word == 0x2f2f_3a73_7074_7468 ? target.lowerBound &+ 8 : nil
    }
}

extension RequestHead {
    /// Takes path and query from what has both.
    @inline(__always)
    mutating func split(_ range: Range<Int>, _ question: Int?) {
        path = range.lowerBound..<(question ?? range.upperBound)
        query = question.map { $0 &+ 1..<range.upperBound }
    }
}
