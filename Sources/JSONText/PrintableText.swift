/// What others wrote, such as names, lines of a ConfigMap and answers of servers, in text that people read: it stays on its
/// line, does nothing to a terminal, is shown in the order in which it was written, and hides nothing else by its length.
package enum PrintableText {
    /// The most scalars of a word, which ends at white space: a DNS name and what stands around it has room. Of a longer one
    /// the beginning is shown, and an ellipsis.
    package static let longestWord = 256
    /// The most scalars of a whole text, likewise.
    package static let longestText = 8192

    /// A text as people may see it. What is printable already stays as it is.
    package static func of(_ text: String) -> String { isPlain(text) ? text : shortened(escaped(text)) }

    /// Whether a terminal, or a reader, would take a scalar for something else than a character: the controls of C0 and C1,
    /// DEL, separators of lines, and what turns the direction of text. All are of the basic plane.
    static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1f, 0x7f...0x9f, 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// Nearly all texts: ASCII, no controls, nothing long.
    private static func isPlain(_ text: String) -> Bool {
        var (count, word) = (0, 0)
        for octet in text.utf8 {
            guard octet >= 0x20, octet < 0x7f else { return false }
            count += 1
            word = octet == 0x20 ? 0 : word + 1
            guard word <= longestWord, count <= longestText else { return false }
        }
        return true
    }

    /// With `\u{1b}` in place of what is not printable.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if isUnprintable(scalar) {
                escaped += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func shortened(_ text: String) -> String {
        var (short, word) = (String.UnicodeScalarView(), 0)
        for scalar in text.unicodeScalars {
            word = scalar.properties.isWhitespace ? 0 : word + 1
            if word == longestWord + 1 {
                short.removeLast()
                short.append("…")
            }
            if word <= longestWord { short.append(scalar) }
        }
        return short.count <= longestText ? String(short) : String(short.prefix(longestText - 1)) + "…"
    }
}
