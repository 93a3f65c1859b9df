package import Netlink
package import NetworkTypes

/// The tunnel link of one family as it should be.
package struct TunnelPlan: Hashable, Sendable {
    package var name: LinkName
    package var vxlan: VXLAN
    /// In bytes.
    package var mtu: Int
    package var linkAddress: MACAddress
    /// The first address of this node's pods, alone: what the host talks to pods with.
    package var address: InterfaceAddress
    /// The networks of which no other address may be on the link.
    package var network: IPPrefix

    /// Whether an existing link can serve as it is, or with other settings: then its routes and entries stay.
    ///
    /// These are the attributes that flannel compares, so that going back to it finds its link compatible too, and
    /// those that would change where packets go.
    package func isCompatible(with link: Link) -> Bool {
        guard case .vxlan(let existing) = link.kind else { return false }
        return existing.vni == vxlan.vni && existing.link == vxlan.link && existing.local == vxlan.local
            && (existing.group.map(\.isUnspecified) ?? true) && existing.port == vxlan.port
            && existing.l2miss == vxlan.l2miss && existing.gbp == vxlan.gbp && existing.learning == vxlan.learning
            && !existing.collectMetadata
    }

    /// The other vxlan links that the kernel will not let ours stand beside.
    ///
    /// Two links on one port and VNI exclude each other, and so do two on one port that read its packets differently.
    package func obstacles(among links: [Link]) -> [Link] {
        links.filter { link in
            guard link.name != name, case .vxlan(let other) = link.kind, other.port == vxlan.port else { return false }
            let family = other.local?.family ?? other.group?.family
            // One that reads metadata takes both families.
            guard other.collectMetadata || (family ?? .ipv4) == address.family else { return false }
            return other.vni == vxlan.vni || other.collectMetadata || other.gbp != vxlan.gbp
        }
    }
}

/// The pods' bridge as it should be.
package struct BridgePlan: Hashable, Sendable {
    package var name: LinkName
    /// In bytes.
    package var mtu: Int
    /// The hardware address of a bridge that we made. An adopted one keeps its own.
    package var linkAddress: MACAddress
    /// The pods' gateways.
    package var gateways: [InterfaceAddress]
    /// The networks of which no other address may be on the bridge.
    package var networks: [IPPrefix]
}
