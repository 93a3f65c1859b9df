package import NetworkTypes

/// The settings of a vxlan interface. Those with a default are what the kernel uses when told nothing.
package struct VXLAN: Hashable, Sendable {
    /// The network identifier: 24 bits.
    package var vni: UInt32
    /// The interface that tunnelled packets leave by.
    package var link: InterfaceIndex?
    /// The source address of tunnelled packets. Its family is that of the underlay.
    package var local: IPAddress?
    /// The multicast group or default remote address.
    package var group: IPAddress?
    /// The UDP port in host byte order.
    package var port: UInt16
    /// Whether the source addresses of received packets enter the forwarding database.
    package var learning: Bool
    /// Whether neighbour requests are answered from the neighbour table.
    package var proxy: Bool
    /// Whether packets to a known neighbour skip its router (`rsc`).
    package var routeShortCircuit: Bool
    /// Whether a missing forwarding entry is notified.
    package var l2miss: Bool
    /// Whether a missing neighbour is notified.
    package var l3miss: Bool
    /// Whether the group policy extension is in the header.
    package var gbp: Bool
    /// Whether routes and tc, not the interface, name the tunnel's far end.
    package var collectMetadata: Bool
    /// The hop limit of tunnelled packets. Zero takes the route's.
    package var ttl: UInt8
    /// The type of service of tunnelled packets. One copies the inner packet's.
    package var tos: UInt8
    /// Whether the outer UDP header over IPv4 carries a checksum.
    package var udpChecksum: Bool
    /// Whether packets over IPv6 are sent without a UDP checksum.
    package var zeroChecksum6Transmit: Bool
    /// Whether packets over IPv6 without a UDP checksum are accepted.
    package var zeroChecksum6Receive: Bool

    /// The port that Linux used before IANA assigned 4789, and which flannel still uses.
    package static let defaultPort: UInt16 = 8472

    package init(
        vni: UInt32,
        link: InterfaceIndex? = nil,
        local: IPAddress? = nil,
        group: IPAddress? = nil,
        port: UInt16 = VXLAN.defaultPort,
        learning: Bool = false,
        proxy: Bool = false,
        routeShortCircuit: Bool = false,
        l2miss: Bool = false,
        l3miss: Bool = false,
        gbp: Bool = false,
        collectMetadata: Bool = false,
        ttl: UInt8 = 0,
        tos: UInt8 = 0,
        udpChecksum: Bool = true,
        zeroChecksum6Transmit: Bool = false,
        zeroChecksum6Receive: Bool = false
    ) {
        self.vni = vni
        self.link = link
        self.local = local
        self.group = group
        self.port = port
        self.learning = learning
        self.proxy = proxy
        self.routeShortCircuit = routeShortCircuit
        self.l2miss = l2miss
        self.l3miss = l3miss
        self.gbp = gbp
        self.collectMetadata = collectMetadata
        self.ttl = ttl
        self.tos = tos
        self.udpChecksum = udpChecksum
        self.zeroChecksum6Transmit = zeroChecksum6Transmit
        self.zeroChecksum6Receive = zeroChecksum6Receive
    }
}
