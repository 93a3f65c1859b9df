package import Netlink
import NetworkTypes

extension HostFacts {
    /// Asks the kernel of the socket's network namespace.
    package static func read(from socket: NetlinkSocket) throws(NetlinkError) -> HostFacts {
        let links = try socket.links()
        let addresses = try socket.addresses(of: nil)
        var defaultRoutes: [Route] = []
        for family in AddressFamily.allCases {
            defaultRoutes += try socket.routes(RouteFilter(family: family, table: .main))
                .filter { $0.destination.length == 0 && $0.type == .unicast }
        }
        return HostFacts(links: links, addresses: addresses, defaultRoutes: defaultRoutes)
    }
}
