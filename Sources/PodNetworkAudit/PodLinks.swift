package import Netlink
package import NetworkTypes
import PodNetwork

/// What the node's links say of its pods.
package struct PodLinks: Hashable, Sendable {
    /// The veths of the node. The plugin's are named after their pods.
    package var names: Set<LinkName> = []
    /// The veths that lead into another namespace and that another plugin made: their names do not tell whose they are.
    package var foreign: [LinkName] = []
    /// The subnets of the bridge.
    package var subnets: [IPPrefix] = []

    package init(names: Set<LinkName> = [], foreign: [LinkName] = [], subnets: [IPPrefix] = []) {
        self.names = names
        self.foreign = foreign
        self.subnets = subnets
    }

    /// - Parameter bridge: the bridge that pods hang on.
    package static func read(_ network: any RouteNetlink, bridge: LinkName) throws(NetlinkError) -> PodLinks {
        let links = try network.links()
        let veths = links.filter { $0.kind == .veth }
        let index = links.first { $0.name == bridge }?.index
        let addresses = try network.addresses(of: nil)
        // A node that is a container itself has a veth too, as its uplink: that one has addresses.
        let uplinks = Set(addresses.filter { $0.scope == .universe }.map(\.interface))
        let foreign = veths.filter { link in
            guard link.peerNamespaceID != nil, link.alias?.hasPrefix(HostLink.prefix) != true else { return false }
            return link.master == nil ? !uplinks.contains(link.index) : link.master == index
        }
        return PodLinks(
            names: Set(veths.map(\.name)),
            foreign: foreign.map(\.name),
            subnets: addresses.filter { $0.interface == index }.map(\.address.network)
        )
    }
}
