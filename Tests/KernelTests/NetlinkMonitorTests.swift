import LinuxSystem
import Netlink
import NetworkTypes
import Testing

private typealias Bed = NetlinkTestbed

@Suite struct NetlinkMonitorTests {
    @Test func `each kind of change is heard, and that it was undone`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let monitor = try bed.monitor(Set(NetlinkGroup.allCases))
        let link = try bed.flannelLink(over: underlay)
        let address = Address(
            interface: link.index,
            address: try InterfaceAddress(parsing: "10.42.1.0/32"),
            flags: .permanent,
            label: "flannel.1"
        )
        let route = Route(
            destination: try Bed.prefix("10.42.2.0/24"),
            gateway: try Bed.ip("10.42.2.0"),
            interface: link.index,
            isOnLink: true
        )
        let hardware = try Bed.mac("0e:00:00:00:00:02")
        let neighbour = Neighbour(interface: link.index, address: try Bed.ip("10.42.2.0"), linkAddress: hardware)
        let entry = ForwardingEntry(
            interface: link.index,
            linkAddress: hardware,
            destination: try Bed.ip("192.168.0.2")
        )
        let done = bed.kernel.perform([
            .addAddress(address), .replaceNeighbour(neighbour), .setForwardingEntry(entry), .replaceRoute(route),
            .deleteRoute(route), .deleteForwardingEntry(entry), .deleteNeighbour(neighbour), .deleteAddress(address),
            .deleteLink(.index(link.index)),
        ])
        #expect(done.allSatisfy { $0 == nil })
        func isGone(_ notification: NetlinkNotification) -> Bool {
            if case .linkRemoved(let removed) = notification { removed.index == link.index } else { false }
        }
        let heard = try monitor.hear { $0.contains(where: isGone) }
        let expected: [NetlinkNotification] = [
            .address(address), .neighbour(neighbour), .forwardingEntry(entry), .route(route), .routeRemoved(route),
            .forwardingEntryRemoved(entry), .addressRemoved(address),
        ]
        for notification in expected { #expect(heard.contains(notification), "\(notification)") }
        #expect(heard.contains { if case .link(let seen) = $0 { seen.name == link.name } else { false } })
        #expect(heard.contains { $0.isDeletion(of: neighbour) })
        #expect(heard.contains(where: isGone))
    }

    @Test func `settings are heard whoever writes them`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let monitor = try bed.monitor([.ipv4Configuration, .ipv6Configuration])
        let expected = [
            ConfigurationChange(family: .ipv4, scope: .all, isForwarding: true),
            ConfigurationChange(family: .ipv4, scope: .interface(underlay), reversePathFilter: 2),
            ConfigurationChange(family: .ipv6, scope: .all, isForwarding: true),
        ]
        try bed.namespace.run {
            try Sysctl.write("1", to: SysctlName("net/ipv4/ip_forward"))
            try Sysctl.write("2", to: SysctlName("net/ipv4/conf/eth0/rp_filter"))
            try Sysctl.write("1", to: SysctlName("net/ipv6/conf/all/forwarding"))
        }
        let last = NetlinkNotification.configuration(expected[2])
        let heard = try monitor.hear { $0.contains(last) }
        for change in expected { #expect(heard.contains(.configuration(change)), "\(change) in \(heard)") }
    }

    @Test func `IPv6 routes, addresses and neighbours are heard too`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let link = try bed.flannelLinkV6(over: underlay)
        let monitor = try bed.monitor([.ipv6Route, .ipv6Address, .neighbour])
        let route = Route(
            destination: try Bed.prefix("fd00:42:0:2::/64"),
            gateway: try Bed.ip("fd00:42:0:2::"),
            interface: link.index,
            isOnLink: true
        )
        let neighbour = Neighbour(
            interface: link.index,
            address: try Bed.ip("fd00:42:0:2::"),
            linkAddress: try Bed.mac("0e:00:00:00:00:06")
        )
        let address = Address(
            interface: link.index,
            address: try InterfaceAddress(parsing: "fd00:42:0:1::/128"),
            flags: .noDuplicateDetection
        )
        let done = bed.kernel.perform([.addAddress(address), .replaceNeighbour(neighbour), .replaceRoute(route)])
        #expect(done.allSatisfy { $0 == nil })
        func isAddress(_ notification: NetlinkNotification) -> Bool {
            if case .address(let seen) = notification { seen.address == address.address } else { false }
        }
        let heard = try monitor.hear { $0.contains(where: isAddress) && $0.contains(.route(route.asReported)) }
        #expect(heard.contains(where: isAddress))
        #expect(heard.contains(.route(route.asReported)))
        #expect(heard.contains(.neighbour(neighbour)))
    }

    @Test func `a socket's own writes can be left out, another's are heard`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let other = try NetlinkSocket.open(in: bed.namespace)
        #expect(other.portID != bed.kernel.portID)
        let monitor = try bed.monitor([.ipv4Route])
        let ours = Route(destination: try Bed.prefix("10.1.0.0/24"), interface: underlay)
        let theirs = Route(destination: try Bed.prefix("10.2.0.0/24"), interface: underlay)
        try bed.kernel.addRoute(ours)
        try other.addRoute(theirs)
        #expect(try monitor.drain(ignoringWritesOf: bed.kernel.portID) == [.route(theirs)])
        #expect(try monitor.drain() == [])
    }

    @Test func `a port that leaves its bridge is not taken for a deleted link`() throws {
        let bed = try NetlinkTestbed()
        let bridge = try bed.kernel.createLink(LinkRequest(name: Bed.name("cni0"), kind: .bridge))
        let request = LinkRequest(name: try Bed.name("port"), kind: .veth, master: bridge.index)
        let port = try bed.kernel.createLink(request)
        let monitor = try bed.monitor([.link])
        try bed.kernel.setLink(port.index, LinkChange(master: LinkChange.Master.none))
        let heard = try monitor.drain()
        #expect(!heard.isEmpty)
        #expect(!heard.contains { if case .linkRemoved = $0 { true } else { false } })
    }

    @Test func `lost notifications ask for everything to be read again`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let monitor = try bed.monitor([.ipv4Route], receiveBuffer: 4096)
        let routes = (0..<256).map { number in
            let base = IPAddress.v4(IPv4Address(10, 9, UInt8(number), 0))
            return Route(destination: IPPrefix(containing: base, length: 24), interface: underlay)
        }
        #expect(bed.kernel.perform(routes.map(NetlinkOperation.addRoute)).allSatisfy { $0 == nil })
        let heard = try monitor.drain()
        #expect(heard.contains(.resynchronise))
        #expect(heard.count < routes.count)
        let one = Route(destination: try Bed.prefix("10.8.0.0/24"), interface: underlay)
        try bed.kernel.addRoute(one)
        #expect(try monitor.drain() == [.route(one)])
    }
}

extension NetlinkNotification {
    /// The kernel reports a deleted neighbour once more in its last state.
    fileprivate func isDeletion(of neighbour: Neighbour) -> Bool {
        switch self {
        case .neighbourRemoved(let seen): seen.address == neighbour.address
        case .neighbour(let seen): seen.address == neighbour.address && seen.state == .failed
        default: false
        }
    }
}
