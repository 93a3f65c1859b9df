import ClusterState
import NetworkTypes

/// Which endpoints of a service's port requests may go to.
struct EndpointChoice {
    /// The preferred ones, then the others; each once, in order of address and port; without slots.
    let endpoints: [BackendEndpoint]
    /// How many are preferred; 0 if all are alike.
    let preferredCount: Int

    /// - Parameters:
    ///   - slices: those of the service, of any family.
    ///   - port: matched by name and protocol; the number is each slice's own.
    init(_ slices: [EndpointSlice], _ service: Service, _ port: ServicePort, _ configuration: RouteConfiguration) {
        let usable = Self.usable(slices, service, port, on: configuration.node)
        let prefersSameNode = configuration.prefersSameNode || service.trafficDistribution == Self.sameNode
        let localCount = prefersSameNode ? usable.count(where: \.isLocal) : 0
        preferredCount = localCount < usable.count ? localCount : 0
        endpoints = preferredCount > 0 ? usable.filter(\.isLocal) + usable.filter { !$0.isLocal } : usable
    }

    /// What `spec.trafficDistribution` says where the endpoints of the own node go first.
    private static let sameNode = "PreferSameNode"

    private static func usable(
        _ slices: [EndpointSlice],
        _ service: Service,
        _ port: ServicePort,
        on node: NodeName
    ) -> [BackendEndpoint] {
        let candidates = Self.candidates(slices, port, on: node)
        let family = Self.firstFamily(of: service)
        for usable in [candidates.filter(\.isReady), candidates.filter(\.isServingToItsEnd)] {
            // A pod with an address of each family is one endpoint: it is called by the service's first family.
            let preferred = usable.filter { $0.endpoint.address.family == family }
            let chosen = preferred.isEmpty ? usable : preferred
            if !chosen.isEmpty { return chosen.map(\.endpoint) }
        }
        return []
    }

    private static func candidates(
        _ slices: [EndpointSlice],
        _ port: ServicePort,
        on node: NodeName
    ) -> [EndpointCandidate] {
        var candidates: [EndpointCandidate] = []
        let byName = slices.count > 1 ? slices.sorted { $0.metadata.name < $1.metadata.name } : slices
        for slice in byName {
            for found in slice.ports where found.name == port.name && found.transport == .tcp {
                // Without a number it stands for all ports, which leads nowhere.
                guard let number = found.port, number > 0 else { continue }
                for endpoint in slice.endpoints {
                    guard let address = endpoint.addresses.first else { continue }
                    let order = candidates.count
                    candidates.append(EndpointCandidate(endpoint, address, number, on: node, order: order))
                }
            }
        }
        candidates.sort { $0.precedes($1) }
        var joined: [EndpointCandidate] = []
        for candidate in candidates where joined.last?.isSamePlace(as: candidate) != true { joined.append(candidate) }
        return joined
    }

    private static func firstFamily(of service: Service) -> AddressFamily? {
        service.ipFamilies.first ?? service.clusterIPs.first?.family
    }
}

/// An endpoint that may be chosen.
private struct EndpointCandidate {
    let endpoint: BackendEndpoint
    let isReady: Bool
    /// It terminates, and still serves.
    let isServingToItsEnd: Bool
    /// Of two for the same place the smaller one counts: what does not terminate, then what is ready, then what the first
    /// slice by name says.
    private let rank: (Int, Int)

    init(_ endpoint: Endpoint, _ address: IPAddress, _ port: UInt16, on node: NodeName, order: Int) {
        let place = BackendEndpoint(address: address, port: port, identity: "")
        self.endpoint = BackendEndpoint(
            address: address,
            port: port,
            identity: endpoint.target?.description ?? place.description,
            isLocal: endpoint.nodeName == node.rawValue
        )
        isReady = endpoint.isReady
        isServingToItsEnd = endpoint.isServing && endpoint.isTerminating
        rank = ((endpoint.isTerminating ? 2 : 0) + (endpoint.isReady ? 0 : 1), order)
    }

    func isSamePlace(as other: EndpointCandidate) -> Bool {
        endpoint.address == other.endpoint.address && endpoint.port == other.endpoint.port
    }

    func precedes(_ other: EndpointCandidate) -> Bool {
        if isSamePlace(as: other) { return rank < other.rank }
        let addresses = (endpoint.address, other.endpoint.address)
        return addresses.0 == addresses.1 ? endpoint.port < other.endpoint.port : addresses.0 < addresses.1
    }
}
