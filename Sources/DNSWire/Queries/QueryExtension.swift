/// What the OPT record of a query says (RFC 6891). Options are noted, not interpreted.
package struct QueryExtension: Hashable, Sendable {
    /// The largest UDP payload that the client takes, as it says: values under 512 count as 512.
    package let payloadSize: UInt16
    /// 0 in every query that can be answered.
    package let version: UInt8
    /// DO: records of DNSSEC are wanted.
    package let dnssecOK: Bool
    package let options: QueryOptions
    /// Where in the packet the data of the first cookie option begins. Zero if there is none.
    package let cookieOffset: UInt16
    /// The length in octets of the first cookie (RFC 7873: 8, or 16…40). Not checked.
    package let cookieLength: UInt16
}

/// Which options a query has.
package struct QueryOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let nsid = QueryOptions(rawValue: 1 << 0)
    package static let clientSubnet = QueryOptions(rawValue: 1 << 1)
    package static let expire = QueryOptions(rawValue: 1 << 2)
    package static let cookie = QueryOptions(rawValue: 1 << 3)
    package static let tcpKeepalive = QueryOptions(rawValue: 1 << 4)
    package static let padding = QueryOptions(rawValue: 1 << 5)
    /// Any other one.
    package static let unknown = QueryOptions(rawValue: 1 << 6)

    @inline(__always)
    init(_ code: OptionCode) {
        self =
            switch code {
            case .nsid: .nsid
            case .clientSubnet: .clientSubnet
            case .expire: .expire
            case .cookie: .cookie
            case .tcpKeepalive: .tcpKeepalive
            case .padding: .padding
            default: .unknown
            }
    }
}
