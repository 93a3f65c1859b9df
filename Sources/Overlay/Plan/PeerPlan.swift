package import ClusterState
package import NetworkTypes

/// What another node needs on this one.
package struct PeerPlan: Hashable, Sendable {
    package let node: NodeName
    package let podCIDRs: PerFamily<IPPrefix>
    package let publicAddresses: PerFamily<IPAddress>
    /// The ways to its pods. A family that has a problem has none.
    package internal(set) var tunnels: PerFamily<PeerTunnel>
    /// Why a family has none: whole phrases that follow the node's name.
    package internal(set) var problems: [String]
}

/// The far end of a tunnel: what the kernel must know to reach one peer's pods in one family.
package struct PeerTunnel: Hashable, Sendable {
    /// The pods of the peer. The first address is the far end's own, and the next hop.
    package var podCIDR: IPPrefix
    /// Where tunnelled packets are sent.
    package var endpoint: IPAddress
    /// The hardware address of the peer's tunnel link.
    package var linkAddress: MACAddress

    package init(podCIDR: IPPrefix, endpoint: IPAddress, linkAddress: MACAddress) {
        self.podCIDR = podCIDR
        self.endpoint = endpoint
        self.linkAddress = linkAddress
    }
}

/// What all peers are judged by.
struct PeerContext: Hashable, Sendable {
    var own: NodeName
    /// The families in which this node has a tunnel, with what the cluster's pods are in.
    var networks: PerFamily<IPPrefix>
    /// What this node itself holds in those families.
    var ownTunnels: PerFamily<PeerTunnel>
    var vni: UInt32
}

extension PeerPlan {
    /// What the node wants by itself, before it is known who else wants the same.
    init(_ peer: Node, in context: PeerContext) {
        node = peer.name
        podCIDRs = peer.podCIDRs
        publicAddresses = peer.publicAddresses
        tunnels = PerFamily()
        problems = []
        if let type = peer.backendType, type != "vxlan" {
            problems.append("uses the backend \(type), not vxlan")
            return
        }
        guard !peer.podCIDRs.isEmpty else {
            problems.append("has no podCIDR")
            return
        }
        for family in context.networks.families {
            guard let network = context.networks[family] else { continue }
            plan(family, of: peer, inside: network, vni: context.vni)
        }
    }

    private mutating func plan(_ family: AddressFamily, of peer: Node, inside network: IPPrefix, vni: UInt32) {
        guard let podCIDR = peer.podCIDRs[family] else {
            problems.append("has no \(family) podCIDR")
            return
        }
        guard network.contains(podCIDR) else {
            problems.append("has the podCIDR \(podCIDR), which is outside the cluster CIDR \(network)")
            return
        }
        guard let endpoint = peer.publicAddresses[family], !endpoint.isUnspecified else {
            problems.append("has no \(family) address to tunnel to")
            return
        }
        guard !endpoint.isLoopback, !endpoint.isMulticast, endpoint != .v4(IPv4Address(255, 255, 255, 255)) else {
            problems.append("has the public address \(endpoint), by which no host is reached")
            return
        }
        // Its tunnel packets would go into its own tunnel, or to a pod.
        guard !network.contains(endpoint) else {
            problems.append("has the public address \(endpoint), which is inside the cluster CIDR \(network)")
            return
        }
        let linkAddress = peer.vtep[family] ?? VTEPAddress.derived(for: peer.name, vni: vni, family: family)
        tunnels[family] = PeerTunnel(podCIDR: podCIDR, endpoint: endpoint, linkAddress: linkAddress)
    }
}
