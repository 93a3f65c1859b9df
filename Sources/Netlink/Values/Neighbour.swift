package import NetworkTypes

/// An entry of the neighbour table: the hardware address behind an IP address.
package struct Neighbour: Hashable, Sendable {
    package var interface: InterfaceIndex
    package var address: IPAddress
    /// Nil while unresolved, and for proxy entries.
    package var linkAddress: MACAddress?
    package var state: NeighbourState
    /// Whether the kernel answers for the address (`NTF_PROXY`).
    package var isProxy: Bool

    package init(
        interface: InterfaceIndex,
        address: IPAddress,
        linkAddress: MACAddress? = nil,
        state: NeighbourState = .permanent,
        isProxy: Bool = false
    ) {
        self.interface = interface
        self.address = address
        self.linkAddress = linkAddress
        self.state = state
        self.isProxy = isProxy
    }
}

/// How well a neighbour is known (`NUD_…`).
package struct NeighbourState: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let none = NeighbourState(rawValue: 0x00)
    package static let incomplete = NeighbourState(rawValue: 0x01)
    package static let reachable = NeighbourState(rawValue: 0x02)
    package static let stale = NeighbourState(rawValue: 0x04)
    package static let delay = NeighbourState(rawValue: 0x08)
    package static let probe = NeighbourState(rawValue: 0x10)
    package static let failed = NeighbourState(rawValue: 0x20)
    package static let noARP = NeighbourState(rawValue: 0x40)
    /// Never asked for and never dropped.
    package static let permanent = NeighbourState(rawValue: 0x80)
}

extension NeighbourState: CustomStringConvertible {
    /// As ip(8) prints it in a command.
    package var description: String {
        switch self {
        case .none: "none"
        case .incomplete: "incomplete"
        case .reachable: "reachable"
        case .stale: "stale"
        case .delay: "delay"
        case .probe: "probe"
        case .failed: "failed"
        case .noARP: "noarp"
        case .permanent: "permanent"
        default: "0x" + String(rawValue, radix: 16)
        }
    }
}
