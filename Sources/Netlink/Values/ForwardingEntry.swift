package import NetworkTypes

/// An entry of a forwarding database: which way frames to a hardware address go.
package struct ForwardingEntry: Hashable, Sendable {
    package var interface: InterfaceIndex
    /// Zero is a vxlan interface's entry for every address that has none.
    package var linkAddress: MACAddress
    /// The tunnel's far end. Only vxlan entries have one.
    package var destination: IPAddress?
    /// Permanent, or for example learned (`reachable`).
    package var state: NeighbourState
    /// Where the entry is kept.
    package var place: Place
    package var vlan: UInt16?
    /// The UDP port of the far end in host byte order, if it is not the interface's.
    package var port: UInt16?
    /// The network identifier at the far end, if it is not the interface's.
    package var vni: UInt32?

    /// The database that an entry is in.
    package enum Place: Hashable, Sendable {
        /// The interface's own (`self`).
        case own
        /// That of the bridge it is a port of (`master`).
        case master
    }

    package init(
        interface: InterfaceIndex,
        linkAddress: MACAddress,
        destination: IPAddress? = nil,
        state: NeighbourState = .permanent,
        place: Place = .own,
        vlan: UInt16? = nil,
        port: UInt16? = nil,
        vni: UInt32? = nil
    ) {
        self.interface = interface
        self.linkAddress = linkAddress
        self.destination = destination
        self.state = state
        self.place = place
        self.vlan = vlan
        self.port = port
        self.vni = vni
    }

    /// Whether it stays until somebody deletes it. bridge(8) sets `noARP` beside it, flannel does not.
    package var isPermanent: Bool { state.rawValue & NeighbourState.permanent.rawValue != 0 }
}
