import Netlink
import PodNetwork

/// The pods' links as ports of the bridge: a bridge that was deleted comes back without them.
struct BridgePorts: Sendable {
    let bridge: LinkName
    let network: any RouteNetlink

    /// Whether a notification may mean that a pod is off the bridge.
    func concerns(_ notification: NetlinkNotification) -> Bool {
        switch notification {
        case .link(let link): link.name == bridge || (Self.isPod(link) && link.master == nil)
        case .linkRemoved(let link): link.name == bridge
        case .resynchronise: true
        default: false
        }
    }

    /// Puts every link that the plugin made and that is on no bridge back. Answers which were.
    func repair() throws(NetlinkError) -> [Link] {
        let links = try network.links()
        guard let bridge = links.first(where: { $0.name == bridge }) else { return [] }
        // A link of the plugin's that somebody put on another bridge is theirs.
        let strays = links.filter { Self.isPod($0) && $0.master == nil }
        for link in strays {
            try network.setLink(link.index, LinkChange(master: .bridge(bridge.index)))
            try network.setBridgePort(link.index, BridgePortChange(hairpin: true))
        }
        return strays
    }

    private static func isPod(_ link: Link) -> Bool {
        link.kind == .veth && link.alias?.hasPrefix(HostLink.prefix) == true
    }
}
