/// Reads the first line of a request (RFC 9112 section 3): a method, a target and a version, one space between.
enum RequestLine {
    @inline(__always)
    static func read(
        _ octets: Span<UInt8>,
        at start: Int,
        _ limits: HeadLimits,
        into head: inout RequestHead
    ) -> LineOutcome {
        guard let methodEnd = endOfMethod(octets, from: start) else { return .short }
        guard octets[methodEnd] == Octet.space, methodEnd > start else { return .bad(.method) }
        head.methodRange = start..<methodEnd
        head.method = HTTPMethod(octets, start..<methodEnd)
        let targetStart = methodEnd &+ 1
        let target = TargetEnd(octets, from: targetStart, allowsNonASCII: limits.allowsNonASCIITargets)
        guard target.end < octets.count else { return .short }
        guard octets[target.end] == Octet.space, target.end > targetStart else {
            return .bad(fault(at: octets[target.end]))
        }
        head.target = targetStart..<target.end
        let outcome = version(octets, at: target.end &+ 1, into: &head)
        guard case .read = outcome else { return outcome }
        head.isQueryPlain = !limits.allowsNonASCIITargets || isPlain(octets, target)
        if octets[targetStart] == 0x2f {
            head.form = .origin
            head.split(targetStart..<target.end, target.query)
            return outcome
        }
        return RequestTarget.read(octets, target.query, into: &head) ? outcome : .bad(.target)
    }

    /// Where the first octet is that does not belong to a method.
    @inline(__always)
    private static func endOfMethod(_ octets: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < octets.count {
            if !Octet.isToken(octets[index]) { return index }
            index &+= 1
        }
        return nil
    }

    private static func isPlain(_ octets: Span<UInt8>, _ target: TargetEnd) -> Bool {
        guard let query = target.query else { return true }
        for index in query..<target.end where octets[index] >= 0x80 { return false }
        return true
    }

    private static func fault(at octet: UInt8) -> HeadFault {
        switch octet {
        case Octet.lineFeed: .bareLineFeed
        // A line of HTTP/0.9 has no version.
        case Octet.carriageReturn: .version
        default: .target
        }
    }

    /// The version and the end of the line.
    @inline(__always)
    private static func version(_ octets: Span<UInt8>, at start: Int, into head: inout RequestHead) -> LineOutcome {
        if start &+ 10 <= octets.count, OctetWord.load(octets, at: start) == HTTPVersion.oneOne,
            octets[start &+ 8] == Octet.carriageReturn, octets[start &+ 9] == Octet.lineFeed
        {
            head.minorVersion = 1
            return .read(next: start &+ 10)
        }
        switch HTTPVersion.read(octets, at: start) {
        case .short: return .short
        case .malformed: return .bad(.version)
        case .version(let major, let minor):
            guard start &+ 8 < octets.count else { return .short }
            guard octets[start &+ 8] == Octet.carriageReturn else {
                return .bad(octets[start &+ 8] == Octet.lineFeed ? .bareLineFeed : .version)
            }
            guard start &+ 9 < octets.count else { return .short }
            guard octets[start &+ 9] == Octet.lineFeed else { return .bad(.bareCarriageReturn) }
            guard major == 1 else { return .bad(.unsupportedVersion) }
            head.minorVersion = min(minor, 1)
            return .read(next: start &+ 10)
        }
    }
}

/// Where a target ends.
private struct TargetEnd {
    /// The first octet that may not stand in a target, or the end of the octets.
    var end: Int
    /// Where the first `?` is.
    var query: Int?

    @inline(__always)
    init(_ octets: Span<UInt8>, from start: Int, allowsNonASCII: Bool) {
        end = start
        while end < octets.count {
            if end &+ 8 <= octets.count {
                let marks = Self.marks(OctetWord.load(octets, at: end), allowsNonASCII)
                if marks == 0 {
                    end &+= 8
                    continue
                }
                end &+= OctetWord.first(marks)
            }
            let octet = octets[end]
            if octet == 0x3f {
                if query == nil { query = end }
            } else if octet < 0x21 || octet == 0x23 || octet == 0x7f || octet >= 0x80 && !allowsNonASCII {
                return
            }
            end &+= 1
        }
    }

    /// Marks what may be the end: blanks and controls, `#`, `?`, what is not ASCII.
    @inline(__always)
    private static func marks(_ word: UInt64, _ allowsNonASCII: Bool) -> UInt64 {
        let upper = allowsNonASCII ? 0 : OctetWord.marksOfUpperHalf(in: word)
        return OctetWord.marks(below: 0x21, in: word) | OctetWord.marks(of: 0x7f, in: word)
            | OctetWord.marks(of: 0x23, in: word) | OctetWord.marks(of: 0x3f, in: word) | upper
    }
}
