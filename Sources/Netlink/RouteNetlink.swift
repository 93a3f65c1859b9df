package import NetworkTypes

/// The kernel's links, addresses, routes, neighbours and forwarding entries, to read and to write.
///
/// `NetlinkSocket` is the kernel's; the tests have one in memory that answers as the kernel would.
/// Every call blocks until the kernel has answered, and names what it was about in its error.
package protocol RouteNetlink: Sendable {
    /// Every link of the namespace, by index.
    func links() throws(NetlinkError) -> [Link]
    /// The link of that name, or nil if there is none.
    func link(named name: LinkName) throws(NetlinkError) -> Link?
    /// The link with that index, or nil if there is none.
    func link(_ index: InterfaceIndex) throws(NetlinkError) -> Link?

    /// The addresses of one interface, or of all.
    func addresses(of interface: InterfaceIndex?) throws(NetlinkError) -> [Address]

    /// The routes that the filter lets through, cached ones aside.
    func routes(_ filter: RouteFilter) throws(NetlinkError) -> [Route]
    /// The route that a packet to `destination` would take. Its destination is that one host. ENETUNREACH if none.
    func routeLookup(to destination: IPAddress) throws(NetlinkError) -> Route

    /// The neighbours of one interface, or of all; of one family, or of both.
    func neighbours(of interface: InterfaceIndex?, family: AddressFamily?) throws(NetlinkError) -> [Neighbour]
    /// The forwarding entries of one interface, or of all.
    func forwardingEntries(of interface: InterfaceIndex?) throws(NetlinkError) -> [ForwardingEntry]

    /// Carries out every operation in order, whatever became of those before it. Returns one result each: nil for done.
    ///
    /// The operations travel together, so that a thousand cost little more than one.
    func perform(_ operations: [NetlinkOperation]) -> [NetlinkError?]
}

// MARK: - One operation at a time

extension RouteNetlink {
    /// Carries out one operation.
    package func perform(_ operation: NetlinkOperation) throws(NetlinkError) {
        if let failure = perform([operation]).first ?? nil { throw failure }
    }

    /// Creates a link and returns it as the kernel made it.
    @discardableResult
    package func createLink(_ request: LinkRequest) throws(NetlinkError) -> Link {
        try perform(.createLink(request))
        guard let link = try link(named: request.name) else {
            throw NetlinkError.missing("create link", subject: request.name.rawValue)
        }
        return link
    }

    /// Deletes a link and, with a veth pair, its other end. ENODEV if there is none.
    package func deleteLink(_ index: InterfaceIndex) throws(NetlinkError) {
        try perform(.deleteLink(.index(index)))
    }

    package func setLink(_ index: InterfaceIndex, _ change: LinkChange) throws(NetlinkError) {
        try perform(.setLink(.index(index), change))
    }

    package func setBridgePort(_ index: InterfaceIndex, _ change: BridgePortChange) throws(NetlinkError) {
        try perform(.setBridgePort(.index(index), change))
    }

    package func addAddress(_ address: Address) throws(NetlinkError) {
        try perform(.addAddress(address))
    }

    package func replaceAddress(_ address: Address) throws(NetlinkError) {
        try perform(.replaceAddress(address))
    }

    /// EADDRNOTAVAIL if the interface does not have the address.
    package func deleteAddress(_ address: Address) throws(NetlinkError) {
        try perform(.deleteAddress(address))
    }

    package func addRoute(_ route: Route) throws(NetlinkError) {
        try perform(.addRoute(route))
    }

    package func replaceRoute(_ route: Route) throws(NetlinkError) {
        try perform(.replaceRoute(route))
    }

    /// ESRCH if there is no such route.
    package func deleteRoute(_ route: Route) throws(NetlinkError) {
        try perform(.deleteRoute(route))
    }

    package func replaceNeighbour(_ neighbour: Neighbour) throws(NetlinkError) {
        try perform(.replaceNeighbour(neighbour))
    }

    /// ENOENT if there is no such neighbour.
    package func deleteNeighbour(_ neighbour: Neighbour) throws(NetlinkError) {
        try perform(.deleteNeighbour(neighbour))
    }

    package func replaceForwardingEntry(_ entry: ForwardingEntry) throws(NetlinkError) {
        try perform(.setForwardingEntry(entry))
    }

    package func appendForwardingEntry(_ entry: ForwardingEntry) throws(NetlinkError) {
        try perform(.appendForwardingEntry(entry))
    }

    /// ENOENT if there is no such entry.
    package func deleteForwardingEntry(_ entry: ForwardingEntry) throws(NetlinkError) {
        try perform(.deleteForwardingEntry(entry))
    }
}
