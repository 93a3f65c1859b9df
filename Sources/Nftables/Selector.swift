package import NetworkTypes

/// Which end of a packet: the one it comes from, or the one it goes to.
package enum PacketSide: Hashable, Sendable {
    case source
    case destination
}

/// Something about a packet that can be compared, or be a field of a set's key.
package enum Selector: Hashable, Sendable {
    /// `ip saddr`, `ip daddr`.
    case ip4(PacketSide)
    /// `ip6 saddr`, `ip6 daddr`.
    case ip6(PacketSide)
    /// `th sport`, `th dport`: the port of TCP, UDP and others that have it at the same place.
    case port(PacketSide)
    /// `meta l4proto`
    case l4proto
    /// `meta nfproto`
    case networkProtocol
    /// `meta mark`
    case mark
    /// `meta iifname`
    case inputInterface
    /// `meta oifname`
    case outputInterface
    /// A number that has nothing to do with the packet, to spread by.
    case numgen(NumberGenerator)
    /// `fib saddr type`, `fib daddr type`
    case addressType(PacketSide)
    /// `ct original ip daddr`, `ct original ip6 daddr`: where the connection's first packet was sent, before translation.
    case originalDestination(AddressFamily)
    /// `ct original proto-dst`
    case originalDestinationPort
    /// The source of the packet that a VXLAN packet carries: `@th,336,32`, `@th,304,128`. In a set it is listed as an
    /// address. Which family it is of has to be known by `Clause.vxlanEtherType`.
    case vxlanSource(AddressFamily)

    /// The address of `side` in this family.
    package static func ip(_ side: PacketSide, _ family: AddressFamily) -> Selector {
        switch family {
        case .ipv4: .ip4(side)
        case .ipv6: .ip6(side)
        }
    }

    /// The size of the field in bytes.
    package var byteCount: Int {
        switch self {
        case .ip4, .mark, .numgen, .addressType, .originalDestination(.ipv4), .vxlanSource(.ipv4): 4
        case .ip6, .inputInterface, .outputInterface, .originalDestination(.ipv6), .vxlanSource(.ipv6): 16
        case .port, .originalDestinationPort: 2
        case .l4proto, .networkProtocol: 1
        }
    }

    /// The expression that loads the field.
    package func load(into register: Register = .first) -> Expression {
        switch self {
        case .ip4(let side): .payload(.init(.network, offset: side == .source ? 12 : 16, length: 4), into: register)
        case .ip6(let side): .payload(.init(.network, offset: side == .source ? 8 : 24, length: 16), into: register)
        case .port(let side): .payload(.init(.transport, offset: side == .source ? 0 : 2, length: 2), into: register)
        case .l4proto: .meta(.transportProtocol, into: register)
        case .networkProtocol: .meta(.networkProtocol, into: register)
        case .mark: .meta(.mark, into: register)
        case .inputInterface: .meta(.inputInterfaceName, into: register)
        case .outputInterface: .meta(.outputInterfaceName, into: register)
        case .numgen(let generator): .numgen(generator, into: register)
        case .addressType(let side):
            .fib(.addressType, side == .source ? .sourceAddress : .destinationAddress, into: register)
        case .originalDestination(.ipv4):
            .conntrack(.originalDestinationIPv4, direction: .original, into: register)
        case .originalDestination(.ipv6):
            .conntrack(.originalDestinationIPv6, direction: .original, into: register)
        case .originalDestinationPort:
            .conntrack(.originalDestinationPort, direction: .original, into: register)
        // Behind the headers of UDP and VXLAN, of 8 bytes each: the frame's of 14, then the packet's.
        case .vxlanSource(.ipv4): .payload(.init(.transport, offset: 8 + 8 + 14 + 12, length: 4), into: register)
        case .vxlanSource(.ipv6): .payload(.init(.transport, offset: 8 + 8 + 14 + 8, length: 16), into: register)
        }
    }

    /// What must be known of a packet before the field may be read.
    var requirement: Requirement? {
        switch self {
        case .ip4: .networkProtocol(.ipv4)
        case .ip6: .networkProtocol(.ipv6)
        case .originalDestination(.ipv4): .networkProtocol(.ipv4)
        case .originalDestination(.ipv6): .networkProtocol(.ipv6)
        default: nil
        }
    }

    /// Where the selector is one of an address: which one.
    var side: PacketSide? {
        switch self {
        case .ip4(let side), .ip6(let side): side
        default: nil
        }
    }
}

extension Selector: CustomStringConvertible {
    /// The field as nft writes it.
    package var description: String {
        switch self {
        case .ip4(let side): "ip \(side == .source ? "saddr" : "daddr")"
        case .ip6(let side): "ip6 \(side == .source ? "saddr" : "daddr")"
        case .port(let side): "th \(side == .source ? "sport" : "dport")"
        case .l4proto: "meta l4proto"
        case .networkProtocol: "meta nfproto"
        case .mark: "meta mark"
        case .inputInterface: "meta iifname"
        case .outputInterface: "meta oifname"
        case .numgen(let generator): generator.description
        case .addressType(let side): "fib \(side == .source ? "saddr" : "daddr") type"
        case .originalDestination(.ipv4): "ct original ip daddr"
        case .originalDestination(.ipv6): "ct original ip6 daddr"
        case .originalDestinationPort: "ct original proto-dst"
        case .vxlanSource(.ipv4): "@th,336,32"
        case .vxlanSource(.ipv6): "@th,304,128"
        }
    }
}

extension NumberGenerator: CustomStringConvertible {
    /// The generator as nft writes it.
    package var description: String {
        let kind = kind == .random ? "random" : "inc"
        return "numgen \(kind) mod \(modulus)" + (offset == 0 ? "" : " offset \(offset)")
    }
}
