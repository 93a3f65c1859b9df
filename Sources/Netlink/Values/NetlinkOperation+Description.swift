extension NetlinkOperation: CustomStringConvertible {
    package var description: String { command { $0.description } }

    /// The ip(8) or bridge(8) command that does the same, with interfaces named by `name`.
    package func command(naming name: (InterfaceIndex) -> String) -> String {
        switch self {
        case .createLink(let request): "ip link add " + request.words(name)
        case .deleteLink(let link): "ip link delete " + link.words(name)
        case .setLink(let link, let change): "ip link set " + link.words(name) + change.words(name)
        case .setBridgePort(let link, let change): "bridge link set dev " + link.words(name) + change.words
        case .addAddress(let address): "ip address add " + address.words(name)
        case .replaceAddress(let address): "ip address replace " + address.words(name)
        case .deleteAddress(let address): "ip address delete " + address.key(name)
        case .addRoute(let route): "ip route add " + route.words(name)
        case .replaceRoute(let route): "ip route replace " + route.words(name)
        case .deleteRoute(let route): "ip route delete " + route.words(name)
        case .replaceNeighbour(let neighbour): "ip neighbour replace " + neighbour.words(name)
        case .deleteNeighbour(let neighbour): "ip neighbour delete " + neighbour.key(name)
        case .setForwardingEntry(let entry): "bridge fdb replace " + entry.words(name)
        case .appendForwardingEntry(let entry): "bridge fdb append " + entry.words(name)
        case .deleteForwardingEntry(let entry): "bridge fdb delete " + entry.key(name)
        }
    }

    /// What is done, as an error says it: "replace route".
    package var verb: String {
        switch self {
        case .createLink: "create link"
        case .deleteLink: "delete link"
        case .setLink: "change link"
        case .setBridgePort: "change bridge port"
        case .addAddress: "add address"
        case .replaceAddress: "replace address"
        case .deleteAddress: "delete address"
        case .addRoute: "add route"
        case .replaceRoute: "replace route"
        case .deleteRoute: "delete route"
        case .replaceNeighbour: "replace neighbour"
        case .deleteNeighbour: "delete neighbour"
        case .setForwardingEntry: "replace forwarding entry"
        case .appendForwardingEntry: "append forwarding entry"
        case .deleteForwardingEntry: "delete forwarding entry"
        }
    }

    /// What it is done to, as an error says it: "10.42.2.0/24 via 10.42.2.0 dev flannel.1".
    package func subject(naming name: (InterfaceIndex) -> String) -> String {
        switch self {
        case .createLink(let request): request.words(name)
        case .deleteLink(let link): link.words(name)
        case .setLink(let link, let change): link.words(name) + change.words(name)
        case .setBridgePort(let link, let change): link.words(name) + change.words
        case .addAddress(let address), .replaceAddress(let address), .deleteAddress(let address): address.key(name)
        case .addRoute(let route), .replaceRoute(let route), .deleteRoute(let route): route.key(name)
        case .replaceNeighbour(let neighbour), .deleteNeighbour(let neighbour): neighbour.key(name)
        case .setForwardingEntry(let entry), .appendForwardingEntry(let entry), .deleteForwardingEntry(let entry):
            entry.key(name)
        }
    }

    /// The interfaces that the operation names by index.
    var interfaces: [InterfaceIndex] {
        switch self {
        case .createLink(let request): [request.master].compactMap(\.self)
        case .deleteLink(let link), .setBridgePort(let link, _): [link.index].compactMap(\.self)
        case .setLink(let link, let change): [link.index, change.master?.index].compactMap(\.self)
        case .addAddress(let address), .replaceAddress(let address), .deleteAddress(let address): [address.interface]
        case .addRoute(let route), .replaceRoute(let route), .deleteRoute(let route):
            [route.interface].compactMap(\.self)
        case .replaceNeighbour(let neighbour), .deleteNeighbour(let neighbour): [neighbour.interface]
        case .setForwardingEntry(let entry), .appendForwardingEntry(let entry), .deleteForwardingEntry(let entry):
            [entry.interface]
        }
    }
}
