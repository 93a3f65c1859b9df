/// A protocol above IP, by its number.
package struct TransportProtocol: Hashable, Sendable, RawRepresentable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let icmp = TransportProtocol(rawValue: 1)
    package static let tcp = TransportProtocol(rawValue: 6)
    package static let udp = TransportProtocol(rawValue: 17)
    package static let icmpv6 = TransportProtocol(rawValue: 58)
    package static let sctp = TransportProtocol(rawValue: 132)
}

extension TransportProtocol: CustomStringConvertible {
    /// The name as `/etc/protocols` and nft write it, or the number.
    package var description: String {
        switch self {
        case .icmp: "icmp"
        case .tcp: "tcp"
        case .udp: "udp"
        case .icmpv6: "ipv6-icmp"
        case .sctp: "sctp"
        default: "\(rawValue)"
        }
    }
}
