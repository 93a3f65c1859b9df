/// Octets as the tables write them.
enum Wire {
    /// The octets of a text: ⏎ is CR LF, any other character up to U+00FF is the octet of its number.
    static func octets(_ text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar -> [UInt8] in
            scalar == "⏎" ? [13, 10] : [UInt8(truncatingIfNeeded: scalar.value)]
        }
    }

    /// The text that such octets are written as.
    static func text(_ octets: some Sequence<UInt8>) -> String {
        latin(octets).replacing("\r\n", with: "⏎")
    }

    /// A character for each octet.
    static func latin(_ octets: some Sequence<UInt8>) -> String {
        String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
    }
}
