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

    /// A route of somebody's, and whether a monitor hears of it that is interested in little.
    private struct Case {
        var destination: String
        var isHeard: Bool
        var routeProtocol = RouteProtocol(rawValue: 4)
        var table = RouteTable.main
        var isOnLink = false
    }

    private static let interest = RouteInterest(
        routeProtocol: .linnet,
        includesOnLink: true,
        networks: [
            IPPrefix(containing: .v4(IPv4Address(10, 42, 0, 0)), length: 15),
            IPPrefix(containing: IPAddress(family: .ipv6, number: 0xfd00_0042 << 96), length: 56),
        ]
    )

    private static let cases: [Case] = [
        Case(destination: "10.42.7.0/24", isHeard: true),
        Case(destination: "10.43.255.1/32", isHeard: true),
        Case(destination: "10.42.0.0/15", isHeard: true),
        Case(destination: "10.44.0.0/24", isHeard: false),
        Case(destination: "10.41.255.0/24", isHeard: false),
        Case(destination: "0.0.0.0/0", isHeard: false),
        Case(destination: "10.42.8.0/24", isHeard: false, table: RouteTable(rawValue: 1000)),
        Case(destination: "10.42.8.0/24", isHeard: false, table: RouteTable(rawValue: 100)),
        Case(destination: "10.50.0.0/24", isHeard: true, routeProtocol: .linnet),
        Case(destination: "10.50.1.0/24", isHeard: true, routeProtocol: .linnet, table: RouteTable(rawValue: 1000)),
        Case(destination: "10.51.0.0/24", isHeard: true, isOnLink: true),
        Case(destination: "fd00:42:0:7::/64", isHeard: true),
        Case(destination: "fd00:42::/56", isHeard: true),
        Case(destination: "fd00:42:0:100::/64", isHeard: false),
        Case(destination: "fd00:43::/64", isHeard: false),
        Case(destination: "::/0", isHeard: false),
    ]

    @Test func `of routes only those of interest reach the monitor, whatever else does`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let monitor = try bed.monitor([.ipv4Route, .ipv6Route, .link], routes: Self.interest)
        for row in Self.cases {
            let destination = try Bed.prefix(row.destination)
            let route = Route(
                destination: destination,
                gateway: row.isOnLink ? destination.base : nil,
                interface: underlay,
                table: row.table,
                routeProtocol: row.routeProtocol,
                isOnLink: row.isOnLink
            )
            func isMeant(_ seen: Route) -> Bool { seen.destination == destination && seen.table == row.table }
            try bed.kernel.addRoute(route)
            let added = try monitor.drain().contains { if case .route(let seen) = $0 { isMeant(seen) } else { false } }
            #expect(added == row.isHeard, "\(row)")
            try bed.kernel.deleteRoute(route)
            let removed = try monitor.drain().contains {
                if case .routeRemoved(let seen) = $0 { isMeant(seen) } else { false }
            }
            #expect(removed == row.isHeard, "\(row)")
        }
        try bed.kernel.setLink(underlay, LinkChange(isUp: false))
        #expect(try monitor.drain().contains { if case .link = $0 { true } else { false } })
    }

    @Test func `default routes are heard by who is interested in them alone`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let monitor = try bed.monitor([.ipv4Route, .ipv6Route], routes: RouteInterest(includesDefault: true))
        for (text, isHeard) in [("0.0.0.0/0", true), ("::/0", true), ("10.0.0.0/8", false), ("2000::/3", false)] {
            try bed.kernel.addRoute(Route(destination: try Bed.prefix(text), interface: underlay))
            #expect(try monitor.drain().isEmpty != isHeard, "\(text)")
        }
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
