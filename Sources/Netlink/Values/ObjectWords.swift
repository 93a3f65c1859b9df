import NetworkTypes

// The words of ip(8) and bridge(8) for addresses, routes, neighbours and forwarding entries: a key tells one object from
// the others, the words also say how it is.

extension Address {
    func key(_ name: (InterfaceIndex) -> String) -> String {
        "\(address) dev \(name(interface))"
    }

    func words(_ name: (InterfaceIndex) -> String) -> String {
        var words = peer.map { "\(address.address) peer \($0)/\(address.length)" } ?? "\(address)"
        if let broadcast { words += " broadcast \(broadcast)" }
        words += " dev \(name(interface))"
        if let label { words += " label \(label)" }
        if scope != .universe { words += " scope \(scope)" }
        if flags.contains(.noDuplicateDetection) { words += " nodad" }
        if flags.contains(.noPrefixRoute) { words += " noprefixroute" }
        return words
    }
}

extension Route {
    func key(_ name: (InterfaceIndex) -> String) -> String {
        var words = type == .unicast ? "\(destination)" : "\(type) \(destination)"
        if let gateway {
            words += gateway.family == destination.family ? " via \(gateway)" : " via inet6 \(gateway)"
        }
        if let interface { words += " dev \(name(interface))" }
        return words
    }

    func words(_ name: (InterfaceIndex) -> String) -> String {
        var words = key(name)
        if table != .main { words += " table \(table)" }
        words += " proto \(routeProtocol)"
        if scope != .universe { words += " scope \(scope)" }
        if let source { words += " src \(source)" }
        if let metric { words += " metric \(metric)" }
        if isOnLink { words += " onlink" }
        return words
    }
}

extension Neighbour {
    func key(_ name: (InterfaceIndex) -> String) -> String {
        (isProxy ? "proxy " : "") + "\(address) dev \(name(interface))"
    }

    func words(_ name: (InterfaceIndex) -> String) -> String {
        guard !isProxy else { return key(name) }
        return "\(address)" + (linkAddress.map { " lladdr \($0)" } ?? "") + " dev \(name(interface)) nud \(state)"
    }
}

extension ForwardingEntry {
    func key(_ name: (InterfaceIndex) -> String) -> String {
        var words = "\(linkAddress) dev \(name(interface))"
        if let destination { words += " dst \(destination)" }
        if let vlan { words += " vlan \(vlan)" }
        if let port { words += " port \(port)" }
        if let vni { words += " vni \(vni)" }
        words += place == .own ? " self" : " master"
        return words
    }

    func words(_ name: (InterfaceIndex) -> String) -> String {
        // bridge(8) says "static" for an entry that is kept but is not the interface's own address.
        key(name) + (state == .noARP ? " static" : isPermanent ? " permanent" : " dynamic")
    }
}
