import LinuxSystem
import Netlink
import NetworkTypes

extension KernelState {
    mutating func setRoute(_ route: Route, mayReplace: Bool) throws(Errno) {
        let route = try admit(route).asReported
        if let position = routes.firstIndex(where: { $0.takesThePlace(of: route) }) {
            guard mayReplace else { throw .exists }
            routes[position] = route
        } else {
            routes.append(route)
        }
        notify(.route(route))
    }

    mutating func deleteRoute(_ route: Route) throws(Errno) {
        guard let position = routes.firstIndex(where: { $0.isMeant(by: route) }) else { throw .noProcess }
        notify(.routeRemoved(routes.remove(at: position)))
    }

    /// The most specific route of the main table, the lowest metric first.
    func lookup(_ destination: IPAddress) -> Route? {
        guard var route = best(for: destination), route.type == .unicast else { return nil }
        let local = addresses.first { $0.interface == route.interface && $0.address.family == destination.family }
        route.destination = IPPrefix(host: destination)
        route.source = route.source ?? local?.address.address
        return route
    }

    private func best(for destination: IPAddress) -> Route? {
        let candidates = routes.filter { $0.table == .main && $0.destination.contains(destination) }
        return candidates.max { left, right in
            left.destination.length == right.destination.length
                ? left.effectiveMetric > right.effectiveMetric
                : left.destination.length < right.destination.length
        }
    }

    private func admit(_ route: Route) throws(Errno) -> Route {
        var route = route
        guard !route.isMultipath else { throw .invalidArgument }
        if let interface = route.interface {
            guard try existing(interface).isUp else { throw .networkDown }
        }
        guard let gateway = route.gateway else {
            guard route.interface != nil || route.type != .unicast else { throw .noDevice }
            return route
        }
        if route.isOnLink {
            guard route.interface != nil else { throw .invalidArgument }
            // IPv6 looks the gateway up all the same: no route but the default may lead to it by another interface.
            if gateway.family == .ipv6, let way = best(for: gateway), way.destination.length > 0,
                way.interface != route.interface
            {
                throw .invalidArgument
            }
            return route
        }
        let unreachable: Errno = gateway.family == .ipv4 ? .networkUnreachable : .hostUnreachable
        guard let way = lookup(gateway), way.gateway == nil else { throw unreachable }
        guard route.interface == nil || route.interface == way.interface else { throw unreachable }
        route.interface = way.interface
        return route
    }
}

extension Route {
    // What the kernel tells IPv4 and IPv6 routes apart by.
    fileprivate func takesThePlace(of other: Route) -> Bool {
        destination == other.destination && table == other.table && effectiveMetric == other.effectiveMetric
    }

    // A deletion names what it means to hit; what it leaves open matches anything.
    fileprivate func isMeant(by wanted: Route) -> Bool {
        destination == wanted.destination && table == wanted.table && type == wanted.type
            && routeProtocol == wanted.routeProtocol
            && (wanted.gateway == nil || gateway == wanted.gateway)
            && (wanted.interface == nil || interface == wanted.interface)
            && (wanted.metric == nil || effectiveMetric == wanted.effectiveMetric)
    }
}
