import CMnl
import NetworkTypes

// Addresses on the wire: struct ifaddrmsg and IFA_… attributes.

extension Address {
    /// The request for the addresses of one interface, or of all.
    static func dumpRequest(of interface: InterfaceIndex?) -> NetlinkMessage {
        var header = ifaddrmsg()
        header.ifa_index = interface?.attributeValue ?? 0
        return MessageBuilder.message(.getAddress, .dump, header: header)
    }

    func message(_ type: MessageType, _ flags: MessageFlags) -> NetlinkMessage {
        var header = ifaddrmsg()
        header.ifa_family = ProtocolFamily(address.family).rawValue
        header.ifa_prefixlen = UInt8(truncatingIfNeeded: address.length)
        header.ifa_scope = scope.rawValue
        header.ifa_index = interface.attributeValue
        return MessageBuilder.message(type, flags, header: header) { message in
            message.put(AddressAttribute.local, address.address)
            message.put(AddressAttribute.address, peer ?? address.address)
            guard type == .newAddress else { return }
            if let broadcast { message.put(AddressAttribute.broadcast, broadcast) }
            if let label { message.put(AddressAttribute.label, label) }
            if let origin { message.put(AddressAttribute.origin, origin.rawValue) }
            if self.flags.contains(.deprecated) { message.put(AddressAttribute.lifetimes, Self.neverPreferred) }
            let flags = self.flags.intersection(.writable)
            if !flags.isEmpty { message.put(AddressAttribute.flags, flags.rawValue) }
        }
    }

    /// struct ifa_cacheinfo: preferred for no time, valid for ever; its two time stamps are the kernel's.
    private static let neverPreferred =
        [UInt8](repeating: 0, count: 4) + [UInt8](repeating: 0xff, count: 4)
        + [UInt8](repeating: 0, count: 8)

    /// The address that a message describes, or nil if it describes none.
    init?(payload: RawSpan) {
        guard
            let family = payload.number(at: 0, as: UInt8.self).flatMap({ ProtocolFamily(rawValue: $0).addressFamily }),
            let length = payload.number(at: 1, as: UInt8.self).map(Int.init), length <= family.bitWidth,
            let shortFlags = payload.number(at: 2, as: UInt8.self),
            let scope = payload.number(at: 3, as: UInt8.self),
            let index = payload.number(at: 4, as: UInt32.self).flatMap(InterfaceIndex.init(attribute:))
        else { return nil }
        var prefix: IPAddress?
        var local: IPAddress?
        var flags = UInt32(shortFlags)
        var label: String?
        var broadcast: IPAddress?
        var origin: RouteProtocol?
        AttributeReader.forEach(in: payload, from: MemoryLayout<ifaddrmsg>.size) { type, value in
            switch type {
            case AddressAttribute.address: prefix = value.ipAddress
            case AddressAttribute.local: local = value.ipAddress
            case AddressAttribute.broadcast: broadcast = value.ipAddress
            case AddressAttribute.label: label = value.text
            case AddressAttribute.origin: origin = value.number(as: UInt8.self).map(RouteProtocol.init(rawValue:))
            case AddressAttribute.flags: flags = value.number(as: UInt32.self) ?? flags
            default: break
            }
        }
        // IFA_LOCAL is the interface's own address; IFA_ADDRESS is the same, or the far end of a point-to-point link.
        guard let address = local ?? prefix, address.family == family else { return nil }
        self.init(
            interface: index,
            address: InterfaceAddress(address, length: length),
            scope: AddressScope(rawValue: scope),
            flags: AddressFlags(rawValue: flags),
            label: label,
            broadcast: broadcast,
            peer: prefix == address ? nil : prefix,
            origin: origin
        )
    }
}
