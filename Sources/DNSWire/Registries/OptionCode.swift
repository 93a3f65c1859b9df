/// The kind of an EDNS option (RFC 6891 section 6.1.2).
package struct OptionCode: RegisteredNumber {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The server's identifier (RFC 5001).
    package static let nsid = OptionCode(rawValue: 3)
    /// Part of the client's address (RFC 7871).
    package static let clientSubnet = OptionCode(rawValue: 8)
    package static let expire = OptionCode(rawValue: 9)
    /// 8 octets of the client, then 8…32 of the server (RFC 7873).
    package static let cookie = OptionCode(rawValue: 10)
    /// How long an idle TCP connection is kept (RFC 7828).
    package static let tcpKeepalive = OptionCode(rawValue: 11)
    package static let padding = OptionCode(rawValue: 12)
    /// A reason beside the response code (RFC 8914).
    package static let extendedError = OptionCode(rawValue: 15)

    package static let unnamedPrefix = "OPT"

    package static let names: [OptionCode: String] = [
        .nsid: "NSID", .clientSubnet: "ECS", .expire: "EXPIRE", .cookie: "COOKIE", .tcpKeepalive: "KEEPALIVE",
        .padding: "PADDING", .extendedError: "EDE",
    ]
}
