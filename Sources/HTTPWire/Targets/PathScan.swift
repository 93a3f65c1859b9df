/// What a path looks like at first sight, eight octets at a time.
enum PathScan {
    /// Nothing in it has to be changed.
    case plain
    /// It has an escape, or an octet that needs one, or a segment that begins with a dot, or an empty one: look closer.
    case suspicious
    /// It has an octet that no path has: a blank or a control octet, `?` or `#`.
    case forbidden

    /// - Parameter mergingSlashes: whether empty segments are to be looked at.
    @inline(__always)
    init(_ path: Span<UInt8>, mergingSlashes: Bool) {
        var isSuspicious = false
        // Whether the octet before is a slash, at the place that the word's first octet has.
        var slashBefore: UInt64 = 0
        var offset = 0
        while offset < path.count {
            let count = min(8, path.count &- offset)
            // Letters stand in for what is not there.
            let word = OctetWord.load(path, at: offset, count: count, filler: 0x61)
            guard Self.forbidden(word) == 0 else {
                self = .forbidden
                return
            }
            let slashes = OctetWord.exactMarks(of: 0x2f, in: word)
            let begun = OctetWord.exactMarks(of: 0x2e, in: word) | (mergingSlashes ? slashes : 0)
            let escapes = OctetWord.marks(of: 0x25, in: word) | OctetWord.marksOfUpperHalf(in: word)
            if (slashes &<< 8 | slashBefore) & begun | escapes != 0 { isSuspicious = true }
            slashBefore = slashes &>> 56
            offset &+= 8
        }
        self = isSuspicious ? .suspicious : .plain
    }

    @inline(__always)
    private static func forbidden(_ word: UInt64) -> UInt64 {
        OctetWord.marksOfControls(in: word) | OctetWord.marks(of: 0x20, in: word)
            | OctetWord.marks(of: 0x23, in: word) | OctetWord.marks(of: 0x3f, in: word)
    }
}
