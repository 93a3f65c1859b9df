import NetworkTypes

// Settings on the wire: struct netconfmsg, which is one byte for the family, and NETCONFA_… attributes.

extension ConfigurationChange {
    /// The change that a message describes, or nil if it describes none.
    init?(payload: RawSpan) {
        guard let number = payload.number(at: 0, as: UInt8.self) else { return nil }
        guard let family = ProtocolFamily(rawValue: number).addressFamily else { return nil }
        var index: Int32?
        var isForwarding: Bool?
        var reversePathFilter: Int32?
        AttributeReader.forEach(in: payload, from: AttributeReader.aligned(1)) { type, value in
            switch type {
            case ConfigurationAttribute.interface: index = value.number(as: Int32.self)
            case ConfigurationAttribute.forwarding: isForwarding = value.number(as: Int32.self).map { $0 != 0 }
            case ConfigurationAttribute.reversePathFilter: reversePathFilter = value.number(as: Int32.self)
            default: break
            }
        }
        guard let index, let scope = Scope(number: index) else { return nil }
        self.init(family: family, scope: scope, isForwarding: isForwarding, reversePathFilter: reversePathFilter)
    }
}

extension ConfigurationChange.Scope {
    /// NETCONFA_IFINDEX_ALL, NETCONFA_IFINDEX_DEFAULT, or an interface.
    fileprivate init?(number: Int32) {
        switch number {
        case -1: self = .all
        case -2: self = .initial
        case 1...: self = .interface(InterfaceIndex(rawValue: number))
        default: return nil
        }
    }
}
