import NetworkTypes
import Nftables

extension PacketWalk {
    /// The bytes of a packet's field: addresses and ports, all that there is of it.
    func bytes(_ field: PayloadField) throws(TraceProblem) -> [UInt8] {
        let size = Int(field.length)
        switch (field.header, field.offset, packet.source.family) {
        case (.network, 12, .ipv4), (.network, 8, .ipv6): return Array(packet.source.bytes.prefix(size))
        case (.network, 16, .ipv4), (.network, 24, .ipv6): return Array(packet.destination.bytes.prefix(size))
        case (.transport, 2, _) where size == 2: return FieldValue.port(packet.port).bytes
        default: throw TraceProblem(description: "no model of \(field)")
        }
    }

    func bytes(_ key: MetaKey) throws(TraceProblem) -> [UInt8] {
        switch key {
        case .networkProtocol: [packet.source.family == .ipv4 ? TableFamily.ipv4.rawValue : TableFamily.ipv6.rawValue]
        case .transportProtocol: [packet.transport.rawValue]
        default: throw TraceProblem(description: "no model of \(key)")
        }
    }

    func bytes(_ key: ConntrackKey) throws(TraceProblem) -> [UInt8] {
        switch key {
        case .state: FieldValue.number(ConntrackStates.new.rawValue).bytes
        // IPS_SRC_NAT and IPS_DST_NAT
        case .status: FieldValue.number((isMasqueraded ? 1 << 4 : 0) | (isTranslated ? 1 << 5 : 0)).bytes
        case .originalDestinationIPv4 where original.destination.family == .ipv4: original.destination.bytes
        case .originalDestinationIPv6 where original.destination.family == .ipv6: original.destination.bytes
        case .originalDestinationPort: FieldValue.port(original.port).bytes
        default: throw TraceProblem(description: "no model of \(key)")
        }
    }

    /// RTN_LOCAL or RTN_UNICAST.
    func addressType(_ flags: FIBFlags) -> [UInt8] {
        let address = flags.contains(.sourceAddress) ? packet.source : packet.destination
        let isLocal = address.isLoopback || tracer.localAddresses.contains(address)
        return FieldValue.number(isLocal ? 2 : 1).bytes
    }
}
