/// Reads the lines of fields (RFC 9112 section 5), strictly: nothing is accepted that another reader could take for
/// something else.
enum FieldLine {
    /// Reads the field that begins at `start`, and appends it.
    @inline(__always)
    static func read(
        _ octets: Span<UInt8>,
        at start: Int,
        _ names: FieldNameTable,
        into fields: inout FieldList
    ) -> LineOutcome {
        guard let colon = colon(octets, from: start) else {
            return fault(ofName: octets, start, octets.count).map { .bad($0) } ?? .short
        }
        let name = names.name(octets, start, colon)
        if name == .other, let fault = fault(ofName: octets, start, colon) { return .bad(fault) }
        var valueStart = colon &+ 1
        while valueStart < octets.count, Octet.isBlank(octets[valueStart]) { valueStart &+= 1 }
        let lineEnd = endOfText(octets, from: valueStart)
        guard lineEnd < octets.count else { return .short }
        guard octets[lineEnd] == Octet.carriageReturn else {
            return .bad(octets[lineEnd] == Octet.lineFeed ? .bareLineFeed : .controlInValue)
        }
        guard lineEnd &+ 1 < octets.count else { return .short }
        guard octets[lineEnd &+ 1] == Octet.lineFeed else { return .bad(.bareCarriageReturn) }
        var valueEnd = lineEnd
        while valueEnd > valueStart, Octet.isBlank(octets[valueEnd &- 1]) { valueEnd &-= 1 }
        fields.append(
            Field(
                name: name,
                isPlain: valueStart == colon &+ 2 && octets[colon &+ 1] == Octet.space && valueEnd == lineEnd,
                nameStart: UInt32(truncatingIfNeeded: start),
                nameEnd: UInt32(truncatingIfNeeded: colon),
                valueStart: UInt32(truncatingIfNeeded: valueStart),
                valueEnd: UInt32(truncatingIfNeeded: valueEnd)
            )
        )
        return .read(next: lineEnd &+ 2)
    }

    @inline(__always)
    private static func colon(_ octets: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index &+ 8 <= octets.count {
            let marks = OctetWord.marks(of: Octet.colon, in: OctetWord.load(octets, at: index))
            if marks != 0 { return index &+ OctetWord.first(marks) }
            index &+= 8
        }
        while index < octets.count {
            if octets[index] == Octet.colon { return index }
            index &+= 1
        }
        return nil
    }

    /// Where the first control octet is that is not a tab, or where the octets end.
    @inline(__always)
    static func endOfText(_ octets: Span<UInt8>, from start: Int) -> Int {
        // What is left to be looked at, shortened from the front: the length is all there is to check.
        var rest = octets.extracting(start..<octets.count)
        while rest.count >= 16 {
            let first = OctetWord.marksOfControls(in: OctetWord.load(rest, at: 0))
            let second = OctetWord.marksOfControls(in: OctetWord.load(rest, at: 8))
            if first | second == 0 {
                rest = rest.extracting(droppingFirst: 16)
                continue
            }
            let place = first == 0 ? 8 &+ OctetWord.first(second) : OctetWord.first(first)
            if rest[place] != Octet.tab { return octets.count &- rest.count &+ place }
            rest = rest.extracting(droppingFirst: place &+ 1)
        }
        var index = octets.count &- rest.count
        while index < octets.count, isText(octets[index]) { index &+= 1 }
        return index
    }

    private static func isText(_ octet: UInt8) -> Bool {
        octet >= 0x20 && octet != 0x7f || octet == Octet.tab
    }

    /// What is wrong with a name, if anything is.
    private static func fault(ofName octets: Span<UInt8>, _ start: Int, _ end: Int) -> HeadFault? {
        guard start < end else { return .fieldName }
        if isPlainName(octets, start, end) { return nil }
        for index in start..<end where !Octet.isToken(octets[index]) {
            switch octets[index] {
            case Octet.lineFeed: return .bareLineFeed
            case Octet.space, Octet.tab: return index == start ? .foldedField : .blankBeforeColon
            default: return .fieldName
            }
        }
        return nil
    }

    /// Whether a name has nothing but letters, digits, `-` and `.`, as nearly all have.
    @inline(__always)
    private static func isPlainName(_ octets: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        var index = start
        while index &+ 8 <= end {
            guard OctetWord.marksOutsideNames(in: OctetWord.load(octets, at: index)) == 0 else { return false }
            index &+= 8
        }
        let rest = OctetWord.load(octets, at: index, count: end &- index, filler: 0x61)
        return OctetWord.marksOutsideNames(in: rest) == 0
    }
}
