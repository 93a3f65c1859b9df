import Netlink
import PodNetwork

/// The pods' links as ports of the bridge: a bridge that was deleted comes back without them.
struct BridgePorts: Sendable {
    let bridge: LinkName
    let network: any RouteNetlink

    /// Puts every link that the plugin made back that is on no bridge or down. Answers which were.
    func repair() throws(NetlinkError) -> [Link] {
        let links = try network.links()
        guard let bridge = links.first(where: { $0.name == bridge }) else { return [] }
        // A link of the plugin's that somebody put on another bridge is theirs.
        let strays = links.filter { Self.isPod($0) && Self.isCutOff($0) }
        for link in strays {
            if link.master == nil {
                try network.setLink(link.index, LinkChange(master: .bridge(bridge.index)))
                try network.setBridgePort(link.index, BridgePortChange(hairpin: true))
            }
            if !link.isUp { try network.setLink(link.index, LinkChange(isUp: true)) }
        }
        return strays
    }

    static func isCutOff(_ link: Link) -> Bool { link.master == nil || !link.isUp }

    static func isPod(_ link: Link) -> Bool {
        link.kind == .veth && link.alias?.hasPrefix(HostLink.prefix) == true
    }
}
