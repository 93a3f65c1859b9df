import NetworkTypes
import Nftables

/// What services put into the shared sets and maps, and which chains that leads to.
struct ServiceElements {
    private(set) var elements = SharedElements()
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

    /// The names of the chains: one is led to by thousands of elements.
    private var names: [BalancerChain: String] = [:]

    /// - Parameter services: the ports of each.
    init(_ services: some Sequence<[PortPlan]>, _ configuration: BalancerConfiguration) {
        for ports in services { for port in ports { add(port, configuration) } }
    }

    private mutating func add(_ port: PortPlan, _ configuration: BalancerConfiguration) {
        let chains = port.affinitySeconds.map { AffinityChains(port, seconds: $0, configuration.clusterCIDRs) }
        if let chains { affinity.append(chains) }
        let here = (port.cluster + port.local).filter(\.isLocal)
        if !here.isEmpty { localEndpoints += Set(here).map(\.address) }
        let comment = port.name.description
        for frontend in port.frontends {
            add(frontend, of: port, chains, comment)
            guard case .address(let address) = frontend.key.place else { continue }
            guard configuration.serviceCIDRs[address.family]?.contains(address) != true else { continue }
            addresses.append(address)
            if frontend.kind == .clusterIP { clusterAddresses.append(address) }
        }
    }

    private mutating func add(
        _ frontend: Frontend,
        of port: PortPlan,
        _ affinity: AffinityChains?,
        _ comment: String
    ) {
        let key = SetElement.register(frontend.key.fields)
        let place = BalancerChain.Place(family: frontend.key.family, isNode: frontend.key.isNode)
        if let chain = servingChain(frontend, key, port, place, affinity) {
            put(SetElement(key: key, value: .verdict(.goto(chain)), comment: comment), .services, place)
            if place.isNode { nodePorts.append(HeldPort(frontend.key)) }
        }
        if let verdict = refusal(frontend, place) {
            put(SetElement(key: key, value: .verdict(verdict), comment: comment), .refusals, place)
        }
        for source in frontend.sources ?? [] {
            let first = SetElement.register(key, and: .address(source.base))
            let last = SetElement.register(key, and: .address(source.last))
            put(SetElement(key: first, end: last), .sources, place)
        }
    }

    /// The chain that connections to the frontend go on in, whose endpoints are noted; nil if there are none.
    private mutating func servingChain(
        _ frontend: Frontend,
        _ key: [UInt8],
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
        put(everybody, key, place, offset: 0)
        guard isSplit else { return note(.balance(everybody.count, place)) }
        put(inside, key, place, offset: BalancerChain.insideOffset)
        return note(.split(outside: everybody.count, inside: inside.count, place))
    }

    private mutating func put(
        _ backends: [Backend],
        _ key: [UInt8],
        _ place: BalancerChain.Place,
        offset: UInt32
    ) {
        for (index, backend) in backends.enumerated() {
            let data = SetElement.register([.address(backend.address), .port(backend.port)])
            let whole = SetElement.register(key, and: .number(offset + UInt32(index)))
            put(SetElement(key: whole, value: .data(data)), .endpoints, place)
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
        if let name = names[chain] { return name }
        let name = chain.name
        names[chain] = name
        return name
    }

    private mutating func put(_ element: SetElement, _ kind: SharedSet.Kind, _ place: BalancerChain.Place) {
        elements.append(element, to: SharedSet(kind: kind, place: place))
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
