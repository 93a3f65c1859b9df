import LinuxSystem
package import NetworkTypes
import Synchronization

extension NetlinkSocket {
    package func links() throws(NetlinkError) -> [Link] {
        try dump("read links", "", [Link.dumpRequest()]) { _, payload in Link(payload: payload) }
    }

    package func link(named name: LinkName) throws(NetlinkError) -> Link? {
        try link(.name(name), name.rawValue)
    }

    package func link(_ index: InterfaceIndex) throws(NetlinkError) -> Link? {
        try link(.index(index), index.description)
    }

    package func addresses(of interface: InterfaceIndex?) throws(NetlinkError) -> [Address] {
        let request = Address.dumpRequest(of: interface)
        return try dump("read addresses", subject(interface), [request]) { _, payload in Address(payload: payload) }
            .filter { interface == nil || $0.interface == interface }
    }

    package func routes(_ filter: RouteFilter) throws(NetlinkError) -> [Route] {
        let families = filter.family.map { [$0] } ?? AddressFamily.allCases
        let requests = families.map(filter.dumpRequest)
        return try dump("read routes", subject(filter.interface), requests) { _, payload in
            Route.isCached(payload: payload) ? nil : Route(payload: payload)
        }
        .filter(filter.matches)
    }

    package func routeLookup(to destination: IPAddress) throws(NetlinkError) -> Route {
        var route: Route?
        let request = Route.lookupRequest(to: destination)
        if let refusal = query(request, { route = Route(payload: $0) }) {
            throw NetlinkError("look up route", "to \(destination)", refusal)
        }
        guard let route else {
            throw NetlinkError("look up route", "to \(destination)", Refusal(errno: .badMessage))
        }
        return route
    }

    package func neighbours(
        of interface: InterfaceIndex?,
        family: AddressFamily?
    ) throws(NetlinkError) -> [Neighbour] {
        let request = Neighbour.dumpRequest(of: interface, family: family)
        return try dump("read neighbours", subject(interface), [request]) { _, payload in Neighbour(payload: payload) }
            .filter { interface == nil || $0.interface == interface }
    }

    package func forwardingEntries(of interface: InterfaceIndex?) throws(NetlinkError) -> [ForwardingEntry] {
        let request = ForwardingEntry.dumpRequest(of: interface)
        return try dump("read forwarding entries", subject(interface), [request]) { _, payload in
            ForwardingEntry(payload: payload)
        }
        .filter { interface == nil || $0.interface == interface }
    }

    private func link(_ reference: LinkReference, _ subject: String) throws(NetlinkError) -> Link? {
        var link: Link?
        guard let refusal = query(Link.request(reference), { link = Link(payload: $0) }) else { return link }
        if refusal.errno == .noDevice { return nil }
        throw NetlinkError("read link", subject, refusal)
    }

    private func subject(_ interface: InterfaceIndex?) -> String {
        interface.map { "dev \($0)" } ?? ""
    }

    private func query(_ message: NetlinkMessage, _ body: (RawSpan) -> Void) -> Refusal? {
        exchange.withLock { exchange in
            do throws(Refusal) {
                try exchange.query(message, body)
                return nil
            } catch {
                return error
            }
        }
    }

    /// The entries of all the dumps. One whose interface or table is not there has none.
    private func dump<Entry: Sendable>(
        _ operation: String,
        _ subject: String,
        _ requests: [NetlinkMessage],
        _ parse: (MessageHeader, RawSpan) -> Entry?
    ) throws(NetlinkError) -> [Entry] {
        var entries: [Entry] = []
        for request in requests {
            let result = exchange.withLock { exchange -> Result<[Entry], Refusal> in
                do throws(Refusal) {
                    return .success(try exchange.dump(request, parse))
                } catch {
                    return .failure(error)
                }
            }
            switch result {
            case .success(let found): entries += found
            case .failure(let refusal) where [.noDevice, .noEntry].contains(refusal.errno): continue
            case .failure(let refusal): throw NetlinkError(operation, subject, refusal)
            }
        }
        return entries
    }
}
