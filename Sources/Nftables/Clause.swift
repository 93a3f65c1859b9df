package import NetworkTypes

/// A part of a rule as a person would write it: one match, or one action.
package struct Clause: Hashable, Sendable {
    let requirements: [Requirement]
    let expressions: [Expression]

    init(requirements: [Requirement] = [], _ expressions: [Expression]) {
        self.requirements = requirements
        self.expressions = expressions
    }

    /// Expressions that have no clause of their own here.
    package static func expressions(_ expressions: Expression...) -> Clause { Clause(expressions) }
}

// MARK: - Addresses

extension Clause {
    /// The source address is in the network.
    package static func source(in prefix: IPPrefix) -> Clause { compare(.ip(.source, prefix.family), prefix, .equal) }

    /// The source address is not in the network, but of its family.
    package static func source(notIn prefix: IPPrefix) -> Clause {
        compare(.ip(.source, prefix.family), prefix, .notEqual)
    }

    /// The destination address is in the network.
    package static func destination(in prefix: IPPrefix) -> Clause {
        compare(.ip(.destination, prefix.family), prefix, .equal)
    }

    /// The destination address is not in the network, but of its family.
    package static func destination(notIn prefix: IPPrefix) -> Clause {
        compare(.ip(.destination, prefix.family), prefix, .notEqual)
    }

    /// The address that `selector` names is in the network, which is of its family.
    package static func match(_ selector: Selector, in prefix: IPPrefix) -> Clause { compare(selector, prefix, .equal) }

    /// The address that `selector` names is not in the network, which is of its family.
    package static func match(_ selector: Selector, notIn prefix: IPPrefix) -> Clause {
        compare(selector, prefix, .notEqual)
    }

    /// The packet that a VXLAN packet carries is of the network's family, and its source is in the network.
    package static func vxlanSource(in prefix: IPPrefix) -> Clause {
        let type = vxlanEtherType(.carrying(prefix.family))
        return Clause(type.expressions + compare(.vxlanSource(prefix.family), prefix, .equal).expressions)
    }

    /// Whole bytes of a prefix are compared without a mask, as nft does: fewer instructions a packet.
    private static func compare(_ selector: Selector, _ prefix: IPPrefix, _ comparison: Comparison) -> Clause {
        let requirements = selector.requirement.map { [$0] } ?? []
        let byteCount = (prefix.length + 7) / 8
        // Every address of the family is in a network of length 0.
        if prefix.length == 0, comparison == .equal { return Clause(requirements: requirements, []) }
        if prefix.length % 8 == 0, prefix.length > 0, case .payload(let field, let register) = selector.load() {
            let part = PayloadField(field.header, offset: field.offset, length: UInt32(byteCount))
            let bytes = Array(prefix.base.bytes.prefix(byteCount))
            return Clause(
                requirements: requirements,
                [.payload(part, into: register), .compare(register, comparison, bytes)]
            )
        }
        let isHost = prefix.length == prefix.family.bitWidth
        let cut = Expression.bitwise(
            from: .first,
            into: .first,
            mask: mask(prefix.length, byteCount: prefix.family.byteCount),
            xor: Array(repeating: 0, count: prefix.family.byteCount)
        )
        return Clause(
            requirements: requirements,
            [selector.load()] + (isHost ? [] : [cut]) + [.compare(.first, comparison, prefix.base.bytes)]
        )
    }

    /// As many bytes, of which the first `length` bits are set.
    static func mask(_ length: Int, byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { index in
            let bits = min(8, max(0, length - 8 * index))
            return UInt8(truncatingIfNeeded: 0xff00 >> bits)
        }
    }
}

// MARK: - Other matches

extension Clause {
    /// The packet is of this address family.
    package static func family(_ family: AddressFamily) -> Clause {
        Clause(requirements: [.networkProtocol(family == .ipv4 ? .ipv4 : .ipv6)], [])
    }

    /// The packet is of this transport protocol.
    package static func l4proto(_ transport: TransportProtocol) -> Clause {
        Clause(requirements: [.transport(transport)], [])
    }

    package static func tcpDestinationPort(_ port: UInt16) -> Clause { Self.port(.destination, port, of: .tcp) }

    package static func udpDestinationPort(_ port: UInt16) -> Clause { Self.port(.destination, port, of: .udp) }

    package static func port(_ side: PacketSide, _ port: UInt16, of transport: TransportProtocol) -> Clause {
        let selector = Selector.port(side)
        return Clause(
            requirements: [.transport(transport)],
            [selector.load(), .compare(.first, .equal, FieldValue.port(port).bytes)]
        )
    }

    /// The field equals the value.
    package static func match(_ selector: Selector, _ value: FieldValue) -> Clause {
        compare(selector, .equal, value)
    }

    /// The field differs from the value.
    package static func match(_ selector: Selector, not value: FieldValue) -> Clause {
        compare(selector, .notEqual, value)
    }

    private static func compare(_ selector: Selector, _ comparison: Comparison, _ value: FieldValue) -> Clause {
        Clause(
            requirements: selector.requirement.map { [$0] } ?? [],
            [selector.load(), .compare(.first, comparison, value.bytes)]
        )
    }

    /// A VXLAN packet carries this.
    package static func vxlanEtherType(_ type: EtherType) -> Clause {
        let bytes = [UInt8(type.rawValue >> 8), UInt8(truncatingIfNeeded: type.rawValue)]
        // Behind the headers of UDP and VXLAN, of 8 bytes each, and two hardware addresses.
        let field = PayloadField(.transport, offset: 8 + 8 + 12, length: 2)
        return Clause([.payload(field, into: .first), .compare(.first, .equal, bytes)])
    }

    /// The packet came in by the interface of this name.
    package static func inputInterface(_ name: String) -> Clause { match(.inputInterface, .interface(name)) }

    /// The packet came in by another interface than the one of this name.
    package static func inputInterface(not name: String) -> Clause { match(.inputInterface, not: .interface(name)) }

    /// The packet leaves by the interface of this name.
    package static func outputInterface(_ name: String) -> Clause { match(.outputInterface, .interface(name)) }

    /// The packet leaves by another interface than the one of this name.
    package static func outputInterface(not name: String) -> Clause { match(.outputInterface, not: .interface(name)) }

    /// All of these bits are set in the packet's mark.
    package static func mark(_ bits: UInt32) -> Clause { mark(bits, equals: bits) }

    /// The packet's mark, of which only the bits of `mask` count, equals `value`.
    package static func mark(_ mask: UInt32, equals value: UInt32) -> Clause {
        Clause([
            Selector.mark.load(),
            .bitwise(from: .first, into: .first, mask: mask.hostBytes, xor: UInt32(0).hostBytes),
            .compare(.first, .equal, value.hostBytes),
        ])
    }

    /// The packet's connection is in one of these states.
    package static func conntrackState(_ states: ConntrackStates) -> Clause {
        conntrackBits(.state, states.rawValue)
    }

    /// The destination of the packet's connection has been translated.
    package static var destinationTranslated: Clause { conntrackBits(.status, 1 << 5) }

    private static func conntrackBits(_ key: ConntrackKey, _ bits: UInt32) -> Clause {
        Clause([
            .conntrack(key, direction: nil, into: .first),
            .bitwise(from: .first, into: .first, mask: bits.hostBytes, xor: UInt32(0).hostBytes),
            .compare(.first, .notEqual, UInt32(0).hostBytes),
        ])
    }

    /// The address of this side belongs to the machine itself.
    package static func isLocal(_ side: PacketSide) -> Clause { match(.addressType(side), .number(2)) }

    /// At most so many packets go on with the rule.
    package static func limit(_ limit: RateLimit) -> Clause { Clause([.limit(limit)]) }
}

/// What a frame carries (ETH_P_…).
package struct EtherType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// A tag of IEEE 802.1Q, and an outer one of 802.1ad.
    package static let vlan = EtherType(rawValue: 0x8100)
    package static let serviceVLAN = EtherType(rawValue: 0x88a8)

    /// IP of this family.
    package static func carrying(_ family: AddressFamily) -> EtherType {
        EtherType(rawValue: family == .ipv4 ? 0x0800 : 0x86dd)
    }
}

/// States of a connection, as bits (NF_CT_STATE_BIT).
package struct ConntrackStates: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let invalid = ConntrackStates(rawValue: 1)
    package static let established = ConntrackStates(rawValue: 2)
    package static let related = ConntrackStates(rawValue: 4)
    package static let new = ConntrackStates(rawValue: 8)
    package static let untracked = ConntrackStates(rawValue: 64)
}
