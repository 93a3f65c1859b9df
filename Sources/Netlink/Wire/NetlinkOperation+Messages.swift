extension NetlinkOperation {
    /// The requests that carry the operation out, in order. Each asks for an acknowledgement.
    var messages: [NetlinkMessage] {
        switch self {
        case .createLink(let request): request.messages
        case .deleteLink(let link): [link.deletion(.acknowledge)]
        case .setLink(let link, let change): [link.message(changing: change)]
        case .setBridgePort(let link, let change): [link.message(changing: change)]
        case .addAddress(let address): [address.message(.newAddress, Self.add)]
        case .replaceAddress(let address): [address.message(.newAddress, Self.replace)]
        case .deleteAddress(let address): [address.message(.deleteAddress, .acknowledge)]
        case .addRoute(let route): [route.message(.newRoute, Self.add)]
        case .replaceRoute(let route): [route.message(.newRoute, Self.replace)]
        case .deleteRoute(let route): [route.message(.deleteRoute, .acknowledge)]
        case .replaceNeighbour(let neighbour): [neighbour.message(.newNeighbour, Self.replace)]
        case .deleteNeighbour(let neighbour): [neighbour.message(.deleteNeighbour, .acknowledge)]
        case .setForwardingEntry(let entry): [entry.message(.newNeighbour, Self.replace)]
        case .appendForwardingEntry(let entry): [entry.message(.newNeighbour, [.acknowledge, .create, .append])]
        case .deleteForwardingEntry(let entry): [entry.message(.deleteNeighbour, .acknowledge)]
        }
    }

    private static var add: MessageFlags { [.acknowledge, .create, .exclusive] }
    private static var replace: MessageFlags { [.acknowledge, .create, .replace] }
}
