package import DNSWire

/// Why a server failed, as it says itself beside its code (RFC 8914): all of its OPT record that is passed on.
package struct ExtendedReason: Hashable, Sendable {
    /// The most octets of the text that are passed on. What is longer is a story rather than a reason.
    static let longestText = 128

    package let code: ExtendedErrorCode
    /// For people, in UTF-8, without control characters.
    package let text: [UInt8]

    package init(_ code: ExtendedErrorCode, _ text: String = "") {
        self.code = code
        var octets: [UInt8] = []
        for scalar in text.unicodeScalars where scalar.properties.generalCategory != .control {
            let encoded = Array(String(scalar).utf8)
            guard octets.count + encoded.count <= Self.longestText else { break }
            octets += encoded
        }
        self.text = octets
    }

    /// The first that a message has; nil if it has none.
    init?(_ message: Message) {
        guard let (code, text) = message.edns?.options.lazy.compactMap(\.extendedError).first else { return nil }
        self.init(code, text)
    }
}
