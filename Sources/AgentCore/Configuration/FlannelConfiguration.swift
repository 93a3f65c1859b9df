package import Overlay

/// How packets reach the pods of other nodes, by flannel's and k3s's names.
package struct FlannelConfiguration: Sendable, Equatable {
    package var backend: OverlayConfiguration.Backend
    /// The interface that carries the tunnels; nil takes that of the default route.
    package var interface: String?
    /// Whether peers are reached by their external addresses.
    package var usesExternalAddresses: Bool
    /// Whether pods' IPv6 packets that leave the cluster get the node's address. IPv4 ones always do.
    package var ipv6Masquerade: Bool
    /// What `--flannel-conf` says of the subnets to lease, as members of a JSON object: `"SubnetLen":25`. They are those
    /// of a network whose configuration the first node writes.
    package var subnetMembers: [String]

    package init(
        backend: OverlayConfiguration.Backend = .vxlan(VXLANOptions()),
        interface: String? = nil,
        usesExternalAddresses: Bool = false,
        ipv6Masquerade: Bool = false,
        subnetMembers: [String] = []
    ) {
        self.backend = backend
        self.interface = interface
        self.usesExternalAddresses = usesExternalAddresses
        self.ipv6Masquerade = ipv6Masquerade
        self.subnetMembers = subnetMembers
    }
}

/// The names that `--flannel-backend` knows.
package enum FlannelBackendName: String, Sendable, CaseIterable {
    case none
    case vxlan
    case hostGateway = "host-gw"
    case wireguard = "wireguard-native"
    case ipsec

    /// Whether this version has the backend.
    package var isBuilt: Bool { self == .none || self == .vxlan || self == .hostGateway }
}
