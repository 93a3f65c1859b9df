/// One option of an OPT record.
package struct EDNSOption: Hashable, Sendable {
    package var code: OptionCode
    /// At most 65535 octets.
    package var data: [UInt8]

    package init(_ code: OptionCode, _ data: [UInt8]) {
        self.code = code
        self.data = data
    }

    /// A reason beside the response code (RFC 8914), with a text for people.
    package static func extendedError(_ code: ExtendedErrorCode, _ text: String = "") -> EDNSOption {
        EDNSOption(.extendedError, [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xff)] + Array(text.utf8))
    }

    /// The reason and the text of an extended error, or nil if this is another option or malformed.
    package var extendedError: (code: ExtendedErrorCode, text: String)? {
        guard code == .extendedError, data.count >= 2 else { return nil }
        let number = UInt16(data[0]) << 8 | UInt16(data[1])
        return (ExtendedErrorCode(rawValue: number), String(decoding: data.dropFirst(2), as: UTF8.self))
    }
}
