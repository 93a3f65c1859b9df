package import NetworkTypes

/// A network interface as the kernel reports it.
package struct Link: Hashable, Sendable {
    package var index: InterfaceIndex
    package var name: LinkName
    /// The hardware address. Nil for interfaces that have none, or one that is not six bytes long.
    package var address: MACAddress?
    /// The largest packet in bytes.
    package var mtu: Int
    /// Whether the interface was set up (`IFF_UP`). It may still be without a carrier.
    package var isUp: Bool
    package var isLoopback: Bool
    package var operationalState: OperationalState
    /// The bridge that the interface is a port of.
    package var master: InterfaceIndex?
    /// The interface below this one, or the other end of a veth pair (`IFLA_LINK`).
    /// With `peerNamespaceID` it is an index of that namespace.
    package var parent: InterfaceIndex?
    /// The identifier of the namespace that `parent` is in, if that is another one (`IFLA_LINK_NETNSID`).
    package var peerNamespaceID: Int32?
    /// A text for people (`IFLA_IFALIAS`).
    package var alias: String?
    package var kind: LinkKind
    /// The settings of the interface as a port of a bridge, if it is one.
    package var bridgePort: BridgePort?
    /// Whether it is a bridge with the spanning tree protocol on (`IFLA_BR_STP_STATE`), by the kernel or a program.
    package var hasSpanningTree = false

    package init(
        index: InterfaceIndex,
        name: LinkName,
        address: MACAddress? = nil,
        mtu: Int = 1500,
        isUp: Bool = false,
        isLoopback: Bool = false,
        operationalState: OperationalState = .unknown,
        master: InterfaceIndex? = nil,
        parent: InterfaceIndex? = nil,
        peerNamespaceID: Int32? = nil,
        alias: String? = nil,
        kind: LinkKind = .other(""),
        bridgePort: BridgePort? = nil
    ) {
        self.index = index
        self.name = name
        self.address = address
        self.mtu = mtu
        self.isUp = isUp
        self.isLoopback = isLoopback
        self.operationalState = operationalState
        self.master = master
        self.parent = parent
        self.peerNamespaceID = peerNamespaceID
        self.alias = alias
        self.kind = kind
        self.bridgePort = bridgePort
    }
}

/// Whether an interface can carry packets (RFC 2863, `IFLA_OPERSTATE`).
package struct OperationalState: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let unknown = OperationalState(rawValue: 0)
    package static let notPresent = OperationalState(rawValue: 1)
    package static let down = OperationalState(rawValue: 2)
    package static let lowerLayerDown = OperationalState(rawValue: 3)
    package static let testing = OperationalState(rawValue: 4)
    package static let dormant = OperationalState(rawValue: 5)
    package static let up = OperationalState(rawValue: 6)
}

extension OperationalState: CustomStringConvertible {
    /// As ip(8) prints it.
    package var description: String {
        let names = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"]
        return Int(rawValue) < names.count ? names[Int(rawValue)] : String(rawValue)
    }
}
