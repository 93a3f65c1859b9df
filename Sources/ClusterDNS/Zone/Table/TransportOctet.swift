import ClusterState

extension ClusterState.TransportProtocol {
    /// The protocol's number (IANA), as values in the table have it.
    var octet: UInt8 {
        switch self {
        case .tcp: 6
        case .udp: 17
        case .sctp: 132
        }
    }
}

/// The labels before a service's name that tell a port and a protocol: `_http._tcp`, also without the underscores.
enum PortLabel {
    /// The label without its underscore.
    static func stripped(_ octets: Span<UInt8>, _ label: Range<Int>) -> Range<Int> {
        label.count > 1 && octets[label.lowerBound] == UInt8(ascii: "_")
            ? label.lowerBound + 1..<label.upperBound : label
    }

    /// The number of the protocol that a label in lower case names, or nil.
    static func transport(_ octets: Span<UInt8>, _ label: Range<Int>) -> UInt8? {
        let label = stripped(octets, label)
        let start = label.lowerBound
        switch label.count {
        case 3:
            switch (octets[start], octets[start + 1], octets[start + 2]) {
            case (UInt8(ascii: "t"), UInt8(ascii: "c"), UInt8(ascii: "p")): return TransportProtocol.tcp.octet
            case (UInt8(ascii: "u"), UInt8(ascii: "d"), UInt8(ascii: "p")): return TransportProtocol.udp.octet
            default: return nil
            }
        case 4:
            guard octets.number32(at: start) == 0x7363_7470 else { return nil }
            return TransportProtocol.sctp.octet
        default: return nil
        }
    }
}
