import LinuxSystem
import Netlink
import NetworkTypes
import Testing

private typealias Bed = NetlinkTestbed

@Suite struct NetlinkRouteTests {
    @Test(arguments: [nil, 50] as [UInt32?])
    func `a peer's routes are read as they were written`(metric: UInt32?) throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let v4 = Route(
            destination: try Bed.prefix("10.42.2.0/24"),
            gateway: try Bed.ip("10.42.2.0"),
            interface: try bed.flannelLink(over: underlay).index,
            metric: metric,
            isOnLink: true
        )
        let v6 = Route(
            destination: try Bed.prefix("fd00:42:0:2::/64"),
            gateway: try Bed.ip("fd00:42:0:2::"),
            interface: try bed.flannelLinkV6(over: underlay).index,
            metric: metric,
            isOnLink: true
        )
        for route in [v4, v6] {
            try bed.kernel.addRoute(route)
            let filter = RouteFilter(
                family: route.destination.family,
                table: .main,
                interface: route.interface,
                routeProtocol: .linnet
            )
            #expect(try bed.kernel.routes(filter) == [route.asReported])
            let error = try #require(throws: NetlinkError.self) { try bed.kernel.addRoute(route) }
            #expect(error.alreadyExists)
            try bed.kernel.replaceRoute(route)
            #expect(try bed.kernel.routes(filter) == [route.asReported])
            try bed.kernel.deleteRoute(route)
            #expect(try bed.kernel.routes(filter) == [])
            let missing = try #require(throws: NetlinkError.self) { try bed.kernel.deleteRoute(route) }
            #expect(missing.isMissing)
            #expect(missing.errno.rawValue == 3)
        }
    }

    @Test func `a filter sees what it names and nothing else`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let table = RouteTable(rawValue: 1000)
        let kinds: [(String, RouteProtocol, RouteTable)] = [
            ("10.1.0.0/24", .linnet, .main), ("10.2.0.0/24", .boot, .main), ("10.3.0.0/24", .linnet, table),
            ("fd00:9::/64", .linnet, .main),
        ]
        for (destination, routeProtocol, table) in kinds {
            let route = Route(
                destination: try Bed.prefix(destination),
                interface: underlay,
                table: table,
                routeProtocol: routeProtocol
            )
            try bed.kernel.addRoute(route)
        }
        func destinations(_ filter: RouteFilter) throws -> Set<String> {
            Set(try bed.kernel.routes(filter).map(\.destination.description))
        }
        #expect(try destinations(RouteFilter(routeProtocol: .linnet)) == ["10.1.0.0/24", "10.3.0.0/24", "fd00:9::/64"])
        #expect(try destinations(RouteFilter(table: table)) == ["10.3.0.0/24"])
        #expect(try destinations(RouteFilter(family: .ipv4, routeProtocol: .boot)) == ["10.2.0.0/24"])
        #expect(try destinations(RouteFilter(table: RouteTable(rawValue: 4242))) == [])
        #expect(try destinations(RouteFilter(interface: InterfaceIndex(999))) == [])
        #expect(try bed.kernel.routes(RouteFilter(routeProtocol: .kernel)).contains { $0.table == .local })
    }

    @Test func `types, sources and metrics survive`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let routes = [
            Route(destination: try Bed.prefix("10.42.1.0/24"), type: .blackhole, metric: 4_294_967_295),
            Route(destination: try Bed.prefix("10.4.0.0/16"), type: .unreachable, routeProtocol: .static),
            Route(
                destination: try Bed.prefix("10.5.0.0/16"),
                gateway: try Bed.ip("192.168.0.2"),
                interface: underlay,
                source: try Bed.ip("192.168.0.1"),
                metric: 7
            ),
            Route(destination: try Bed.prefix("0.0.0.0/0"), gateway: try Bed.ip("192.168.0.254"), interface: underlay),
            Route(destination: try Bed.prefix("::/0"), gateway: try Bed.ip("fd00:1::fe"), interface: underlay),
            Route(destination: try Bed.prefix("10.6.0.0/16"), gateway: try Bed.ip("fd00:1::2"), interface: underlay),
        ]
        let results = bed.kernel.perform(routes.map(NetlinkOperation.replaceRoute))
        #expect(results == Array(repeating: nil, count: routes.count))
        let found = try bed.kernel.routes(RouteFilter(table: .main))
        for route in routes { #expect(found.contains(route.asReported), "\(route)") }
    }

    @Test func `a lookup answers with gateway, interface, source and table`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let link = try bed.flannelLink(over: underlay)
        let route = Route(
            destination: try Bed.prefix("10.42.2.0/24"),
            gateway: try Bed.ip("10.42.2.0"),
            interface: link.index,
            source: try Bed.ip("192.168.0.1"),
            isOnLink: true
        )
        try bed.kernel.addRoute(route)
        let found = try bed.kernel.routeLookup(to: Bed.ip("10.42.2.5"))
        #expect(found.interface == link.index)
        #expect(try found.gateway == Bed.ip("10.42.2.0"))
        #expect(try found.source == Bed.ip("192.168.0.1"))
        #expect(found.table == .main)
        let direct = try bed.kernel.routeLookup(to: Bed.ip("fd00:1::2"))
        #expect(direct.gateway == nil && direct.interface == underlay)
        let error = try #require(throws: NetlinkError.self) { try bed.kernel.routeLookup(to: Bed.ip("203.0.113.1")) }
        #expect(error.description.hasPrefix("look up route to 203.0.113.1: "))
        #expect(error.errno.rawValue == 101)
    }

    @Test func `a gateway that nothing reaches is refused with what would help`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let route = Route(
            destination: try Bed.prefix("10.42.2.0/24"),
            gateway: try Bed.ip("10.42.2.0"),
            interface: underlay
        )
        let error = try #require(throws: NetlinkError.self) { try bed.kernel.addRoute(route) }
        #expect(error.subject == "10.42.2.0/24 via 10.42.2.0 dev eth0")
        #expect(error.kernelMessage == "Nexthop has invalid gateway")
        #expect(error.remedy == "the gateway is on no network of the interface")
    }

    @Test func `routes go with their link, and an absent link takes none`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let link = try bed.flannelLink(over: underlay)
        let route = Route(destination: try Bed.prefix("10.42.2.0/24"), interface: link.index)
        try bed.kernel.addRoute(route)
        try bed.kernel.deleteLink(link.index)
        #expect(try bed.kernel.routes(RouteFilter(routeProtocol: .linnet)) == [])
        let error = try #require(throws: NetlinkError.self) { try bed.kernel.addRoute(route) }
        #expect(error.isMissing)
    }
}
