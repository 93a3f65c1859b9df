package import NetworkTypes

/// An address of an interface.
package struct Address: Hashable, Sendable {
    package var interface: InterfaceIndex
    package var address: InterfaceAddress
    package var scope: AddressScope
    package var flags: AddressFlags
    /// The name that IPv4 addresses carry beside the interface's own (`IFA_LABEL`).
    package var label: String?
    package var broadcast: IPAddress?
    /// The far end of a point-to-point address.
    package var peer: IPAddress?
    /// Who set it, as the protocol of a route says (`IFA_PROTO`). Nil where nobody said so, and on kernels before 5.18.
    package var origin: RouteProtocol?

    package init(
        interface: InterfaceIndex,
        address: InterfaceAddress,
        scope: AddressScope = .universe,
        flags: AddressFlags = [],
        label: String? = nil,
        broadcast: IPAddress? = nil,
        peer: IPAddress? = nil,
        origin: RouteProtocol? = nil
    ) {
        self.interface = interface
        self.address = address
        self.scope = scope
        self.flags = flags
        self.label = label
        self.broadcast = broadcast
        self.peer = peer
        self.origin = origin
    }
}

/// How far an address or a route is valid (rtnetlink's `RT_SCOPE_…`).
package struct AddressScope: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Everywhere; ip(8) calls it global.
    package static let universe = AddressScope(rawValue: 0)
    package static let site = AddressScope(rawValue: 200)
    package static let link = AddressScope(rawValue: 253)
    package static let host = AddressScope(rawValue: 254)
    /// Nowhere. In the deletion of a route it stands for any scope.
    package static let nowhere = AddressScope(rawValue: 255)
}

extension AddressScope: CustomStringConvertible {
    /// As ip(8) prints it.
    package var description: String {
        switch self {
        case .universe: "global"
        case .site: "site"
        case .link: "link"
        case .host: "host"
        case .nowhere: "nowhere"
        default: String(rawValue)
        }
    }
}

/// The flags of an address (`IFA_F_…`).
package struct AddressFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// An IPv6 privacy address (RFC 8981). For IPv4 the same bit says that the address is not its network's first.
    package static let temporary = AddressFlags(rawValue: 0x01)
    /// No duplicate address detection.
    package static let noDuplicateDetection = AddressFlags(rawValue: 0x02)
    package static let optimistic = AddressFlags(rawValue: 0x04)
    /// Duplicate address detection found another owner: the address is not used.
    package static let duplicate = AddressFlags(rawValue: 0x08)
    /// Not chosen as a source for others to answer to. In a request it sets the preferred lifetime to zero.
    package static let deprecated = AddressFlags(rawValue: 0x20)
    /// Duplicate address detection has not ended.
    package static let tentative = AddressFlags(rawValue: 0x40)
    /// Without a lifetime.
    package static let permanent = AddressFlags(rawValue: 0x80)
    package static let managesTemporaries = AddressFlags(rawValue: 0x100)
    /// No route to the address's network is made.
    package static let noPrefixRoute = AddressFlags(rawValue: 0x200)
    package static let stablePrivacy = AddressFlags(rawValue: 0x800)

    /// The flags that a request may carry; the others are the kernel's to set.
    static let writable: AddressFlags = [.noDuplicateDetection, .optimistic, .managesTemporaries, .noPrefixRoute]
}
