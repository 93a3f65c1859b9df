import ClusterState
import NetworkTypes

/// Which endpoints of a service's port get traffic on this node, in one family.
struct EndpointChoice {
    /// For traffic that may go anywhere in the cluster; sorted.
    private(set) var cluster: [Backend] = []
    /// For traffic that may only go to this node; sorted.
    private(set) var local: [Backend] = []
    /// The endpoints here that are ready: what a health check tells.
    private(set) var readyLocal: Set<IPAddress> = []

    /// - Parameters:
    ///   - slices: those of the service, of any family.
    ///   - port: matched by name and protocol; the number is each slice's own.
    init(_ slices: [EndpointSlice], _ port: ServicePort, _ family: AddressFamily, on place: NodePlace) {
        let candidates = Self.join(slices, port, family, on: place)
        let ready = candidates.filter(\.endpoint.isReady)
        let terminating = candidates.filter { $0.endpoint.isServing && $0.endpoint.isTerminating }
        let usable = Self.near(ready, place)
        cluster = (usable.isEmpty ? terminating : usable).map(\.backend)
        let readyHere = ready.filter(\.backend.isLocal)
        local = (readyHere.isEmpty ? terminating.filter(\.backend.isLocal) : readyHere).map(\.backend)
        readyLocal = Set(readyHere.map(\.backend.address))
    }

    private struct Candidate {
        let backend: Backend
        let endpoint: Endpoint

        /// Of two for the same place the smaller one counts: what does not terminate, then what is ready.
        var rank: Int { (endpoint.isTerminating ? 2 : 0) + (endpoint.isReady ? 0 : 1) }
    }

    /// Each address and port once, in order. The same one may stand in two slices while it moves between them. What they
    /// say otherwise of it, its node and its hints, is that of the first slice by name.
    private static func join(
        _ slices: [EndpointSlice],
        _ port: ServicePort,
        _ family: AddressFamily,
        on place: NodePlace
    ) -> [Candidate] {
        var candidates: [Candidate] = []
        let byName = slices.sorted { $0.metadata.name < $1.metadata.name }
        for slice in byName where slice.family == family && !slice.isLeftOut {
            for found in slice.ports where found.name == port.name && found.transport == port.transport {
                guard let number = found.port, number > 0 else { continue }
                for endpoint in slice.endpoints {
                    guard let address = endpoint.addresses.first, address.family == family else { continue }
                    let backend = Backend(address, number, isLocal: endpoint.nodeName == place.name.rawValue)
                    candidates.append(Candidate(backend: backend, endpoint: endpoint))
                }
            }
        }
        candidates.sort { left, right in
            left.backend.isSamePlace(as: right.backend) ? left.rank < right.rank : left.backend < right.backend
        }
        var joined: [Candidate] = []
        for candidate in candidates where joined.last?.backend.isSamePlace(as: candidate.backend) != true {
            joined.append(candidate)
        }
        return joined
    }

    /// Those of the ready endpoints that the control plane's hints mean for this node; all, unless each has a hint and one
    /// is for here (KEP-2433, KEP-3015).
    private static func near(_ ready: [Candidate], _ place: NodePlace) -> [Candidate] {
        let name = place.name.rawValue
        let onNode = ready.filter { $0.endpoint.nodeHints.contains(name) }
        if !onNode.isEmpty, ready.allSatisfy({ !$0.endpoint.nodeHints.isEmpty }) { return onNode }
        guard let zone = place.zone else { return ready }
        let inZone = ready.filter { $0.endpoint.zoneHints.contains(zone) }
        if !inZone.isEmpty, ready.allSatisfy({ !$0.endpoint.zoneHints.isEmpty }) { return inZone }
        return ready
    }
}

extension Backend {
    fileprivate func isSamePlace(as other: Backend) -> Bool { address == other.address && port == other.port }
}

extension EndpointSlice {
    /// Whether no proxy is to read it.
    var isLeftOut: Bool { ServiceLabel.leaveOut(metadata.labels) }
}
