import LinuxSystem
import Netlink
import NetworkTypes

extension KernelState {
    mutating func setAddress(_ address: Address, mayReplace: Bool) throws(Errno) {
        let link = try existing(address.interface)
        var address = address
        address.flags.insert(.permanent)
        if address.address.family == .ipv4, address.label == nil { address.label = link.name.rawValue }
        if let position = position(of: address) {
            guard mayReplace else { throw .exists }
            addresses[position] = address
        } else {
            addresses.append(address)
        }
        notify(.address(address))
        addPrefixRoute(of: address)
    }

    mutating func deleteAddress(_ address: Address) throws(Errno) {
        _ = try existing(address.interface)
        guard let position = position(of: address) else { throw .addressNotAvailable }
        let removed = addresses.remove(at: position)
        notify(.addressRemoved(removed))
        guard let route = prefixRoute(of: removed), let position = routes.firstIndex(of: route) else { return }
        routes.remove(at: position)
        notify(.routeRemoved(route))
    }

    /// What an interface has once it is up: a route to the network of each address.
    mutating func addPrefixRoutes(of index: InterfaceIndex) {
        for address in addresses where address.interface == index { addPrefixRoute(of: address) }
    }

    private func position(of address: Address) -> Int? {
        addresses.firstIndex { $0.interface == address.interface && $0.address == address.address }
    }

    private mutating func addPrefixRoute(of address: Address) {
        guard links[address.interface]?.isUp == true, let route = prefixRoute(of: address) else { return }
        guard !routes.contains(route) else { return }
        routes.append(route)
        notify(.route(route))
    }

    private func prefixRoute(of address: Address) -> Route? {
        let network = address.address.network
        guard !address.flags.contains(.noPrefixRoute), links[address.interface]?.isLoopback == false else { return nil }
        switch network.family {
        case .ipv4:
            guard network.length < 32 else { return nil }
            return Route(
                destination: network,
                interface: address.interface,
                source: address.address.address,
                scope: .link,
                routeProtocol: .kernel
            )
        case .ipv6:
            return Route(destination: network, interface: address.interface, routeProtocol: .kernel, metric: 256)
        }
    }
}
