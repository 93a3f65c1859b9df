import Netlink
import PodNetwork

/// The pods' links as ports of the bridge: a bridge that was deleted comes back without them.
struct BridgePorts: Sendable {
    let bridge: LinkName
    let network: any RouteNetlink

    /// Whether it is a link of the plugin's that is on no bridge or down.
    static func isStray(_ link: Link) -> Bool { isPod(link) && isCutOff(link) }

    /// Puts every link back that the plugin made and that is on no bridge or down, but these. Answers which were.
    func repair(except waiting: Set<LinkName> = []) throws(NetlinkError) -> [Link] {
        let links = try network.links()
        guard let bridge = links.first(where: { $0.name == bridge }) else { return [] }
        // A link of the plugin's that somebody put on another bridge is theirs.
        let strays = links.filter { Self.isStray($0) && !waiting.contains($0.name) }
        for link in strays {
            if link.master == nil {
                try network.setLink(link.index, LinkChange(master: .bridge(bridge.index)))
                try network.setBridgePort(link.index, BridgePortChange(hairpin: true))
            }
            if !link.isUp { try network.setLink(link.index, LinkChange(isUp: true)) }
        }
        return strays
    }

    private static func isCutOff(_ link: Link) -> Bool { link.master == nil || !link.isUp }

    private static func isPod(_ link: Link) -> Bool {
        link.kind == .veth && link.alias?.hasPrefix(HostLink.prefix) == true
    }
}
