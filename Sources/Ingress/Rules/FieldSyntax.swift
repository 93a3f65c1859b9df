/// What names and values of fields may consist of (RFC 9110 sections 5.1 and 5.5).
enum FieldSyntax {
    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(isTokenOctet)
    }

    /// Whether a value has no controls but tabs, and no blanks at its ends.
    static func isValue(_ value: some Collection<UInt8>) -> Bool {
        value.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 } && value.first.map(isBlank) != true
            && value.suffix(1).first.map(isBlank) != true
    }

    /// Whether a text can stand in `Host`: whatever is no blank and ends no authority (RFC 3986 section 3.2).
    static func isHost(_ text: some Collection<UInt8>) -> Bool {
        !text.isEmpty && text.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"/?#@\\".utf8.contains($0) }
    }

    /// Whether a field delimits messages or belongs to one connection: the proxy writes it, and nobody else.
    static func isFraming(_ name: String) -> Bool { framing.contains(name.lowercased()) }

    private static let framing: Set<String> = [
        "connection", "content-length", "expect", "http2-settings", "keep-alive", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

    private static func isTokenOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(octet)
        }
    }
}
