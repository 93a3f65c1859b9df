import ClusterState
import Netlink
import NetworkTypes

// Links and addresses.

extension Expectation {
    func isOurs(_ name: LinkName, _ host: HostPlan) -> Bool {
        name == host.bridge.name || host.tunnels.values.contains { $0.name == name }
    }

    func contradicts(_ link: Link, _ host: HostPlan) -> Bool {
        if let underlay = underlays.values.first(where: { $0.index == link.index }) {
            return underlay.mtu != link.mtu || underlay.name != link.name || underlay.isUp != link.isUp
        }
        if link.name == host.bridge.name {
            guard let bridge else { return false }
            let isMade = made.contains(link.index)
            return link.index != bridge || !link.isUp || link.address != bridgeAddress
                || !host.bridge.linkOperations(observed: link, pinned: bridgeAddress, isMade: isMade).isEmpty
        }
        // Under another name.
        if link.index == bridge || (family(of: link.index).map { host.tunnels[$0]?.name != link.name } ?? false) {
            return true
        }
        for family in host.tunnels.families {
            guard let plan = host.tunnels[family], plan.name == link.name else { continue }
            guard let index = tunnels[family] else { return false }
            return link.index != index || !link.isUp
                || !plan.linkOperations(observed: link, isMade: made.contains(link.index)).isEmpty
        }
        return false
    }

    func contradicts(appeared address: Address, _ host: HostPlan) -> Bool {
        if let family = host.lease.underlay.families.first(where: { host.lease.underlay[$0] == address.address.address }
        ) {
            guard let underlay = underlays[family], underlay.hasAddress else { return true }
            return underlay.index != address.interface
        }
        guard let (wanted, networks) = addresses(on: address.interface, host) else { return false }
        return !wanted.contains(address.address) && networks.contains { $0.contains(address.address.address) }
    }

    func contradicts(gone address: Address, _ host: HostPlan) -> Bool {
        if host.lease.underlay.values.contains(address.address.address) { return true }
        return addresses(on: address.interface, host)?.wanted.contains(address.address) ?? false
    }

    private func addresses(
        on link: InterfaceIndex,
        _ host: HostPlan
    ) -> (wanted: [InterfaceAddress], networks: [IPPrefix])? {
        if link == bridge { return (host.bridge.gateways, host.bridge.networks) }
        guard let family = family(of: link), let plan = host.tunnels[family] else { return nil }
        return ([plan.address], [plan.network])
    }
}
