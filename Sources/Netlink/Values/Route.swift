package import NetworkTypes

/// A route.
package struct Route: Hashable, Sendable {
    /// The network reached. A default route has length 0.
    package var destination: IPPrefix
    /// The next hop. Of another family than the destination for IPv4 over an IPv6 next hop.
    package var gateway: IPAddress?
    package var interface: InterfaceIndex?
    /// The source address that packets get when they have none.
    package var source: IPAddress?
    package var scope: AddressScope
    package var type: RouteType
    package var table: RouteTable
    package var routeProtocol: RouteProtocol
    /// The priority, the lowest first. Nil lets the kernel choose: 0 for IPv4, 1024 for IPv6.
    package var metric: UInt32?
    /// Whether the gateway is reachable on the interface although no route says so.
    package var isOnLink: Bool
    /// Whether there are several next hops. `gateway` and `interface` are then the first one's; it cannot be written.
    package var isMultipath: Bool

    /// - Parameter scope: nil takes what ip(8) would: link for an IPv4 route without a gateway, else universe.
    package init(
        destination: IPPrefix,
        gateway: IPAddress? = nil,
        interface: InterfaceIndex? = nil,
        source: IPAddress? = nil,
        scope: AddressScope? = nil,
        type: RouteType = .unicast,
        table: RouteTable = .main,
        routeProtocol: RouteProtocol = .linnet,
        metric: UInt32? = nil,
        isOnLink: Bool = false,
        isMultipath: Bool = false
    ) {
        self.destination = destination
        self.gateway = gateway
        self.interface = interface
        self.source = source
        self.scope = scope ?? Self.usualScope(of: destination, gateway: gateway, type: type)
        self.type = type
        self.table = table
        self.routeProtocol = routeProtocol
        self.metric = metric
        self.isOnLink = isOnLink
        self.isMultipath = isMultipath
    }

    /// The metric that the kernel gives or gave the route.
    package var effectiveMetric: UInt32 {
        switch destination.family {
        case .ipv4: metric ?? 0
        case .ipv6: metric.flatMap { $0 == 0 ? nil : $0 } ?? Self.defaultIPv6Metric
        }
    }

    /// The route as the kernel will report it once it is there: compare this with what was read back.
    package var asReported: Route {
        var route = self
        route.metric = effectiveMetric == 0 ? nil : effectiveMetric
        if destination.family == .ipv6 { route.scope = .universe }
        return route
    }

    // IP6_RT_PRIO_USER
    private static let defaultIPv6Metric: UInt32 = 1024

    private static func usualScope(of destination: IPPrefix, gateway: IPAddress?, type: RouteType) -> AddressScope {
        guard destination.family == .ipv4 else { return .universe }
        switch type {
        case .local: return .host
        case .unicast: return gateway == nil ? .link : .universe
        case .broadcast, .anycast: return .link
        default: return .universe
        }
    }
}

/// What a route does with packets (`RTN_…`).
package struct RouteType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let unicast = RouteType(rawValue: 1)
    package static let local = RouteType(rawValue: 2)
    package static let broadcast = RouteType(rawValue: 3)
    package static let anycast = RouteType(rawValue: 4)
    package static let multicast = RouteType(rawValue: 5)
    /// Drops silently.
    package static let blackhole = RouteType(rawValue: 6)
    /// Answers that the host is unreachable.
    package static let unreachable = RouteType(rawValue: 7)
    /// Answers that the packet is prohibited.
    package static let prohibit = RouteType(rawValue: 8)
    /// Goes on with the next table.
    package static let `throw` = RouteType(rawValue: 9)
}

extension RouteType: CustomStringConvertible {
    /// As ip(8) prints it.
    package var description: String {
        let names = [
            "none", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit",
            "throw",
        ]
        return Int(rawValue) < names.count ? names[Int(rawValue)] : String(rawValue)
    }
}

/// A routing table by number.
package struct RouteTable: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let `default` = RouteTable(rawValue: 253)
    package static let main = RouteTable(rawValue: 254)
    package static let local = RouteTable(rawValue: 255)
}

extension RouteTable: CustomStringConvertible {
    /// As ip(8) prints it.
    package var description: String {
        switch self {
        case .default: "default"
        case .main: "main"
        case .local: "local"
        default: String(rawValue)
        }
    }
}

/// Who made a route (`RTPROT_…`).
package struct RouteProtocol: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The kernel, for the networks of addresses.
    package static let kernel = RouteProtocol(rawValue: 2)
    /// What ip(8) uses when told nothing; flannel's routes have it.
    package static let boot = RouteProtocol(rawValue: 3)
    /// An administrator.
    package static let `static` = RouteProtocol(rawValue: 4)
    package static let routerAdvertisement = RouteProtocol(rawValue: 9)
    /// Linnet: every route we make has it, and no other.
    package static let linnet = RouteProtocol(rawValue: 0x4c)
}

extension RouteProtocol: CustomStringConvertible {
    /// As ip(8) prints it.
    package var description: String {
        switch self {
        case .kernel: "kernel"
        case .boot: "boot"
        case .static: "static"
        case .routerAdvertisement: "ra"
        default: String(rawValue)
        }
    }
}
