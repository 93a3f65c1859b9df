package import NetworkTypes

/// Which routes to read: those that have every value that is not nil.
package struct RouteFilter: Hashable, Sendable {
    package var family: AddressFamily?
    package var table: RouteTable?
    package var interface: InterfaceIndex?
    package var routeProtocol: RouteProtocol?

    package init(
        family: AddressFamily? = nil,
        table: RouteTable? = nil,
        interface: InterfaceIndex? = nil,
        routeProtocol: RouteProtocol? = nil
    ) {
        self.family = family
        self.table = table
        self.interface = interface
        self.routeProtocol = routeProtocol
    }

    /// Whether `route` is one of those meant.
    package func matches(_ route: Route) -> Bool {
        (family ?? route.destination.family) == route.destination.family
            && (table ?? route.table) == route.table
            && (interface == nil || interface == route.interface)
            && (routeProtocol ?? route.routeProtocol) == route.routeProtocol
    }
}
