/// One change of the kernel's state. Its description is the ip(8) or bridge(8) command that does the same.
package enum NetlinkOperation: Hashable, Sendable {
    /// Fails with EEXIST if the name is taken.
    case createLink(LinkRequest)
    case deleteLink(LinkReference)
    case setLink(LinkReference, LinkChange)
    /// The interface must already be a port of a bridge.
    case setBridgePort(LinkReference, BridgePortChange)
    /// Fails with EEXIST if the interface has the address.
    case addAddress(Address)
    case replaceAddress(Address)
    case deleteAddress(Address)
    /// Fails with EEXIST if there is a route with this destination, table and metric.
    case addRoute(Route)
    /// Replaces the route with the same destination, table and metric.
    case replaceRoute(Route)
    case deleteRoute(Route)
    case replaceNeighbour(Neighbour)
    case deleteNeighbour(Neighbour)
    /// Replaces the destination of a unicast entry.
    case setForwardingEntry(ForwardingEntry)
    /// Adds a further destination, which only multicast and zero addresses can have.
    case appendForwardingEntry(ForwardingEntry)
    case deleteForwardingEntry(ForwardingEntry)
}
