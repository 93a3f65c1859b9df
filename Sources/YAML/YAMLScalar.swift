/// A single value as it stands in the text. What an unquoted one means is decided by YAML 1.2's core schema, so that
/// `no` and `on` are strings; numbers that readers disagree about (`012`) are no integers.
package struct YAMLScalar: Hashable, Sendable {
    /// Without quotes, escapes resolved.
    package let text: String
    /// Whether it is a string whatever it looks like: quoted, a block, or tagged `!!str`.
    package let isQuoted: Bool

    package init(_ text: String, isQuoted: Bool) {
        self.text = text
        self.isQuoted = isQuoted
    }

    package var isNull: Bool {
        !isQuoted && ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The truth value, if it is one.
    package var boolean: Bool? {
        guard !isQuoted else { return nil }
        switch text {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return nil
        }
    }

    /// The whole number, if it is one that fits: decimal without leading zeros, `0x…` or `0o…`.
    package var integer: Int64? {
        guard !isQuoted, looksNumeric else { return nil }
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        if digits.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16) }
        if digits.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8) }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard digits == "0" || !digits.hasPrefix("0") else { return nil }
        return Int64(text)
    }

    /// The number, whole or not, if it is one.
    package var number: Double? {
        guard !isQuoted, looksNumeric else { return nil }
        if let integer { return Double(integer) }
        switch text.drop(while: { $0 == "-" || $0 == "+" }).lowercased() {
        case ".inf": return text.hasPrefix("-") ? -Double.infinity : .infinity
        case ".nan": return .nan
        default: return Double(text)
        }
    }

    /// Whether it is text and nothing else.
    package var isString: Bool { isQuoted || !(isNull || boolean != nil || looksNumeric) }

    /// What it is, as a noun phrase for messages.
    package var kind: String {
        if isNull { return "nothing" }
        if boolean != nil { return "true or false" }
        return isString ? "a string" : "a number"
    }

    /// Whether a reader of YAML may take the unquoted text for a number.
    private var looksNumeric: Bool {
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(text.drop { $0 == "-" || $0 == "+" }) {
            return true
        }
        if text.hasPrefix("0x") || text.hasPrefix("0o") {
            let digits = text.utf8.dropFirst(2)
            return !digits.isEmpty && digits.allSatisfy { Character(UnicodeScalar($0)).isHexDigit && $0 < 0x80 }
        }
        var hasDigit = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): break
            case UInt8(ascii: "e"), UInt8(ascii: "E"): guard hasDigit else { return false }
            default: return false
            }
        }
        return hasDigit && Double(text) != nil
    }
}
