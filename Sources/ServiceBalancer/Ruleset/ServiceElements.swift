import NetworkTypes
import Nftables

/// What a port's frontends put into the shared sets and maps, and which chains that leads to.
struct ServiceElements {
    /// By set.
    private(set) var elements: [String: [SetElement]] = [:]
    /// Each as often as an element leads to it.
    private(set) var chains: [BalancerChain] = []
    /// Addresses outside of the service network, each as often as a frontend has it.
    private(set) var addresses: [IPAddress] = []
    private(set) var clusterAddresses: [IPAddress] = []
    /// Ports on the node's addresses, each as often as a frontend has it.
    private(set) var nodePorts: [HeldPort] = []
    /// Each as often as a port has it.
    private(set) var localEndpoints: [IPAddress] = []
    private(set) var affinity: [AffinityChains] = []

    init(_ ports: [PortPlan], _ configuration: BalancerConfiguration) {
        for port in ports { add(port, configuration) }
    }

    private mutating func add(_ port: PortPlan, _ configuration: BalancerConfiguration) {
        let chains = port.affinitySeconds.map { AffinityChains(port, seconds: $0, configuration.clusterCIDRs) }
        if let chains { affinity.append(chains) }
        let endpoints = Set(port.cluster + port.local)
        localEndpoints += endpoints.filter(\.isLocal).map(\.address)
        for frontend in port.frontends {
            add(frontend, of: port, chains)
            guard case .address(let address) = frontend.key.place else { continue }
            guard configuration.serviceCIDRs[address.family]?.contains(address) != true else { continue }
            addresses.append(address)
            if frontend.kind == .clusterIP { clusterAddresses.append(address) }
        }
    }

    private mutating func add(_ frontend: Frontend, of port: PortPlan, _ affinity: AffinityChains?) {
        let comment = port.name.description
        let key = frontend.key.fields
        let place = BalancerChain.Place(family: frontend.key.family, isNode: frontend.key.isNode)
        if let chain = servingChain(frontend, port, place, affinity) {
            put(SetElement(key, verdict: .goto(chain), comment: comment), into: place.services)
            if place.isNode { nodePorts.append(HeldPort(frontend.key)) }
        }
        if let verdict = refusal(frontend, place) {
            put(SetElement(key, verdict: verdict, comment: comment), into: place.refusals)
        }
        for source in frontend.sources ?? [] {
            let first = key + [.address(source.base)]
            put(SetElement(from: first, to: key + [.address(source.last)]), into: place.sources)
        }
    }

    /// The chain that connections to the frontend go on in, whose endpoints are noted; nil if there are none.
    private mutating func servingChain(
        _ frontend: Frontend,
        _ port: PortPlan,
        _ place: BalancerChain.Place,
        _ affinity: AffinityChains?
    ) -> String? {
        let outside = port.backends(frontend.outside)
        let inside = port.backends(frontend.inside)
        // Where nothing is for outsiders, none of them comes this far.
        let everybody = outside.isEmpty ? inside : outside
        guard !everybody.isEmpty else { return nil }
        let isSplit = !inside.isEmpty && inside != everybody
        if let affinity {
            if isSplit { return affinity.split }
            return everybody == port.cluster ? affinity.cluster : affinity.local
        }
        put(everybody, of: frontend, place, offset: 0)
        guard isSplit else { return note(.balance(everybody.count, place)) }
        put(inside, of: frontend, place, offset: BalancerChain.insideOffset)
        return note(.split(outside: everybody.count, inside: inside.count, place))
    }

    private mutating func put(
        _ backends: [Backend],
        of frontend: Frontend,
        _ place: BalancerChain.Place,
        offset: UInt32
    ) {
        let key = frontend.key.fields
        for (index, backend) in backends.enumerated() {
            let element = SetElement(
                key + [.number(offset + UInt32(index))],
                data: [.address(backend.address), .port(backend.port)]
            )
            put(element, into: place.endpoints)
        }
    }

    /// What happens to a connection before it is translated; nil if nothing has to.
    private mutating func refusal(_ frontend: Frontend, _ place: BalancerChain.Place) -> Verdict? {
        let isOutsideServed = frontend.outside == .cluster || frontend.outside == .local
        let isInsideServed = frontend.inside == .cluster || frontend.inside == .local
        let isListed = frontend.sources != nil
        switch (isOutsideServed, isInsideServed) {
        case (true, _):
            if isListed { return .goto(note(.sources(place, then: .serve))) }
            // An address of the node that a service has by itself is no matter of who has the port on all of them.
            return place.isNode || frontend.kind == .clusterIP ? nil : .return
        case (false, true):
            return .goto(note(isListed ? .sources(place, then: .insiders) : .insiders(place.family)))
        case (false, false):
            if frontend.inside == .drop { return .drop }
            return .goto(isListed ? note(.sources(place, then: .reject)) : BalancerNames.refused)
        }
    }

    private mutating func note(_ chain: BalancerChain) -> String {
        chains.append(chain)
        return chain.name
    }

    private mutating func put(_ element: SetElement, into set: String) {
        elements[set, default: []].append(element)
    }
}

extension FrontendKey {
    var isNode: Bool { if case .node = place { true } else { false } }

    /// The fields of its key in maps.
    var fields: [FieldValue] {
        switch place {
        case .address(let address): [.address(address), .l4proto(transport), .port(port)]
        case .node: [.l4proto(transport), .port(port)]
        }
    }
}
