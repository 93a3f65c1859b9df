import ClusterState

/// The routes of one host, or of one wildcard. They never change: what becomes of them later are others.
final class HostRoutes: Sendable {
    let pattern: HostPattern
    /// The host's name, that behind the star of a wildcard, or nothing.
    let name: [UInt8]
    /// Of the claims that have something; nil stands for the default backend of all hosts.
    let routes: [Route?]
    /// The claims that do not have all that they want, by Ingress.
    let lost: [NamespacedName: [LostClaim]]
    /// Of those of its claims that are rules, as Traefik has it.
    let leastPriority: Int
    /// Whether an annotation gives one of them its priority.
    let hasRanked: Bool
    private let trie: PathTrie
    /// What no path is for, for each entry point.
    private let catchAll: [Int32]

    /// - Parameters:
    ///   - claims: those that are for this host, in order.
    ///   - outcome: what a target comes to; nil for the default backend of all hosts.
    init(
        _ pattern: HostPattern,
        _ claims: [RouteClaim],
        seed: UInt64,
        outcome: (RouteClaim.Target) -> RouteOutcome?
    ) {
        self.pattern = pattern
        name = pattern.name
        let contest = PathContest(claims, seed: seed)
        leastPriority = claims.filter { $0.match != .catchAll }.map(\.order.priority).min() ?? .max
        lost = contest.lost
        hasRanked = claims.contains { $0.isRanked }
        trie = contest.trie
        catchAll = contest.catchAll
        routes = contest.holders.map { claim in outcome(claim.target).map { Route(claim, $0) } }
    }

    private init(_ former: HostRoutes, _ routes: [Route?]) {
        pattern = former.pattern
        name = former.name
        lost = former.lost
        leastPriority = former.leastPriority
        hasRanked = former.hasRanked
        trie = former.trie
        catchAll = former.catchAll
        self.routes = routes
    }

    /// The same with other outcomes of these targets.
    func with(_ outcomes: [BackendKey: RouteOutcome]) -> HostRoutes {
        HostRoutes(
            self,
            routes.map { route in
                guard let route, let outcome = route.target.flatMap({ outcomes[$0] }) else { return route }
                return route.with(outcome)
            }
        )
    }

    /// The number of the route that a path takes, or `PathTrie.none`.
    @inline(__always)
    func value(for path: Span<UInt8>, over point: EntryPoint) -> Int32 {
        let found = trie.value(for: path, over: point)
        return found >= 0 ? found : catchAll[point.index]
    }

    @inline(__always)
    func isNamed(_ other: Span<UInt8>) -> Bool {
        guard name.count == other.count else { return false }
        for index in other.indices where name[index] != other[index] { return false }
        return true
    }
}

extension HostRoutes: Equatable {
    /// Whether they are made of the same claims with the same outcomes.
    static func == (left: HostRoutes, right: HostRoutes) -> Bool {
        left === right
            || left.pattern == right.pattern && left.routes == right.routes && left.lost == right.lost
                && left.catchAll == right.catchAll
    }
}

/// A claim that does not have all that it wants.
struct LostClaim: Hashable, Sendable {
    let claim: RouteClaim
    /// Where others have it.
    var points: EntryPoints
    /// Who has it.
    let winner: RouteClaim
}

extension LostClaim {
    /// Why the other one has it.
    var cause: Precedence { Precedence(of: winner, over: claim) }
}

extension HostPattern {
    fileprivate var name: [UInt8] {
        switch self {
        case .exact(let name), .wildcard(let name): Array(name.utf8)
        case .any, .otherwise: []
        }
    }
}
