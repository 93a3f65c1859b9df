package import Netlink
package import NetworkTypes
import Synchronization

/// The interfaces that the choice of tunnel endpoints depends on, as of the last look: pods' links, which come and go by the
/// hundred, are none of them.
package final class UnderlayCandidates: Sendable {
    private let interfaces = Mutex<Set<InterfaceIndex>?>(nil)
    /// `--flannel-iface`.
    private let named: LinkName?
    /// The pod networks: an address inside one is never an endpoint.
    private let clusterNetworks: [IPPrefix]

    package init(named: LinkName?, clusterNetworks: [IPPrefix]) {
        self.named = named
        self.clusterNetworks = clusterNetworks
    }

    /// Takes the interfaces that have an address or a default route by now.
    package func note(_ facts: HostFacts) {
        let addressed = facts.addresses.filter { isCandidate($0) }.map(\.interface)
        interfaces.withLock { $0 = Set(addressed + facts.defaultRoutes.compactMap(\.interface)) }
    }

    /// Whether what the kernel tells may make the choice another. Before the first look anything may.
    package func mayChange(with notification: NetlinkNotification) -> Bool {
        switch notification {
        case .link(let link), .linkRemoved(let link):
            link.name == named || interfaces.withLock { $0?.contains(link.index) ?? true }
        case .address(let address), .addressRemoved(let address): isCandidate(address)
        case .route(let route), .routeRemoved(let route): route.destination.length == 0
        case .neighbour, .neighbourRemoved, .forwardingEntry, .forwardingEntryRemoved: false
        case .configuration, .resynchronise: true
        }
    }

    /// Every interface that is up has a link-local address of IPv6, which no other node can use.
    private func isCandidate(_ address: Address) -> Bool {
        let address = address.address.address
        return !(address.family == .ipv6 && address.isLinkLocal) && !clusterNetworks.contains { $0.contains(address) }
    }
}
