import CMnl
import NetworkTypes

// Neighbours and forwarding entries on the wire: struct ndmsg and NDA_… attributes. Both have the same message types;
// the family tells them apart.

extension Neighbour {
    /// The request for the neighbours of one interface, or of all; of one family, or of both.
    static func dumpRequest(of interface: InterfaceIndex?, family: AddressFamily?) -> NetlinkMessage {
        var header = ndmsg()
        header.ndm_family = family.map { ProtocolFamily($0).rawValue } ?? ProtocolFamily.unspecified.rawValue
        return MessageBuilder.message(.getNeighbour, .dump, header: header) { message in
            if let interface { message.put(NeighbourAttribute.interface, interface) }
        }
    }

    func message(_ type: MessageType, _ flags: MessageFlags) -> NetlinkMessage {
        var header = ndmsg()
        header.ndm_family = ProtocolFamily(address.family).rawValue
        header.ndm_ifindex = interface.rawValue
        header.ndm_state = state.rawValue
        header.ndm_flags = isProxy ? NeighbourFlag.proxy : 0
        header.ndm_type = RouteType.unicast.rawValue
        return MessageBuilder.message(type, flags, header: header) { message in
            message.put(NeighbourAttribute.destination, address)
            if let linkAddress { message.put(NeighbourAttribute.linkAddress, linkAddress) }
        }
    }

    /// The neighbour that a message describes, or nil if it describes none.
    init?(payload: RawSpan) {
        guard let header = NeighbourHeader(payload), let family = header.family.addressFamily else { return nil }
        var address: IPAddress?
        var linkAddress: MACAddress?
        AttributeReader.forEach(in: payload, from: MemoryLayout<ndmsg>.size) { type, value in
            switch type {
            case NeighbourAttribute.destination: address = value.ipAddress
            case NeighbourAttribute.linkAddress: linkAddress = value.macAddress
            default: break
            }
        }
        guard let address, address.family == family else { return nil }
        self.init(
            interface: header.interface,
            address: address,
            linkAddress: linkAddress,
            state: header.state,
            isProxy: header.flags & NeighbourFlag.proxy != 0
        )
    }
}

extension ForwardingEntry {
    /// The request for the forwarding entries of one interface, or of all.
    static func dumpRequest(of interface: InterfaceIndex?) -> NetlinkMessage {
        var header = ndmsg()
        header.ndm_family = ProtocolFamily.bridge.rawValue
        header.ndm_ifindex = interface?.rawValue ?? 0
        return MessageBuilder.message(.getNeighbour, .dump, header: header)
    }

    func message(_ type: MessageType, _ flags: MessageFlags) -> NetlinkMessage {
        var header = ndmsg()
        header.ndm_family = ProtocolFamily.bridge.rawValue
        header.ndm_ifindex = interface.rawValue
        header.ndm_state = state.rawValue
        header.ndm_flags = place == .own ? NeighbourFlag.own : NeighbourFlag.master
        return MessageBuilder.message(type, flags, header: header) { message in
            message.put(NeighbourAttribute.linkAddress, linkAddress)
            if let destination { message.put(NeighbourAttribute.destination, destination) }
            if let vlan { message.put(NeighbourAttribute.vlan, vlan) }
            // In network byte order, unlike the rest.
            if let port { message.put(NeighbourAttribute.port, port.bigEndian) }
            if let vni { message.put(NeighbourAttribute.vni, vni) }
        }
    }

    /// The forwarding entry that a message describes, or nil if it describes none.
    init?(payload: RawSpan) {
        guard let header = NeighbourHeader(payload), header.family == .bridge else { return nil }
        self.init(
            interface: header.interface,
            linkAddress: MACAddress(rawValue: 0),
            state: header.state,
            place: header.flags & NeighbourFlag.own != 0 ? .own : .master
        )
        var hasAddress = false
        AttributeReader.forEach(in: payload, from: MemoryLayout<ndmsg>.size) { type, value in
            switch type {
            case NeighbourAttribute.linkAddress:
                guard let address = value.macAddress else { break }
                linkAddress = address
                hasAddress = true
            case NeighbourAttribute.destination: destination = value.ipAddress
            case NeighbourAttribute.vlan: vlan = value.number(as: UInt16.self)
            case NeighbourAttribute.port: port = value.number(as: UInt16.self).map(UInt16.init(bigEndian:))
            case NeighbourAttribute.vni: vni = value.number(as: UInt32.self)
            default: break
            }
        }
        guard hasAddress else { return nil }
    }
}

/// struct ndmsg as the kernel sends it.
private struct NeighbourHeader {
    let family: ProtocolFamily
    let interface: InterfaceIndex
    let state: NeighbourState
    let flags: UInt8

    init?(_ payload: RawSpan) {
        guard let family = payload.number(at: 0, as: UInt8.self),
            let index = payload.number(at: 4, as: Int32.self), index > 0,
            let state = payload.number(at: 8, as: UInt16.self),
            let flags = payload.number(at: 10, as: UInt8.self)
        else { return nil }
        self.family = ProtocolFamily(rawValue: family)
        self.interface = InterfaceIndex(index)
        self.state = NeighbourState(rawValue: state)
        self.flags = flags
    }
}
