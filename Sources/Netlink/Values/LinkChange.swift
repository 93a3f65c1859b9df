package import NetworkTypes

/// What to change of an interface. Nil leaves a setting as it is.
package struct LinkChange: Hashable, Sendable {
    package var isUp: Bool?
    package var mtu: Int?
    package var address: MACAddress?
    package var master: Master?
    /// The new name. The kernel refuses to rename some interfaces while they are up.
    package var name: LinkName?
    /// The new text for people. Empty removes it.
    package var alias: String?
    /// An open descriptor of the namespace to move the interface to.
    package var namespaceDescriptor: Int32?

    /// Whether a bridge speaks the spanning tree protocol.
    package var spanningTree: Bool?

    /// The bridge an interface is a port of.
    package enum Master: Hashable, Sendable {
        case none
        case bridge(InterfaceIndex)
    }

    package init(
        isUp: Bool? = nil,
        mtu: Int? = nil,
        address: MACAddress? = nil,
        master: Master? = nil,
        name: LinkName? = nil,
        alias: String? = nil,
        namespaceDescriptor: Int32? = nil,
        spanningTree: Bool? = nil
    ) {
        self.isUp = isUp
        self.mtu = mtu
        self.address = address
        self.master = master
        self.name = name
        self.alias = alias
        self.namespaceDescriptor = namespaceDescriptor
        self.spanningTree = spanningTree
    }
}

/// An interface by index or by name. A name serves where the index is not known yet, as in one batch with its creation.
package enum LinkReference: Hashable, Sendable {
    case index(InterfaceIndex)
    case name(LinkName)
}
