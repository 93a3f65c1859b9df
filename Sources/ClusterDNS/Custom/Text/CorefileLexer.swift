/// Cuts a Corefile into words: they end at white space, or begin with a quotation mark and end with the next one. In
/// quotes `\"` is a quotation mark and any other backslash a backslash. A `#` outside of quotes, also within a word, hides
/// the rest of the line.
struct CorefileLexer {
    private let octets: [UInt8]
    private let key: String
    private var place = 0
    private var line = 1

    private init(_ text: String, key: String) {
        octets = Array(text.utf8)
        self.key = key
        // A byte order mark.
        if octets.starts(with: [0xef, 0xbb, 0xbf]) { place = 3 }
    }

    /// The words of a key's text.
    static func tokens(_ text: String, key: String) throws(CorefileFault) -> [CorefileToken] {
        var lexer = CorefileLexer(text, key: key)
        var tokens: [CorefileToken] = []
        while let token = try lexer.next() { tokens.append(token) }
        return tokens
    }

    private mutating func next() throws(CorefileFault) -> CorefileToken? {
        while place < octets.count {
            switch octets[place] {
            case UInt8(ascii: "#"): skipLine()
            case UInt8(ascii: "\n"):
                line += 1
                place += 1
            case let octet where Self.isSpace(octet): place += 1
            case UInt8(ascii: "\""): return try quotation()
            default: return word()
            }
        }
        return nil
    }

    private mutating func skipLine() {
        while place < octets.count, octets[place] != UInt8(ascii: "\n") { place += 1 }
    }

    private mutating func word() -> CorefileToken {
        let start = place
        while place < octets.count, !Self.isSpace(octets[place]), octets[place] != UInt8(ascii: "#") { place += 1 }
        return token(octets[start..<place], from: line, isQuoted: false)
    }

    private mutating func quotation() throws(CorefileFault) -> CorefileToken {
        let start = line
        var text: [UInt8] = []
        place += 1
        while place < octets.count {
            var octet = octets[place]
            place += 1
            if octet == UInt8(ascii: "\"") { return token(text[...], from: start, isQuoted: true) }
            if octet == UInt8(ascii: "\\"), place < octets.count, octets[place] == UInt8(ascii: "\"") {
                octet = octets[place]
                place += 1
            }
            if octet == UInt8(ascii: "\n") { line += 1 }
            text.append(octet)
        }
        throw CorefileFault("a quotation mark is not closed: put one at the end of the text", key, line: start)
    }

    private func token(_ text: ArraySlice<UInt8>, from start: Int, isQuoted: Bool) -> CorefileToken {
        CorefileToken(
            text: String(decoding: text, as: UTF8.self),
            key: key,
            line: start,
            lastLine: line,
            isQuoted: isQuoted
        )
    }

    private static func isSpace(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || (9...13).contains(octet) }
}
