package import ClusterState
package import NetworkTypes

/// What can be set of the overlay.
package struct OverlayConfiguration: Sendable, Equatable {
    /// How packets reach the pods of other nodes.
    package enum Backend: Sendable, Equatable {
        /// Not by us: nothing of the overlay is on the host.
        case none
        /// In VXLAN.
        case vxlan(VXLANOptions)
        /// As they are, by routes over the underlay: all nodes are on one link.
        case hostGateway

        /// The settings of the tunnel, if there is one.
        package var vxlan: VXLANOptions? {
            if case .vxlan(let options) = self { options } else { nil }
        }

        /// Whether nodes on the same link are reached without a tunnel.
        package var routesDirectly: Bool { self == .hostGateway || vxlan?.directRouting == true }

        /// flannel's `backend-type`, which all nodes of a cluster must share.
        package var flannelName: String {
            switch self {
            case .none: "none"
            case .vxlan: "vxlan"
            case .hostGateway: "host-gw"
            }
        }
    }

    package var backend: Backend
    /// The name of this node.
    package var node: NodeName
    /// The networks that all pods of the cluster are in. A family without one is off.
    package var clusterCIDRs: PerFamily<IPPrefix>
    /// Whether pods' IPv6 packets that leave the cluster get the node's address. IPv4 ones always do.
    package var ipv6Masquerade: Bool
    /// Where flannel's `subnet.env` is written.
    package var subnetFile: String
    /// Where container runtimes look for CNI configuration.
    package var cniConfigurationDirectory: String
    /// Where container runtimes look for CNI plugins.
    package var cniBinaryDirectory: String
    /// Where the plugin keeps address reservations: host-local's directory.
    package var cniStateDirectory: String
    /// Where the plugin keeps the records of pods' host ports.
    package var hostPortDirectory: String
    package var clusterDomain: String
    /// The name servers that pods are told of, if `dnsEnabled`.
    package var clusterDNS: [IPAddress]
    /// Whether somebody answers on the cluster DNS addresses: else pods are told of none.
    package var dnsEnabled: Bool
    /// How often everything is compared with the kernel although nothing was notified.
    package var auditInterval: Duration

    package init(
        backend: Backend = .vxlan(VXLANOptions()),
        node: NodeName,
        clusterCIDRs: PerFamily<IPPrefix>,
        ipv6Masquerade: Bool = false,
        subnetFile: String = "/run/flannel/subnet.env",
        cniConfigurationDirectory: String = "/etc/cni/net.d",
        cniBinaryDirectory: String = "/opt/cni/bin",
        cniStateDirectory: String = "/var/lib/cni/networks",
        hostPortDirectory: String = "/var/lib/linnet/host-ports",
        clusterDomain: String = "cluster.local",
        clusterDNS: [IPAddress] = [],
        dnsEnabled: Bool = false,
        auditInterval: Duration = .seconds(300)
    ) {
        self.backend = backend
        self.node = node
        self.clusterCIDRs = clusterCIDRs
        self.ipv6Masquerade = ipv6Masquerade
        self.subnetFile = subnetFile
        self.cniConfigurationDirectory = cniConfigurationDirectory
        self.cniBinaryDirectory = cniBinaryDirectory
        self.cniStateDirectory = cniStateDirectory
        self.hostPortDirectory = hostPortDirectory
        self.clusterDomain = clusterDomain
        self.clusterDNS = clusterDNS
        self.dnsEnabled = dnsEnabled
        self.auditInterval = auditInterval
    }

    /// The path of the CNI configuration that we write.
    package var networkListFile: String { "\(cniConfigurationDirectory)/\(OverlayNames.networkListFile)" }
}

/// The settings of the vxlan backend, by flannel's names.
package struct VXLANOptions: Sendable, Hashable {
    /// The network identifier: 24 bits, the same on all nodes.
    package var vni: UInt32
    /// The UDP port in host byte order, the same on all nodes.
    package var port: UInt16
    /// The underlay's MTU in bytes to reckon with, if it is less than the interface's.
    package var mtu: Int?
    /// Whether the group policy extension is in the header.
    package var gbp: Bool
    /// Whether source addresses of received packets enter the forwarding database.
    package var learning: Bool
    /// Whether nodes on the same link are reached by routes, and only the others through the tunnel.
    package var directRouting: Bool

    package init(
        vni: UInt32 = 1,
        port: UInt16 = 8472,
        mtu: Int? = nil,
        gbp: Bool = false,
        learning: Bool = false,
        directRouting: Bool = false
    ) {
        self.vni = vni
        self.port = port
        self.mtu = mtu
        self.gbp = gbp
        self.learning = learning
        self.directRouting = directRouting
    }
}
