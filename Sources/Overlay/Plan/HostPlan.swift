package import ClusterState
package import Netlink
package import NetworkTypes

/// What this node needs whoever its peers are.
package struct HostPlan: Hashable, Sendable {
    package let lease: NodeLease
    /// The families in which pods of other nodes are reached.
    package let families: [AddressFamily]
    /// The links that tunnels are made under, also those that cannot be planned now.
    package let tunnelNames: PerFamily<LinkName>
    /// The tunnels whose underlay is known. One whose underlay is not is left as it is.
    package let tunnels: PerFamily<TunnelPlan>
    /// The interfaces that direct routes leave by. While one is away it is not among them, and its routes are left.
    package let direct: PerFamily<InterfaceIndex>
    /// The names of the interfaces whose packets may come from other nodes' pods without a tunnel.
    package let directNames: PerFamily<LinkName>
    package let bridge: BridgePlan
    package let sysctls: [SysctlRule]
    package let files: [PlannedFile]
    /// What is not as it should be with the lease, as whole phrases.
    package let complaints: [String]

    package init(
        _ lease: NodeLease,
        _ underlays: PerFamily<Underlay>,
        _ configuration: OverlayConfiguration
    ) {
        self.lease = lease
        let families = lease.podCIDRs.families.filter { configuration.clusterCIDRs[$0] != nil }
        self.families = families
        let options = configuration.backend.vxlan
        let sizes = PacketSizes(families.filter { lease.underlay[$0] != nil }, underlays, options)
        var names = PerFamily<LinkName>()
        var tunnels = PerFamily<TunnelPlan>()
        if let options {
            for family in families {
                names[family] = OverlayNames.tunnel(family, vni: options.vni)
                tunnels[family] = Self.tunnel(family, lease, underlays, options, sizes, configuration)
            }
        }
        tunnelNames = names
        self.tunnels = tunnels
        var direct = PerFamily<Underlay>()
        if configuration.backend.routesDirectly {
            for family in families { direct[family] = underlays[family] }
        }
        directNames = direct.mapValues(\.name)
        for family in families where direct[family]?.isAway == true { direct[family] = nil }
        self.direct = direct.mapValues(\.index)
        bridge = Self.bridge(lease, sizes.pods, configuration)
        sysctls = Self.sysctls(
            families: lease.podCIDRs.families,
            uplinks: underlays.values.map(\.name),
            tunnels: tunnels.values.map(\.name)
        )
        files = [
            .subnetFile(lease, mtu: sizes.pods, configuration),
            .networkList(configuration),
        ]
        complaints = Self.complaints(lease, underlays, families, configuration)
    }

    private static func tunnel(
        _ family: AddressFamily,
        _ lease: NodeLease,
        _ underlays: PerFamily<Underlay>,
        _ options: VXLANOptions,
        _ sizes: PacketSizes,
        _ configuration: OverlayConfiguration
    ) -> TunnelPlan? {
        guard let podCIDR = lease.podCIDRs[family], let network = configuration.clusterCIDRs[family] else { return nil }
        guard let local = lease.underlay[family], let underlay = underlays[family] else { return nil }
        return TunnelPlan(
            name: OverlayNames.tunnel(family, vni: options.vni),
            vxlan: VXLAN(
                vni: options.vni,
                link: underlay.index,
                local: local,
                port: options.port,
                learning: options.learning,
                gbp: options.gbp
            ),
            mtu: sizes.tunnels[family] ?? sizes.pods,
            linkAddress: lease.vtep[family]
                ?? VTEPAddress.derived(for: lease.node, vni: options.vni, family: family),
            address: InterfaceAddress(podCIDR.base, length: family.bitWidth),
            network: network
        )
    }

    private static func bridge(_ lease: NodeLease, _ mtu: Int, _ configuration: OverlayConfiguration) -> BridgePlan {
        let gateways = lease.podCIDRs.values.compactMap(\.gateway)
        return BridgePlan(
            name: OverlayNames.bridge,
            mtu: mtu,
            linkAddress: bridgeAddress(gateways.first?.address),
            gateways: gateways,
            networks: configuration.clusterCIDRs.values
        )
    }

    /// 0a:58 and the last four bytes of the gateway, as CNI plugins used to do: a bridge that was deleted comes back
    /// with the address that pods have in their neighbour tables.
    private static func bridgeAddress(_ gateway: IPAddress?) -> MACAddress {
        MACAddress(rawValue: 0x0a58_0000_0000 | UInt64(truncatingIfNeeded: (gateway?.number ?? 1) & 0xffff_ffff))
    }

    private static func complaints(
        _ lease: NodeLease,
        _ underlays: PerFamily<Underlay>,
        _ families: [AddressFamily],
        _ configuration: OverlayConfiguration
    ) -> [String] {
        var complaints: [String] = []
        for family in lease.podCIDRs.families {
            guard let podCIDR = lease.podCIDRs[family] else { continue }
            guard let network = configuration.clusterCIDRs[family] else {
                complaints.append("this node has the podCIDR \(podCIDR), but the cluster has no \(family) CIDR")
                continue
            }
            if !network.contains(podCIDR) {
                complaints.append("this node's podCIDR \(podCIDR) is outside the cluster CIDR \(network)")
            }
        }
        for family in families {
            guard let address = lease.underlay[family] else {
                complaints.append(
                    "this node has no \(family) address: what leads to the \(family) pods of other nodes is left as it is"
                )
                continue
            }
            complaints += absence(of: underlays[family], holding: address, family)
        }
        for family in configuration.clusterCIDRs.families where lease.podCIDRs[family] == nil {
            complaints.append("this node has no \(family) podCIDR")
        }
        return complaints
    }

    private static func absence(
        of underlay: Underlay?,
        holding address: IPAddress,
        _ family: AddressFamily
    ) -> [String] {
        let kept = "what leads to the \(family) pods of other nodes is left as it is"
        guard let underlay, underlay.hasAddress else {
            return ["the node's address \(address) is on no interface: until it is back, \(kept)"]
        }
        if underlay.isLoopback {
            return [
                "the node's address \(address) is on the loopback interface only, whose packet size no other node can"
                    + " take: give it to the interface that leads to the other nodes too"
            ]
        }
        return underlay.isUp ? [] : ["the interface \(underlay.name) is down: until it is up, \(kept)"]
    }
}

/// How large packets may be, in bytes.
struct PacketSizes: Hashable, Sendable {
    let tunnels: PerFamily<Int>
    let pods: Int

    /// A pod's packet may take either tunnel. One whose underlay is not known yet is reckoned with, so that the pods'
    /// size does not change when it comes.
    ///
    /// - Parameter options: nil without a tunnel: pods' packets are the underlay's.
    init(_ families: [AddressFamily], _ underlays: PerFamily<Underlay>, _ options: VXLANOptions?) {
        guard let options else {
            tunnels = PerFamily()
            pods = underlays.values.map(\.mtu).min() ?? Self.ethernet
            return
        }
        var tunnels = PerFamily<Int>()
        for family in families {
            let known = underlays[family] ?? underlays.values.first
            let underlay = min(options.mtu ?? .max, known?.mtu ?? Self.ethernet)
            tunnels[family] = underlay - Self.overhead(family)
        }
        self.tunnels = tunnels
        pods = tunnels.values.min() ?? min(options.mtu ?? .max, underlays.values.map(\.mtu).min() ?? Self.ethernet)
    }

    private static let ethernet = 1500

    /// Outer IP, UDP and vxlan headers and the inner Ethernet header.
    private static func overhead(_ family: AddressFamily) -> Int {
        switch family {
        case .ipv4: 20 + 8 + 8 + 14
        case .ipv6: 40 + 8 + 8 + 14
        }
    }
}

extension IPPrefix {
    /// The address after the network's own, with the network's length; nil where the network has but one address.
    var gateway: InterfaceAddress? {
        address(at: 1).map { InterfaceAddress($0, length: length) }
    }
}
