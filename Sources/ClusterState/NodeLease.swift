package import NetworkTypes

/// What this node holds in the cluster: its pod networks and the endpoints of its tunnels.
package struct NodeLease: Hashable, Sendable {
    package var node: NodeName
    package var podCIDRs: PerFamily<IPPrefix>
    /// The addresses of this host that its tunnels send from.
    package var underlay: PerFamily<IPAddress>
    /// The addresses that other nodes send to. They differ from the underlay's behind address translation.
    package var publicAddresses: PerFamily<IPAddress>
    /// The hardware addresses of the tunnel links.
    package var vtep: PerFamily<MACAddress>
    /// flannel's `backend-type`.
    package var backendType: String
    /// By which others reach the node from outside: `--node-external-ip`.
    package var externalAddresses: PerFamily<IPAddress>

    package init(
        node: NodeName,
        podCIDRs: PerFamily<IPPrefix>,
        underlay: PerFamily<IPAddress>,
        publicAddresses: PerFamily<IPAddress>,
        vtep: PerFamily<MACAddress>,
        backendType: String = "vxlan",
        externalAddresses: PerFamily<IPAddress> = PerFamily()
    ) {
        self.node = node
        self.podCIDRs = podCIDRs
        self.underlay = underlay
        self.publicAddresses = publicAddresses
        self.vtep = vtep
        self.backendType = backendType
        self.externalAddresses = externalAddresses
    }

    /// The own Node as others would see it: what the lease says wins, the rest stays as the source has it.
    package func merged(into node: Node?) -> Node {
        var merged = node ?? Node(name: self.node)
        merged.podCIDRs = podCIDRs
        merged.publicAddresses = publicAddresses
        merged.vtep = vtep
        merged.backendType = backendType
        for family in externalAddresses.families { merged.externalAddresses[family] = externalAddresses[family] }
        for family in underlay.families where merged.internalAddresses[family] == nil {
            merged.internalAddresses[family] = underlay[family]
        }
        return merged
    }
}
