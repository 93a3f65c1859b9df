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
    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy(isPlain) }

    /// Whether octets stand in a string as they are.
    @inlinable
    package static func isPlain(_ octets: Span<UInt8>) -> Bool {
        // Without a way out in the middle, which would keep the compiler from looking at many at once.
        var isPlain = true
        for index in octets.indices { isPlain = Self.isPlain(octets[index]) && isPlain }
        return isPlain
    }

    @inlinable @inline(__always)
    static func isPlain(_ octet: UInt8) -> Bool {
        octet >= 0x20 && octet < 0x7f && octet != UInt8(ascii: "\"") && octet != UInt8(ascii: "\\")
    }

    /// Appends a string of UTF-8 with its quotes. What is not UTF-8 becomes replacement characters.
    package static func append(_ octets: Span<UInt8>, to json: inout [UInt8]) {
        json.append(UInt8(ascii: "\""))
        let isASCII = octets.indices.reduce(0) { $0 | octets[$1] } < 0x80
        if isASCII { appendEscaped(ascii: octets, to: &json) } else { appendEscaped(octets, to: &json) }
        json.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(ascii octets: Span<UInt8>, to json: inout [UInt8]) {
        // An escaped octet is six at most.
        json.append(addingCapacity: 6 * octets.count) { json in
            for index in octets.indices {
                switch octets[index] {
                case let octet where isPlain(octet): json.append(octet)
                case let octet where octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\"):
                    json.append(UInt8(ascii: "\\"))
                    json.append(octet)
                case let octet:
                    var escaped = ""
                    appendEscaped(String(Unicode.Scalar(octet)), to: &escaped)
                    for octet in escaped.utf8 { json.append(octet) }
                }
            }
        }
    }

    private static func appendEscaped(_ octets: Span<UInt8>, to json: inout [UInt8]) {
        var escaped = ""
        appendEscaped(String(decoding: octets.indices.map { octets[$0] }, as: UTF8.self), to: &escaped)
        json += escaped.utf8
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
