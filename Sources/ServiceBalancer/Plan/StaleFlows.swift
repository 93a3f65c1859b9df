package import Netlink
package import NetworkTypes

/// Which tracked connections still go where a service has no endpoint any more, after a change was put in place.
///
/// A connection of UDP lives as long as packets come, and all of them go where the first one went: to an endpoint that is
/// gone, or nowhere, if none was there. TCP ends by itself, and is left alone: an endpoint that terminates finishes what it
/// has begun.
package struct StaleFlows: Hashable, Sendable {
    /// Where packets for each frontend may go now; empty if it is no frontend any more.
    private var endpoints: [FrontendKey: Set<Place>] = [:]
    /// Where they went before: by this, flows to a port of the node are known as ours.
    private var former: [FrontendKey: Set<Place>] = [:]

    /// The networks of services, of which nothing is known but what is planned now: an earlier run may have translated
    /// connections to what is gone since. Empty once a pass was made.
    private var unknownNetworks: [IPPrefix]
    /// The networks of pods, which matter as long as those do.
    private var podNetworks: [IPPrefix]

    private struct Place: Hashable {
        let address: IPAddress
        let port: UInt16
    }

    /// - Parameters:
    ///   - unknownNetworks: networks that are all of services, on the first pass of a run: what the run before has
    ///     translated is not known.
    ///   - podNetworks: where a node port's connections of the run before may lead.
    package init(
        _ changes: [BalancerPlan.Change],
        unknownNetworks: [IPPrefix] = [],
        podNetworks: [IPPrefix] = []
    ) {
        self.unknownNetworks = unknownNetworks
        self.podNetworks = podNetworks
        for change in changes {
            let old = Self.places(change.old)
            let new = Self.places(change.new)
            for (key, places) in old where new[key] != places {
                former[key, default: []].formUnion(places)
                if endpoints[key] == nil { endpoints[key] = [] }
            }
            for (key, places) in new where old[key] != places { endpoints[key, default: []].formUnion(places) }
        }
    }

    package var isEmpty: Bool { endpoints.isEmpty && unknownNetworks.isEmpty }

    /// What to ask the kernel for: few frontends one by one, many by one look at all that is tracked.
    package var filters: Set<ConntrackFilter> {
        let limit = 4
        if endpoints.count <= limit, unknownNetworks.isEmpty {
            return Set(
                endpoints.keys.map { key in
                    ConntrackFilter(
                        family: key.family,
                        transport: key.transport,
                        originalDestination: key.address,
                        originalDestinationPort: key.port
                    )
                }
            )
        }
        return Set(endpoints.keys.map { ConntrackFilter(family: $0.family, transport: $0.transport) })
            .union(unknownNetworks.map { ConntrackFilter(family: $0.family, transport: .udp) })
    }

    /// Whether ports of the node are among the frontends, so that the node's addresses matter.
    package var concernsNode: Bool { !unknownNetworks.isEmpty || endpoints.keys.contains { $0.address == nil } }

    /// Whether the flow goes where it should not.
    ///
    /// - Parameter ownAddresses: the node's.
    package func contains(_ flow: ConntrackFlow, ownAddresses: Set<IPAddress>) -> Bool {
        guard let port = flow.original.destinationPort, let answering = flow.reply.sourcePort else { return false }
        let target = flow.original.destination
        let place = Place(address: flow.reply.source, port: answering)
        if let wanted = endpoints[FrontendKey(.address(target), flow.transport, port)] {
            return !wanted.contains(place)
        }
        if unknownNetworks.contains(where: { $0.contains(target) }) { return place.address != target }
        let key = FrontendKey(.node(target.family), flow.transport, port)
        guard let wanted = endpoints[key] else {
            // Of a service that is gone: what is no service's, but a pod's host port, is translated anew as it was.
            return !unknownNetworks.isEmpty && flow.transport == .udp && Self.usualNodePorts.contains(port)
                && ownAddresses.contains(target) && podNetworks.contains { $0.contains(place.address) }
        }
        guard !wanted.contains(place) else { return false }
        // A flow that merely passes through to such a port elsewhere is none of ours.
        if former[key]?.contains(place) == true { return true }
        guard ownAddresses.contains(target) else { return false }
        return place == Place(address: target, port: port) || !unknownNetworks.isEmpty
    }

    /// The ports that an API server gives services by default.
    private static let usualNodePorts: ClosedRange<UInt16> = 30_000...32_767

    private static func places(_ ports: [PortPlan]) -> [FrontendKey: Set<Place>] {
        var places: [FrontendKey: Set<Place>] = [:]
        for port in ports where port.name.transport != .tcp {
            for frontend in port.frontends {
                let backends = port.backends(frontend.outside) + port.backends(frontend.inside)
                places[frontend.key, default: []].formUnion(backends.map { Place(address: $0.address, port: $0.port) })
            }
        }
        return places
    }
}

extension FrontendKey {
    fileprivate var address: IPAddress? { if case .address(let address) = place { address } else { nil } }
}
