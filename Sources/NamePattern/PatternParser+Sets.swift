// Classes in brackets, and what stands behind a backslash.

extension PatternParser {
    /// Behind the bracket.
    mutating func octetClass(from start: Int) throws(PatternError) -> OctetSet {
        let isInverted = take("^")
        var set = OctetSet()
        var isFirst = true
        while isFirst || next != UInt8(ascii: "]") {
            isFirst = false
            if take("[:") {
                set.formUnion(try namedClass(from: start))
            } else if let class_ = takeEscapedClass() {
                set.formUnion(class_)
            } else {
                set.insert(try range(from: start))
            }
        }
        place += 1
        set = cased(set)
        return isInverted ? set.inverted : set
    }

    private mutating func namedClass(from start: Int) throws(PatternError) -> OctetSet {
        let isInverted = take("^")
        let nameStart = place
        while let octet = next, OctetSet.letters.contains(octet) { place += 1 }
        let name = String(decoding: octets[nameStart..<place], as: UTF8.self)
        guard take(":]"), let set = OctetSet.named[name] else { throw PatternError(.unclosedClass, at: start) }
        return isInverted ? set.inverted : set
    }

    private mutating func range(from start: Int) throws(PatternError) -> ClosedRange<UInt8> {
        let low = try member(from: start)
        let mark = place
        guard take("-"), next != UInt8(ascii: "]") else {
            place = mark
            return low...low
        }
        let high = try member(from: start)
        guard low <= high else { throw PatternError(.emptyRange, at: mark) }
        return low...high
    }

    private mutating func member(from start: Int) throws(PatternError) -> UInt8 {
        guard let octet = next else { throw PatternError(.unclosedClass, at: start) }
        place += 1
        if octet == UInt8(ascii: "\\") { return try escapedOctet(from: place - 1) }
        guard octet < 0x80 else { throw PatternError(.unsupported("characters beyond ASCII in a class"), at: start) }
        return octet
    }

    // MARK: - Behind a backslash

    /// Behind the backslash.
    mutating func escape(from start: Int) throws(PatternError) -> PatternNode {
        if take("A") { return .assertion(.textStart) }
        if take("z") { return .assertion(.textEnd) }
        if take("b") { return .assertion(.wordBoundary) }
        if take("B") { return .assertion(.noWordBoundary) }
        if take("C") { return .octet(OctetSet(0...255)) }
        place = start
        if let set = takeEscapedClass() { return .octet(set) }
        place = start + 1
        return literal(try escapedOctet(from: start))
    }

    /// Behind `\Q`: octets as they are, up to `\E`.
    mutating func quotation() -> [PatternNode] {
        var nodes: [PatternNode] = []
        while let octet = next, !take("\\E") {
            nodes.append(literal(octet))
            place += 1
        }
        return nodes
    }

    private mutating func takeEscapedClass() -> OctetSet? {
        if take("\\d") { return .digits }
        if take("\\D") { return OctetSet.digits.inverted }
        if take("\\w") { return .word }
        if take("\\W") { return OctetSet.word.inverted }
        if take("\\s") { return .space }
        if take("\\S") { return OctetSet.space.inverted }
        return nil
    }

    /// Behind the backslash, where it stands for one octet.
    private mutating func escapedOctet(from start: Int) throws(PatternError) -> UInt8 {
        guard let octet = next else { throw PatternError(.unknownEscape, at: start) }
        place += 1
        switch octet {
        case UInt8(ascii: "a"): return 7
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "v"): return 11
        case UInt8(ascii: "x"): return try hexadecimal(from: start)
        case UInt8(ascii: "0"): return octal(0)
        case UInt8(ascii: "p"), UInt8(ascii: "P"):
            throw PatternError(.unsupported("classes of Unicode"), at: start)
        case UInt8(ascii: "1")...UInt8(ascii: "9"):
            throw PatternError(.unsupported("references to groups"), at: start)
        case _ where OctetSet.word.contains(octet) && octet != UInt8(ascii: "_") || octet >= 0x80:
            throw PatternError(.unknownEscape, at: start)
        default: return octet
        }
    }

    private mutating func hexadecimal(from start: Int) throws(PatternError) -> UInt8 {
        let isBraced = take("{")
        let digitStart = place
        while let octet = next, OctetSet.named["xdigit"]?.contains(octet) == true, isBraced || place < digitStart + 2 {
            place += 1
        }
        let digits = String(decoding: octets[digitStart..<place], as: UTF8.self)
        guard let number = UInt32(digits, radix: 16), isBraced ? take("}") : digits.utf8.count == 2 else {
            throw PatternError(.unknownEscape, at: start)
        }
        guard number < 0x80 else { throw PatternError(.unsupported("characters beyond ASCII by number"), at: start) }
        return UInt8(number)
    }

    private mutating func octal(_ first: UInt8) -> UInt8 {
        var number = first
        for _ in 0..<2 {
            guard let octet = next, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(octet) else { break }
            number = number << 3 | (octet - UInt8(ascii: "0"))
            place += 1
        }
        return number
    }
}
