package import Netlink
package import NetworkTypes

// What must be done to a link, given as it was found. None of it sets a link up: settings of the kernel that depend on
// its name come first.

extension TunnelPlan {
    /// Makes, remakes or corrects the link.
    ///
    /// - Parameter isMade: whether it is known to be ours, whatever its alias says now.
    package func linkOperations(observed: Link?, isMade: Bool = false) -> [NetlinkOperation] {
        let create = NetlinkOperation.createLink(
            LinkRequest(
                name: name,
                kind: .vxlan(vxlan),
                mtu: mtu,
                address: linkAddress,
                alias: OverlayNames.alias
            )
        )
        guard let observed else { return [create] }
        guard isCompatible(with: observed) else { return [.deleteLink(.index(observed.index)), create] }
        let change = LinkChange(
            mtu: observed.mtu == mtu ? nil : mtu,
            address: observed.address == linkAddress ? nil : linkAddress,
            // As a port it would hand its packets to somebody's bridge.
            master: observed.master == nil ? nil : LinkChange.Master.none,
            alias: isMade && observed.alias != OverlayNames.alias ? OverlayNames.alias : nil
        )
        return change == LinkChange() ? [] : [.setLink(.index(observed.index), change)]
    }

    /// Sets the link up and gives it its address and no other of the cluster's.
    package func activation(of link: Link, addresses: [Address]) -> [NetlinkOperation] {
        let up = link.isUp ? [] : [NetlinkOperation.setLink(.index(link.index), LinkChange(isUp: true))]
        return up + [address].addressOperations(on: link.index, found: addresses, within: [network], broadcast: false)
    }
}

extension BridgePlan {
    /// Makes or corrects the link.
    ///
    /// A bridge takes the lowest address of its ports until it was given one: then pods lose their gateway for a while
    /// whenever a port comes or goes. So one that we did not make is given its own address once, and any gets back what
    /// it had if somebody changes it.
    ///
    /// - Parameters:
    ///   - pinned: the address that an adopted bridge was given; nil if it was not yet.
    ///   - isMade: whether it is known to be ours, whatever its alias says now.
    package func linkOperations(
        observed: Link?,
        pinned: MACAddress?,
        isMade: Bool = false
    ) -> [NetlinkOperation] {
        guard let observed else {
            let request = LinkRequest(
                name: name,
                kind: .bridge,
                mtu: mtu,
                address: linkAddress,
                alias: OverlayNames.alias
            )
            return [.createLink(request)]
        }
        // One that we made was made with its address, which pins it, also when an earlier process did so.
        let isOurs = isMade || observed.alias == OverlayNames.alias
        let wanted = isOurs ? linkAddress : pinned ?? observed.address
        let change = LinkChange(
            mtu: observed.mtu == mtu ? nil : mtu,
            address: observed.address == wanted && (isOurs || pinned != nil) ? nil : wanted,
            master: observed.master == nil ? nil : LinkChange.Master.none,
            alias: isOurs && observed.alias != OverlayNames.alias ? OverlayNames.alias : nil,
            // With the protocol on, each pod's port would wait half a minute. An adopted bridge is its maker's.
            spanningTree: isOurs && observed.hasSpanningTree ? false : nil
        )
        return change == LinkChange() ? [] : [.setLink(.index(observed.index), change)]
    }

    /// Sets the link up and gives it the gateways' addresses and no other of the cluster's.
    package func activation(of link: Link, addresses: [Address]) -> [NetlinkOperation] {
        let up = link.isUp ? [] : [NetlinkOperation.setLink(.index(link.index), LinkChange(isUp: true))]
        return up + gateways.addressOperations(on: link.index, found: addresses, within: networks, broadcast: true)
    }
}

extension [InterfaceAddress] {
    /// Adds what is missing, then deletes what else is in the networks. Addresses outside of them are not ours.
    fileprivate func addressOperations(
        on link: InterfaceIndex,
        found: [Address],
        within networks: [IPPrefix],
        broadcast: Bool
    ) -> [NetlinkOperation] {
        let present = found.filter { $0.interface == link }
        var operations: [NetlinkOperation] = []
        for wanted in self {
            let existing = present.first { $0.address == wanted }
            if let existing, !existing.flags.contains(.duplicate) { continue }
            // One that lost duplicate detection, which was not to take place, is made anew.
            if let existing { operations.append(.deleteAddress(existing)) }
            operations.append(
                .addAddress(
                    Address(
                        interface: link,
                        address: wanted,
                        // A bridge without ports never ends the detection, and nobody else has the address.
                        flags: wanted.family == .ipv6 ? .noDuplicateDetection : [],
                        broadcast: broadcast && wanted.family == .ipv4 ? wanted.network.last : nil
                    )
                )
            )
        }
        for other in present where !contains(other.address) {
            guard networks.contains(where: { $0.contains(other.address.address) }) else { continue }
            operations.append(.deleteAddress(other))
        }
        return operations
    }
}
