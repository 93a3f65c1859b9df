import ClusterState

extension RouteTable {
    /// Which way a request takes, and why no other one.
    ///
    /// It is found by comparing all rules, not by the way that requests are looked up: the two are known to agree.
    ///
    /// - Parameters:
    ///   - scheme: `https` is the entry point websecure, all else web.
    ///   - host: may have a port.
    ///   - path: may have a query.
    package func explain(scheme: String, host: String, path: String) -> RouteExplanation {
        let request = ExplainedRequest(scheme: scheme, host: host, path: path, configuration)
        let rivals = rivals(of: request)
        let fitting = rivals.filter { $0.obstacle == nil }.map(\.claim).sorted { $0.precedes($1) }
        let first = fitting.first
        // A rule may lead to the default backend of all hosts.
        let taken = first?.target == .otherwise ? fitting.first { $0.host == .otherwise } : first
        var losers = fitting.filter { $0 != taken }.map { claim in
            RouteExplanation.Loser(rule: .init(claim), reason: reason(for: claim, first))
        }
        losers += rivals.filter { $0.obstacle != .otherPath }.compactMap(\.loser)
        losers += rivals.filter { $0.obstacle == .otherPath }.compactMap(\.loser)
        return RouteExplanation(
            entryPoint: request.entryPoint,
            host: request.host,
            path: request.path.description,
            rule: taken.map(RouteExplanation.Rule.init),
            outcome: taken.flatMap { outcome(of: $0.target) },
            rules: taken?.rules ?? .none,
            losers: losers
        )
    }

    /// A rule for the host of a request.
    private struct Rival {
        let claim: RouteClaim
        /// Why it cannot be taken; nil if it can.
        let obstacle: RouteExplanation.Reason?

        var loser: RouteExplanation.Loser? { obstacle.map { .init(rule: .init(claim), reason: $0) } }
    }

    /// The rules for the host of a request, the nearest first. Of those that are not served only such as would be taken.
    private func rivals(of request: ExplainedRequest) -> [Rival] {
        var rivals: [Rival] = []
        for plan in plans.values {
            for claim in plan.claims where claim.host.matches(request.host) {
                let isMeant = claim.matches(host: request.host, path: request.path)
                guard plan.verdict == .served || isMeant else { continue }
                let obstacle = isMeant ? plan.verdict.obstacle ?? claim.obstacle(at: request.entryPoint) : .otherPath
                rivals.append(Rival(claim: claim, obstacle: obstacle))
            }
        }
        return rivals.sorted { $0.claim.precedes($1.claim) }
    }

    private func reason(for claim: RouteClaim, _ first: RouteClaim?) -> RouteExplanation.Reason {
        guard let first, first != claim else { return .leadsToDefault }
        return .preceded(Precedence(of: first, over: claim))
    }
}

/// A request in the form in which it is looked up.
private struct ExplainedRequest {
    let entryPoint: EntryPoint
    let host: String
    let path: RulePath

    init(scheme: String, host: String, path: String, _ configuration: RouteConfiguration) {
        entryPoint = scheme.lowercased() == "https" ? .websecure : .web
        var name = host.lowercased()
        if !name.hasPrefix("["), let colon = name.lastIndex(of: ":") { name = String(name[..<colon]) }
        self.host = name.hasSuffix(".") ? String(name.dropLast()) : name
        let plain = String(path.prefix { $0 != "?" && $0 != "#" })
        self.path = RulePath(plain, mergesSlashes: configuration.mergesSlashes)
    }
}

extension ClassVerdict {
    fileprivate var obstacle: RouteExplanation.Reason? {
        switch self {
        case .served: nil
        case .foreign(let name): .otherClass(name)
        case .unnamed: .noClass
        }
    }
}

extension RouteClaim {
    fileprivate func obstacle(at point: EntryPoint) -> RouteExplanation.Reason? {
        entryPoints.contains(EntryPoints([point])) ? nil : .entryPoint(entryPoints.points)
    }
}
