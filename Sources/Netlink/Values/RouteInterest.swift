package import NetworkTypes

/// Which routes a monitor hears of. The kernel keeps the others from it, so that a storm of them costs nothing.
///
/// A route of the protocol is heard of in any table; else it has to be in the main table, and be one of the others below.
/// More may be heard than is asked for, never less.
package struct RouteInterest: Hashable, Sendable {
    /// Routes that a program of this number made.
    package var routeProtocol: RouteProtocol?
    /// Routes to everywhere.
    package var includesDefault: Bool
    /// Routes whose next hop is taken to be on the link (`onlink`).
    package var includesOnLink: Bool
    /// Routes to a part of one of these networks, or to the whole of it.
    package var networks: [IPPrefix]

    package init(
        routeProtocol: RouteProtocol? = nil,
        includesDefault: Bool = false,
        includesOnLink: Bool = false,
        networks: [IPPrefix] = []
    ) {
        self.routeProtocol = routeProtocol
        self.includesDefault = includesDefault
        self.includesOnLink = includesOnLink
        self.networks = networks
    }
}
