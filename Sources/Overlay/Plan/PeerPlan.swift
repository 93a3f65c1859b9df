package import ClusterState
import Netlink
package import NetworkTypes

/// What another node needs on this one.
package struct PeerPlan: Hashable, Sendable {
    package let node: NodeName
    package let podCIDRs: PerFamily<IPPrefix>
    package let publicAddresses: PerFamily<IPAddress>
    /// When its lease was created, by the registry's count; nil where no lease names the node.
    package let leaseCreation: Int64?
    /// The ways to its pods. A family that has a problem has none.
    package internal(set) var paths: PerFamily<PeerPath>
    /// Why a family has none: whole phrases that follow the node's name.
    package internal(set) var problems: [String]
}

/// The way to one peer's pods in one family: through the tunnel, or directly over the underlay's interface.
package struct PeerPath: Hashable, Sendable {
    /// The pods of the peer. The first address is the far end's own, and the next hop in the tunnel.
    package var podCIDR: IPPrefix
    /// Where tunnelled packets are sent; the next hop of direct ones.
    package var endpoint: IPAddress
    /// The hardware address of the peer's tunnel link. Nil for the direct way, which has none.
    package var linkAddress: MACAddress?

    package init(podCIDR: IPPrefix, endpoint: IPAddress, linkAddress: MACAddress?) {
        self.podCIDR = podCIDR
        self.endpoint = endpoint
        self.linkAddress = linkAddress
    }
}

/// What all peers are judged by.
struct PeerContext: Hashable, Sendable {
    var own: NodeName
    /// flannel's name of the backend, which all nodes must share.
    var backend = "vxlan"
    /// The families in which other nodes are reached, with what the cluster's pods are in.
    var networks: PerFamily<IPPrefix>
    /// What this node itself holds in those families.
    var ownPaths: PerFamily<PeerPath>
    /// The network identifier of the tunnel; nil if there is none.
    var vni: UInt32?
    /// Where nodes are reached without a tunnel, if they are on the link.
    var direct = PerFamily<DirectReach>()
}

/// An interface by which nodes on its link are reached without a tunnel.
struct DirectReach: Hashable, Sendable {
    var interface: LinkName
    /// Nil while it is not known what is on the link.
    var onLink: OnLinkNetworks?
}

extension PeerPlan {
    /// What the node wants by itself, before it is known who else wants the same.
    init(_ peer: Node, in context: PeerContext) {
        node = peer.name
        podCIDRs = peer.podCIDRs
        publicAddresses = peer.publicAddresses
        leaseCreation = peer.leaseCreation
        paths = PerFamily()
        problems = []
        if let type = peer.backendType, type != context.backend {
            problems.append("uses the backend \(type), not \(context.backend)")
            return
        }
        guard !peer.podCIDRs.isEmpty else {
            problems.append("has no podCIDR")
            return
        }
        for family in context.networks.families {
            guard let network = context.networks[family] else { continue }
            plan(family, of: peer, inside: network, context)
        }
    }

    private mutating func plan(
        _ family: AddressFamily,
        of peer: Node,
        inside network: IPPrefix,
        _ context: PeerContext
    ) {
        guard let podCIDR = peer.podCIDRs[family] else {
            problems.append("has no \(family) podCIDR")
            return
        }
        guard network.contains(podCIDR) else {
            problems.append("has the podCIDR \(podCIDR), which is outside the cluster CIDR \(network)")
            return
        }
        guard let endpoint = endpoint(family, of: peer, outside: network) else { return }
        var path = PeerPath(podCIDR: podCIDR, endpoint: endpoint, linkAddress: nil)
        if let vni = context.vni, context.direct[family]?.onLink?.contains(endpoint) != true {
            path.linkAddress = peer.vtep[family] ?? VTEPAddress.derived(for: peer.name, vni: vni, family: family)
        } else if let reach = context.direct[family], reach.onLink?.contains(endpoint) == false {
            problems.append(
                "has the public address \(endpoint), which is on no network of \(reach.interface): \(context.backend)"
                    + " reaches only nodes without a router between"
            )
            return
        }
        paths[family] = path
    }

    /// Where packets to the node are sent. Nil with a problem if nobody could be there.
    private mutating func endpoint(
        _ family: AddressFamily,
        of peer: Node,
        outside network: IPPrefix
    ) -> IPAddress? {
        guard let endpoint = peer.publicAddresses[family], !endpoint.isUnspecified else {
            problems.append("has no \(family) address to send to")
            return nil
        }
        guard !endpoint.isLoopback, !endpoint.isMulticast, endpoint != .v4(IPv4Address(255, 255, 255, 255)) else {
            problems.append("has the public address \(endpoint), by which no host is reached")
            return nil
        }
        // Packets to it would go into its own tunnel, or to a pod.
        guard !network.contains(endpoint) else {
            problems.append("has the public address \(endpoint), which is inside the cluster CIDR \(network)")
            return nil
        }
        return endpoint
    }
}
