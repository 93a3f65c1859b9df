/// Where in a head its reader is, and how what is wrong with a line becomes a result.
///
/// A line is refused only when all of it is there, or more than it may have, whatever way its octets come in: the result
/// is the same for one read and for many. A head that comes in parts is read anew from its beginning when another of its
/// lines is complete, and not before: between calls its reader remembers nothing but one number, so that one reader can
/// serve many connections. With the limit on fields that makes the cost linear.
struct HeadPlace {
    /// Up to where the octets were looked at in vain.
    private let scanned: Int
    /// Where the lines begin that are limited together: the first line, or the fields.
    private(set) var sectionStart: Int
    /// Where the line begins that is to be read next.
    var lineStart = 0

    /// - Parameter resumption: what `settle` left, or 0.
    @inline(__always)
    init(resuming resumption: Int) {
        scanned = resumption & 0xffff_ffff
        sectionStart = resumption >> 32
    }

    /// Whether the first line was read: it has more octets than the empty line that may precede it.
    @inline(__always)
    var isInFields: Bool { sectionStart > 2 }

    /// Whether there is anything to be read that was not there before.
    @inline(__always)
    func isReadable(_ octets: Span<UInt8>) -> Bool {
        scanned == 0 || Self.lineFeed(octets, from: scanned) != nil
    }

    /// Begins the first line or the fields.
    @inline(__always)
    mutating func begin(at start: Int) {
        sectionStart = start
        lineStart = start
    }

    /// The result for a line that was not read.
    ///
    /// - Parameters:
    ///   - fault: what is wrong with it, unless it only is not there yet.
    ///   - limit: the most octets of the section.
    ///   - excess: what is wrong with a section of more.
    ///   - resumption: where to leave what the next call needs.
    @inline(never)
    func settle(
        _ octets: Span<UInt8>,
        _ fault: HeadFault,
        limit: Int,
        excess: HeadFault,
        _ resumption: inout Int
    ) -> HeadProgress {
        if let end = Self.lineFeed(octets, from: max(scanned, lineStart)) {
            return .refused(end &- sectionStart >= limit ? excess : fault)
        }
        if octets.count &- sectionStart >= limit { return .refused(excess) }
        resumption = octets.count | sectionStart << 32
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
