/// What came of reading one line.
enum LineOutcome {
    /// It was read; the next one begins here.
    case read(next: Int)
    /// The octets end within the line.
    case short
    case bad(HeadFault)
}

/// Where the line stands that is to be read next, and how what is wrong with it becomes a result.
///
/// A line is refused only when all of it is there, or more than it may have, whatever way its octets come in: the result
/// is the same for one read and for many. Each octet is looked at a fixed number of times, even if each comes by itself.
struct LinePlace {
    /// Where the line begins.
    var start = 0
    /// Where the lines began that are limited together.
    var sectionStart = 0

    /// Whether the line may be read: it was not looked at before, or its end has come.
    ///
    /// - Parameter scanned: up to where the octets were looked at in vain.
    @inline(__always)
    func isReadable(_ octets: Span<UInt8>, scanned: Int) -> Bool {
        scanned <= start || Self.lineFeed(octets, from: scanned) != nil
    }

    /// The result for a line that was not read.
    ///
    /// - Parameters:
    ///   - fault: what is wrong with it, unless it only is not there yet.
    ///   - limit: the most octets of the section.
    ///   - excess: what is wrong with a section of more.
    @inline(never)
    func settle(
        _ octets: Span<UInt8>,
        _ fault: HeadFault,
        limit: Int,
        excess: HeadFault,
        scanned: inout Int
    ) -> HeadProgress {
        if let end = Self.lineFeed(octets, from: max(scanned, start)) {
            return .refused(end &- sectionStart >= limit ? excess : fault)
        }
        if octets.count &- sectionStart >= limit { return .refused(excess) }
        scanned = octets.count
        return .incomplete
    }

    private static func lineFeed(_ octets: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index &+ 8 <= octets.count {
            let marks = OctetWord.marks(of: Octet.lineFeed, in: OctetWord.load(octets, at: index))
            if marks != 0 { return index &+ OctetWord.first(marks) }
            index &+= 8
        }
        while index < octets.count {
            if octets[index] == Octet.lineFeed { return index }
            index &+= 1
        }
        return nil
    }
}
