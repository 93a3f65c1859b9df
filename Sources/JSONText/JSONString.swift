/// JSON strings (RFC 8259 section 7), for everything that writes JSON without a coder.
///
/// A target of its own with no imports: the CNI plugin, which has to start within milliseconds, quotes with it too.
package enum JSONString {
    /// A string with its quotes.
    package static func quoted(_ text: String) -> String {
        var quoted = ""
        append(text, to: &quoted)
        return quoted
    }

    /// A list of strings on one line.
    package static func list(_ texts: [String]) -> String { "[\(texts.map(quoted).joined(separator: ","))]" }

    /// Appends a string with its quotes.
    ///
    /// More than the RFC asks for is escaped: what a terminal acts on (DEL and the C1 controls), what JavaScript takes for
    /// the end of a line (U+2028, U+2029), since logs are read in both, and what turns the direction of text.
    package static func append(_ text: String, to json: inout String) {
        json += "\""
        if isPlain(text) { json += text } else { appendEscaped(text, to: &json) }
        json += "\""
    }

    /// Nearly all texts: ASCII, and nothing in it is escaped.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    private static func appendEscaped(_ text: String, to json: inout String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            case _ where PrintableText.isUnprintable(scalar): json += escape(scalar)
            default: json.unicodeScalars.append(scalar)
            }
        }
    }

    /// JSON text with all escaped that `append` escapes, but for the controls of C0: coders do that themselves, and have some
    /// of them between strings.
    package static func escaping(_ json: String) -> String {
        var escaped = ""
        for scalar in json.unicodeScalars {
            if PrintableText.isUnprintable(scalar), scalar.value > 0x1f {
                escaped += escape(scalar)
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// `\u` and four digits, for a scalar of the basic plane.
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
