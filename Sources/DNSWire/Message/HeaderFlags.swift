/// The flags of a header (RFC 1035 section 4.1.1, RFC 4035 section 3), where its second number has them.
package struct HeaderFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// QR: a response, not a query.
    package static let response = HeaderFlags(rawValue: 0x8000)
    /// AA: the server has authority for the name.
    package static let authoritative = HeaderFlags(rawValue: 0x0400)
    /// TC: records of the answer are missing.
    package static let truncated = HeaderFlags(rawValue: 0x0200)
    /// RD: the client wants other servers to be asked.
    package static let recursionDesired = HeaderFlags(rawValue: 0x0100)
    /// RA: the server would ask other servers.
    package static let recursionAvailable = HeaderFlags(rawValue: 0x0080)
    /// Z: must be zero.
    package static let reserved = HeaderFlags(rawValue: 0x0040)
    /// AD: all of it was validated by DNSSEC.
    package static let authenticData = HeaderFlags(rawValue: 0x0020)
    /// CD: the client validates by itself.
    package static let checkingDisabled = HeaderFlags(rawValue: 0x0010)

    /// All of them: the opcode and the response code are the rest of the number.
    static let all = HeaderFlags(rawValue: 0x87f0)
}

extension HeaderFlags: CustomStringConvertible {
    /// As dig shows them: `qr aa rd ra`.
    package var description: String {
        let names: [(HeaderFlags, String)] = [
            (.response, "qr"), (.authoritative, "aa"), (.truncated, "tc"), (.recursionDesired, "rd"),
            (.recursionAvailable, "ra"), (.reserved, "z"), (.authenticData, "ad"), (.checkingDisabled, "cd"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: " ")
    }
}
