package import NetworkTypes

/// The name of a network interface: 1…15 bytes without a slash, a colon or white space, and neither "." nor "..".
package struct LinkName: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: String

    /// The name, or nil if the kernel would refuse it.
    package init?(rawValue: String) {
        guard Self.complaint(about: rawValue) == nil else { return nil }
        self.rawValue = rawValue
    }

    /// The name, or an error that says what is wrong with it.
    package init(validating text: String) throws(AddressSyntaxError) {
        if let complaint = Self.complaint(about: text) {
            throw AddressSyntaxError(text: text, expected: "an interface name", reason: complaint)
        }
        rawValue = text
    }

    /// The link that leads back to the host, which every network namespace has.
    package static let loopback = LinkName(reported: "lo")

    /// The name the kernel reported: whatever it accepted is a name.
    init(reported: String) {
        rawValue = reported
    }

    package static func < (left: LinkName, right: LinkName) -> Bool { left.rawValue < right.rawValue }

    // The rules of dev_valid_name() in net/core/dev.c.
    private static func complaint(about text: String) -> String? {
        let bytes = text.utf8
        if bytes.isEmpty { return "it is empty" }
        if bytes.count > 15 { return "it is longer than 15 bytes" }
        if text == "." || text == ".." { return "it is reserved" }
        let refused = bytes.contains { byte in
            byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") || byte == 0
                || byte == UInt8(ascii: " ") || (0x09...0x0d).contains(byte)
        }
        return refused ? "a slash, a colon or white space is in it" : nil
    }
}

extension LinkName: CustomStringConvertible {
    package var description: String { rawValue }
}
