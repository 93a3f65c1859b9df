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
    ///   - slices: those of the service in the family.
    ///   - port: matched by name and protocol; the number is each slice's own.
    init(_ slices: SlicePorts, _ port: ServicePort, _ family: AddressFamily, on place: NodePlace) {
        let candidates = Self.join(slices.places(of: port), family, on: place)
        let ready = candidates.filter(\.isReady)
        let readyHere = ready.filter(\.backend.isLocal)
        cluster = Self.near(ready).map(\.backend)
        local = readyHere.map(\.backend)
        if !readyHere.isEmpty {
            readyLocal = Set(local.map(\.address))
        } else {
            let terminating = candidates.filter(\.isServingToItsEnd).map(\.backend)
            if ready.isEmpty { cluster = terminating }
            local = terminating.filter(\.isLocal)
        }
    }

    /// What of an endpoint decides. It refers to nothing, since all endpoints of the cluster pass through here.
    private struct Candidate {
        let backend: Backend
        let isReady: Bool
        let isTerminating: Bool
        /// It terminates, and still serves.
        let isServingToItsEnd: Bool
        let nodeHint: Hint
        let zoneHint: Hint
        /// Its place in the slices, read by their names.
        let order: Int

        /// Of two for the same place the smaller one counts: what does not terminate, then what is ready, then what the
        /// first slice by name says.
        var rank: (Int, Int) { ((isTerminating ? 2 : 0) + (isReady ? 0 : 1), order) }

        init(_ endpoint: Endpoint, _ backend: Backend, _ place: NodePlace, order: Int) {
            self.backend = backend
            self.order = order
            isReady = endpoint.isReady
            isTerminating = endpoint.isTerminating
            isServingToItsEnd = endpoint.isServing && endpoint.isTerminating
            nodeHint = Hint(endpoint.nodeHints, for: place.name.rawValue)
            zoneHint = Hint(endpoint.zoneHints, for: place.zone)
        }
    }

    /// What the control plane's hint says of an endpoint.
    private enum Hint {
        case none, here, elsewhere

        init(_ hints: [String], for here: String?) {
            guard !hints.isEmpty else {
                self = .none
                return
            }
            self = here.map(hints.contains) == true ? .here : .elsewhere
        }
    }

    /// Each address and port once, in order. The same one may stand in two slices while it moves between them. What they
    /// say otherwise of it, its node and its hints, is that of the first slice by name.
    private static func join(
        _ ports: ArraySlice<SlicePorts.Place>,
        _ family: AddressFamily,
        on place: NodePlace
    ) -> [Candidate] {
        var candidates: [Candidate] = []
        candidates.reserveCapacity(ports.reduce(0) { $0 + $1.endpoints.count })
        for port in ports {
            for endpoint in port.endpoints {
                guard let address = endpoint.addresses.first, address.family == family else { continue }
                let backend = Backend(address, port.number, isLocal: endpoint.nodeName == place.name.rawValue)
                candidates.append(Candidate(endpoint, backend, place, order: candidates.count))
            }
        }
        candidates.sort { left, right in
            left.backend.isSamePlace(as: right.backend) ? left.rank < right.rank : left.backend < right.backend
        }
        var last: Backend?
        candidates.removeAll { candidate in
            defer { last = candidate.backend }
            return last?.isSamePlace(as: candidate.backend) == true
        }
        return candidates
    }

    /// Those of the ready endpoints that the control plane's hints mean for this node; all, unless each has a hint and one
    /// is for here (KEP-2433, KEP-3015).
    private static func near(_ ready: [Candidate]) -> [Candidate] {
        if ready.allSatisfy({ $0.nodeHint != .none }) {
            let near = ready.filter { $0.nodeHint == .here }
            if !near.isEmpty { return near }
        }
        if ready.allSatisfy({ $0.zoneHint != .none }) {
            let near = ready.filter { $0.zoneHint == .here }
            if !near.isEmpty { return near }
        }
        return ready
    }
}

extension Backend {
    fileprivate func isSamePlace(as other: Backend) -> Bool { address == other.address && port == other.port }
}
