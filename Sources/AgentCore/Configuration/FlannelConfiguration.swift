/// How packets reach the pods of other nodes, by flannel's and k3s's names.
package struct FlannelConfiguration: Sendable, Equatable {
    package var backend: FlannelBackend
    /// The interface that carries the tunnels; nil takes that of the default route.
    package var interface: String?
    /// Whether peers are reached by their external addresses.
    package var usesExternalAddresses: Bool
    /// Whether pods' IPv6 packets that leave the cluster get the node's address. IPv4 ones always do.
    package var ipv6Masquerade: Bool

    package init(
        backend: FlannelBackend = .vxlan(VXLANSettings()),
        interface: String? = nil,
        usesExternalAddresses: Bool = false,
        ipv6Masquerade: Bool = false
    ) {
        self.backend = backend
        self.interface = interface
        self.usesExternalAddresses = usesExternalAddresses
        self.ipv6Masquerade = ipv6Masquerade
    }
}

/// The backend in use. Only what is built has a case; `FlannelBackendName` has them all.
package enum FlannelBackend: Sendable, Equatable {
    /// Nothing of the overlay is on the host.
    case none
    case vxlan(VXLANSettings)
}

/// The names that `--flannel-backend` knows.
package enum FlannelBackendName: String, Sendable, CaseIterable {
    case none
    case vxlan
    case hostGateway = "host-gw"
    case wireguard = "wireguard-native"
    case ipsec

    /// Whether this version has the backend.
    package var isBuilt: Bool { self == .none || self == .vxlan }
}

/// The keys of flannel's vxlan backend.
package struct VXLANSettings: Sendable, Hashable {
    /// The network identifier: 1 to 16777215, the same on all nodes.
    package var vni: UInt32
    /// The UDP port in host byte order, the same on all nodes.
    package var port: UInt16
    /// The underlay's MTU in bytes to reckon with, if it is less than the interface's.
    package var mtu: Int?
    /// Whether the group policy extension is in the header.
    package var gbp: Bool
    /// Whether source addresses of received packets enter the forwarding database.
    package var learning: Bool

    package init(vni: UInt32 = 1, port: UInt16 = 8472, mtu: Int? = nil, gbp: Bool = false, learning: Bool = false) {
        self.vni = vni
        self.port = port
        self.mtu = mtu
        self.gbp = gbp
        self.learning = learning
    }
}
