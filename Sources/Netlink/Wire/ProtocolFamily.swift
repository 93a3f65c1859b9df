import NetworkTypes

/// The family byte at the start of an rtnetlink message (`AF_…`).
struct ProtocolFamily: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt8

    /// In a request to read: every family.
    static let unspecified = ProtocolFamily(rawValue: 0)
    static let ipv4 = ProtocolFamily(rawValue: 2)
    static let bridge = ProtocolFamily(rawValue: 7)
    static let ipv6 = ProtocolFamily(rawValue: 10)

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(_ family: AddressFamily) {
        self = family == .ipv4 ? .ipv4 : .ipv6
    }

    /// The address family, if it is one of the two that we know.
    var addressFamily: AddressFamily? {
        switch self {
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        default: nil
        }
    }
}
