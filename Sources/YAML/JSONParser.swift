/// A parser of JSON (RFC 8259), for what libyaml does not read of it: surrogate pairs, long keys, values one after the
/// other.
struct JSONParser {
    private let bytes: [UInt8]
    private let limits: YAMLLimits
    private var index: Int
    private var count = 0
    private(set) var place: TextPlace

    init(_ bytes: [UInt8], limits: YAMLLimits) {
        self.bytes = bytes
        self.limits = limits
        index = Self.withoutMark(bytes[...]).startIndex
        place = TextPlace(startingAt: index)
    }

    /// The text after a byte order mark.
    static func withoutMark(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
    }

    /// All values of the text.
    mutating func values() throws(YAMLError) -> [YAMLNode] {
        var values: [YAMLNode] = []
        skipBlanks()
        while index < bytes.count {
            values.append(try value(depth: 0))
            skipBlanks()
        }
        return values
    }

    private var position: YAMLPosition {
        mutating get { place.position(of: index, in: bytes) }
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while let byte = next, Self.isBlank(byte) {
            index += 1
            if byte == UInt8(ascii: "\n") { place.startLine(at: index) }
        }
    }

    private mutating func failure(_ message: String) -> YAMLError {
        YAMLError(at: position, next == nil ? "the text ends here, but \(message)" : message)
    }

    private mutating func value(depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= limits.depth else {
            throw failure("lists and mappings are nested more than \(limits.depth) deep")
        }
        count += 1
        guard count <= limits.values else { throw failure("more than \(limits.values) values") }
        let start = position
        switch next {
        case UInt8(ascii: "{"): return try object(at: start, depth: depth)
        case UInt8(ascii: "["): return try array(at: start, depth: depth)
        case UInt8(ascii: "\""): return YAMLNode(.scalar(YAMLScalar(try string(), isQuoted: true)), at: start)
        default: return YAMLNode(.scalar(YAMLScalar(try word(), isQuoted: false)), at: start)
        }
    }

    private mutating func object(at start: YAMLPosition, depth: Int) throws(YAMLError) -> YAMLNode {
        var mapping = MappingBuilder()
        index += 1
        skipBlanks()
        if take("}") { return YAMLNode(.mapping([]), at: start) }
        while true {
            skipBlanks()
            let place = position
            guard next == UInt8(ascii: "\"") else { throw failure("a key in double quotes is needed") }
            let key = YAMLScalar(try string(), isQuoted: true)
            skipBlanks()
            guard take(":") else { throw failure("a colon is needed after the key '\(key.text)'") }
            skipBlanks()
            try mapping.add(key, at: place, try value(depth: depth + 1))
            skipBlanks()
            if take("}") { return YAMLNode(.mapping(try mapping.members()), at: start) }
            guard take(",") else { throw failure("a comma or a closing brace is needed") }
        }
    }

    private mutating func array(at start: YAMLPosition, depth: Int) throws(YAMLError) -> YAMLNode {
        var elements: [YAMLNode] = []
        index += 1
        skipBlanks()
        if take("]") { return YAMLNode(.sequence([]), at: start) }
        while true {
            skipBlanks()
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            if take("]") { return YAMLNode(.sequence(elements), at: start) }
            guard take(",") else { throw failure("a comma or a closing bracket is needed") }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// A number, or one of the three names.
    private mutating func word() throws(YAMLError) -> String {
        let word = bytes[index...].prefix { byte in
            !Self.isBlank(byte) && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "}") && byte != UInt8(ascii: "]")
        }
        let text = String(decoding: word, as: UTF8.self)
        guard text == "null" || text == "true" || text == "false" || Self.isNumber(word) else {
            throw failure("a value is needed")
        }
        index = word.endIndex
        return text
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?`
    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        var rest = word
        func skip(_ characters: UInt8...) -> Bool {
            guard let first = rest.first, characters.contains(first) else { return false }
            rest.removeFirst()
            return true
        }
        /// Whether there was a digit.
        func skipDigits() -> Bool {
            let after = rest.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            defer { rest = after }
            return after.startIndex > rest.startIndex
        }
        _ = skip(UInt8(ascii: "-"))
        guard skip(UInt8(ascii: "0")) || skipDigits() else { return false }
        if skip(UInt8(ascii: ".")), !skipDigits() { return false }
        if skip(UInt8(ascii: "e"), UInt8(ascii: "E")) {
            _ = skip(UInt8(ascii: "-"), UInt8(ascii: "+"))
            guard skipDigits() else { return false }
        }
        return rest.isEmpty
    }
}

extension JSONParser {
    /// A string, from its opening quote to behind its closing one.
    private mutating func string() throws(YAMLError) -> String {
        index += 1
        let start = index
        skipPlainText()
        // Nearly all strings have no escapes, and long ones are most of a text.
        if next == UInt8(ascii: "\"") { return try closed(bytes[start..<index]) }
        var text = Array(bytes[start..<index])
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""): return try closed(text[...])
            case UInt8(ascii: "\\"):
                index += 1
                text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw failure("a control character in a string")
            default:
                let start = index
                skipPlainText()
                text.append(contentsOf: bytes[start..<index])
            }
        }
        throw failure("a string is not closed")
    }

    private mutating func skipPlainText() {
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { index += 1 }
    }

    /// The string whose closing quote is next.
    private mutating func closed(_ text: ArraySlice<UInt8>) throws(YAMLError) -> String {
        guard let string = String(validating: text, as: UTF8.self) else {
            throw failure("the string before this is not UTF-8")
        }
        index += 1
        return string
    }

    private mutating func escape() throws(YAMLError) -> Unicode.Scalar {
        guard let byte = next else { throw failure("an escape is not complete") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicode()
        default: throw failure("an unknown escape in a string")
        }
    }

    /// A code unit, with its other half if it is the first of a pair. A half alone becomes U+FFFD, as Go reads it.
    private mutating func unicode() throws(YAMLError) -> Unicode.Scalar {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit), bytes[index...].starts(with: [0x5c, 0x75]) else { return "\u{fffd}" }
        let end = index
        index += 2
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second) else {
            index = end
            return "\u{fffd}"
        }
        let number = 0x10000 + (UInt32(unit) & 0x3ff) << 10 + UInt32(second) & 0x3ff
        return Unicode.Scalar(number) ?? "\u{fffd}"
    }

    private mutating func codeUnit() throws(YAMLError) -> UInt16 {
        let digits = bytes[index...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ $0 < 0x80 && Character(UnicodeScalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits are needed after \\u") }
        index += 4
        return unit
    }
}
