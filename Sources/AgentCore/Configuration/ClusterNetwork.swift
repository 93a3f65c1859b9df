package import NetworkTypes

/// The address plan that all nodes of the cluster share.
package struct ClusterNetwork: Sendable, Equatable {
    /// The networks of the pods. A family without one is off.
    package var clusterCIDRs: PerFamily<IPPrefix>
    /// The networks of the services: the same families as `clusterCIDRs`.
    package var serviceCIDRs: PerFamily<IPPrefix>
    /// The family of the CIDR that was named first.
    package var primaryFamily: AddressFamily
    /// Where cluster DNS answers: by default the tenth address of each service network.
    package var dnsAddresses: PerFamily<IPAddress>
    /// Without a dot at either end.
    package var domain: String
    /// The ports that services of type NodePort get.
    package var nodePorts: ClosedRange<UInt16>

    package init(
        clusterCIDRs: PerFamily<IPPrefix> = ClusterNetwork.defaultClusterCIDRs(.ipv4),
        serviceCIDRs: PerFamily<IPPrefix> = ClusterNetwork.defaultServiceCIDRs(.ipv4),
        primaryFamily: AddressFamily = .ipv4,
        dnsAddresses: PerFamily<IPAddress>? = nil,
        domain: String = "cluster.local",
        nodePorts: ClosedRange<UInt16> = 30000...32767
    ) {
        self.clusterCIDRs = clusterCIDRs
        self.serviceCIDRs = serviceCIDRs
        self.primaryFamily = primaryFamily
        self.dnsAddresses = dnsAddresses ?? Self.tenthAddresses(of: serviceCIDRs)
        self.domain = domain
        self.nodePorts = nodePorts
    }

    /// 10.42.0.0/16, or fd00:42::/56 on a node whose first address is an IPv6 one: k3s's defaults.
    package static func defaultClusterCIDRs(_ family: AddressFamily) -> PerFamily<IPPrefix> {
        defaultNetwork(family, v4: IPv4Address(10, 42, 0, 0), v6: 0xfd00_0042 << 96, length: 56)
    }

    /// 10.43.0.0/16, or fd00:43::/112 on a node whose first address is an IPv6 one: k3s's defaults.
    package static func defaultServiceCIDRs(_ family: AddressFamily) -> PerFamily<IPPrefix> {
        defaultNetwork(family, v4: IPv4Address(10, 43, 0, 0), v6: 0xfd00_0043 << 96, length: 112)
    }

    /// The address ten places after the base of each network that is wide enough to have it.
    static func tenthAddresses(of networks: PerFamily<IPPrefix>) -> PerFamily<IPAddress> {
        PerFamily(v4: networks.v4?.address(at: 10), v6: networks.v6?.address(at: 10))
    }

    private static func defaultNetwork(
        _ family: AddressFamily,
        v4: IPv4Address,
        v6: UInt128,
        length: Int
    ) -> PerFamily<IPPrefix> {
        switch family {
        case .ipv4: PerFamily(v4: IPPrefix(containing: .v4(v4), length: 16))
        case .ipv6: PerFamily(v6: IPPrefix(containing: .v6(IPv6Address(rawValue: v6)), length: length))
        }
    }
}
