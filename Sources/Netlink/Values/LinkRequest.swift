package import NetworkTypes

/// An interface to create. The kernel chooses what is left nil.
package struct LinkRequest: Hashable, Sendable {
    package var name: LinkName
    package var kind: LinkKind
    /// The index to have, which must be free.
    package var index: InterfaceIndex?
    package var mtu: Int?
    package var address: MACAddress?
    /// Whether the interface is up from the start. The other end of a veth pair never is: the kernel refuses that.
    package var isUp: Bool
    package var alias: String?
    /// The bridge to become a port of.
    package var master: InterfaceIndex?
    /// The number of transmit and receive queues. One makes a veth pair cheaper.
    package var queues: UInt32?
    /// The group number, by which links can be deleted together (`IFLA_GROUP`).
    package var group: UInt32?
    /// The other end. Only a veth pair has one; without it the kernel names it.
    package var peer: VethPeer?

    package init(
        name: LinkName,
        kind: LinkKind,
        index: InterfaceIndex? = nil,
        mtu: Int? = nil,
        address: MACAddress? = nil,
        isUp: Bool = false,
        alias: String? = nil,
        master: InterfaceIndex? = nil,
        queues: UInt32? = nil,
        group: UInt32? = nil,
        peer: VethPeer? = nil
    ) {
        self.name = name
        self.kind = kind
        self.index = index
        self.mtu = mtu
        self.address = address
        self.isUp = isUp
        self.alias = alias
        self.master = master
        self.queues = queues
        self.group = group
        self.peer = peer
    }
}

/// The other end of a veth pair to create.
package struct VethPeer: Hashable, Sendable {
    package var name: LinkName
    /// An open descriptor of the namespace that the end is born in, or nil for the socket's own.
    package var namespaceDescriptor: Int32?
    package var address: MACAddress?
    package var mtu: Int?
    /// The index to have, which must be free in its namespace. The kernel honours it only if the pair's first end
    /// asks for an index too.
    package var index: InterfaceIndex?
    /// The number of transmit and receive queues.
    package var queues: UInt32?

    package init(
        name: LinkName,
        namespaceDescriptor: Int32? = nil,
        address: MACAddress? = nil,
        mtu: Int? = nil,
        index: InterfaceIndex? = nil,
        queues: UInt32? = nil
    ) {
        self.name = name
        self.namespaceDescriptor = namespaceDescriptor
        self.address = address
        self.mtu = mtu
        self.index = index
        self.queues = queues
    }
}
