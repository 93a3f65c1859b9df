extension NetlinkNotification {
    /// What a message of a subscribed group says, or nil if it is nothing that we follow.
    init?(_ header: MessageHeader, payload: RawSpan) {
        switch header.type {
        case .newLink, .deleteLink:
            // A bridge reports its ports under its own family: leaving it looks like a deletion, and is none.
            guard payload.number(at: 0, as: UInt8.self) != ProtocolFamily.bridge.rawValue else { return nil }
            guard let link = Link(payload: payload) else { return nil }
            self = header.type == .newLink ? .link(link) : .linkRemoved(link)
        case .newAddress, .deleteAddress:
            guard let address = Address(payload: payload) else { return nil }
            self = header.type == .newAddress ? .address(address) : .addressRemoved(address)
        case .newRoute, .deleteRoute:
            guard !Route.isCached(payload: payload), let route = Route(payload: payload) else { return nil }
            self = header.type == .newRoute ? .route(route) : .routeRemoved(route)
        case .newNeighbour, .deleteNeighbour:
            let isThere = header.type == .newNeighbour
            if let neighbour = Neighbour(payload: payload) {
                self = isThere ? .neighbour(neighbour) : .neighbourRemoved(neighbour)
            } else if let entry = ForwardingEntry(payload: payload) {
                self = isThere ? .forwardingEntry(entry) : .forwardingEntryRemoved(entry)
            } else {
                return nil
            }
        case .newConfiguration:
            guard let change = ConfigurationChange(payload: payload) else { return nil }
            self = .configuration(change)
        default:
            return nil
        }
    }
}
