import ClusterState

/// Which services want a port of the nodes' addresses: where several are for one node, the oldest has it there.
struct NodePortClaims: Hashable, Sendable {
    /// A load balancer that wants a port, or a node port or health check that is on all nodes.
    struct Claim: Hashable, Sendable {
        let port: FrontendClaims.Claim
        /// The pool of nodes that it is for; nil for all.
        let pool: String?
    }

    /// In order of who comes first; never empty.
    private var claims: [HeldPort: [Claim]] = [:]
    private var claimants: [NamespacedName: [HeldPort: Claim]] = [:]

    /// Notes what a service wants now. Returns the ports of which others may have something else by it.
    mutating func set(_ wanted: [HeldPort: Claim], of service: NamespacedName) -> [HeldPort] {
        let former = claimants[service] ?? [:]
        var changed: [HeldPort] = []
        for (key, claim) in former where wanted[key] != claim {
            changed.append(key)
            claims[key]?.removeAll { $0 == claim }
            if claims[key]?.isEmpty == true { claims[key] = nil }
        }
        for (key, claim) in wanted where former[key] != claim {
            changed.append(key)
            let place = Self.place(of: claim, in: claims[key] ?? [])
            claims[key, default: []].insert(claim, at: place)
        }
        claimants[service] = wanted.isEmpty ? nil : wanted
        return changed
    }

    /// All that want any.
    var services: Set<NamespacedName> { Set(claimants.keys) }

    /// The services that want a port.
    func claimants(of key: HeldPort) -> [NamespacedName] { (claims[key] ?? []).map(\.port.name.service) }

    /// Whether an older service has the port on a node.
    func isTaken(_ key: HeldPort, from claim: Claim, on node: BalancerNode) -> Bool {
        for other in claims[key] ?? [] {
            guard other.port < claim.port else { return false }
            if node.choice.includes(pool: other.pool) { return true }
        }
        return false
    }

    /// Behind all that come before it.
    private static func place(of claim: Claim, in others: [Claim]) -> Int {
        var (low, high) = (0, others.count)
        while low < high {
            let middle = (low + high) / 2
            if others[middle].port < claim.port { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
