import ClusterState
import NetworkTypes

/// Who has a frontend that several services' ports want: the oldest service, then the first by name.
struct FrontendClaims: Sendable, Equatable {
    /// A port that wants frontends.
    struct Claim: Hashable, Sendable, Comparable {
        /// When the service was created, in seconds since 1970.
        let createdAt: Int64
        let name: ServicePortName

        static func < (left: Claim, right: Claim) -> Bool {
            (left.createdAt, left.name.service, left.name.port, left.name.transport.rawValue)
                < (right.createdAt, right.name.service, right.name.port, right.name.transport.rawValue)
        }
    }

    /// A frontend that a port wants.
    struct Wish: Hashable, Sendable {
        let key: FrontendKey
        let claim: Claim
    }

    private var holders: [FrontendKey: Claim] = [:]
    /// Who wants what another one has; in order, never empty.
    private var waiting: [FrontendKey: [Claim]] = [:]

    func holder(of key: FrontendKey) -> ServicePortName? { holders[key]?.name }

    mutating func reserveCapacity(_ count: Int) { holders.reserveCapacity(count) }

    /// Puts a service's claims in the place of those it had. Returns the services of which others may have something else by
    /// it.
    mutating func replace(_ old: [Wish], by new: [Wish]) -> [NamespacedName] {
        if old == new { return [] }
        var others: [NamespacedName] = []
        for wish in old { if let other = remove(wish.claim, from: wish.key) { others.append(other) } }
        for wish in new { if let other = add(wish.claim, to: wish.key) { others.append(other) } }
        return others
    }

    /// Returns the service that has something else now because of it, beside the claimant's own.
    private mutating func add(_ claim: Claim, to key: FrontendKey) -> NamespacedName? {
        guard let holder = holders[key] else {
            holders[key] = claim
            return nil
        }
        guard holder != claim else { return nil }
        holders[key] = min(holder, claim)
        let loser = max(holder, claim)
        let others = waiting[key] ?? []
        let place = others.firstIndex { loser < $0 } ?? others.endIndex
        waiting[key, default: []].insert(loser, at: place)
        return loser == holder ? holder.name.service : nil
    }

    /// Returns the service that has the frontend now, if it is another one.
    private mutating func remove(_ claim: Claim, from key: FrontendKey) -> NamespacedName? {
        guard holders[key] == claim else {
            waiting[key]?.removeAll { $0 == claim }
            if waiting[key]?.isEmpty == true { waiting[key] = nil }
            return nil
        }
        guard var others = waiting[key] else {
            holders[key] = nil
            return nil
        }
        let next = others.removeFirst()
        holders[key] = next
        waiting[key] = others.isEmpty ? nil : others
        return next.name.service
    }
}
