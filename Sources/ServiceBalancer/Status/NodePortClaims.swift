import ClusterState

/// Which load balancers want a port of the nodes' addresses: where several are for one node, the oldest has it there.
struct NodePortClaims: Hashable, Sendable {
    /// A load balancer that wants a port.
    struct Claim: Hashable, Sendable {
        let port: FrontendClaims.Claim
        /// The pool of nodes that it is for; nil for all.
        let pool: String?
    }

    /// In order of who comes first; never empty.
    private var claims: [HeldPort: [Claim]] = [:]
    private var claimants: [NamespacedName: [HeldPort: Claim]] = [:]

    /// Notes what a service wants now. Returns the services that may have something else by it, its own among them.
    mutating func set(_ wanted: [HeldPort: Claim], of service: NamespacedName) -> Set<NamespacedName> {
        var affected: Set<NamespacedName> = [service]
        let former = claimants[service] ?? [:]
        for (key, claim) in former where wanted[key] != claim {
            claims[key]?.removeAll { $0 == claim }
            affected.formUnion(claims[key]?.map(\.port.name.service) ?? [])
            if claims[key]?.isEmpty == true { claims[key] = nil }
        }
        for (key, claim) in wanted where former[key] != claim {
            var others = claims[key] ?? []
            affected.formUnion(others.map(\.port.name.service))
            others.insert(claim, at: others.firstIndex { claim.port < $0.port } ?? others.endIndex)
            claims[key] = others
        }
        claimants[service] = wanted.isEmpty ? nil : wanted
        return affected
    }

    /// What a service wants.
    func wanted(by service: NamespacedName) -> [HeldPort: Claim] { claimants[service] ?? [:] }

    /// Whether an older service has the port on a node.
    func isTaken(_ key: HeldPort, from claim: Claim, on node: BalancerNode) -> Bool {
        (claims[key] ?? []).prefix { $0.port < claim.port }.contains { node.choice.includes(pool: $0.pool) }
    }
}
