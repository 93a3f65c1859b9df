import ClusterState

extension RouteTable {
    /// The Ingresses with rules for several hosts that Traefik might put before rules for fewer of them. What is said of
    /// these depends on all hosts.
    var overruled: Set<NamespacedName> {
        let least = hosts.all.values.map(\.leastPriority).min() ?? .max
        var names: Set<NamespacedName> = []
        for (host, orders) in claims where host.rank > 0 {
            for order in orders where order.priority > least { names.insert(order.ingress) }
        }
        return names
    }

    /// Where Traefik would send some requests elsewhere: there the longest rule has them, whatever its host, unless an
    /// annotation gives another priority. One example for each Ingress is enough to make somebody look.
    func precedenceNotes(_ plan: IngressPlan) -> [IngressNote] {
        for claim in plan.claims where claim.match != .catchAll {
            guard let winner = winner(over: claim) else { continue }
            let why = claim.isRanked || winner.isRanked ? "has the greater priority" : "is longer"
            return [
                IngressNote(
                    .precedence,
                    severity: .normal,
                    at: claim.place.description,
                    "requests that are for \(winner.text) too go to Ingress \(winner.ingress), \(winner.place), "
                        + "\(Precedence(of: winner, over: claim)); Traefik would send them here, since this rule \(why): "
                        + "if they are to come here, give this rule that host or path"
                )
            ]
        }
        return []
    }

    /// The first rule that goes before this one here, but not in Traefik.
    private func winner(over claim: RouteClaim) -> RouteClaim? {
        var found: RouteClaim?
        for host in rivalHosts(of: claim) {
            for order in claims[host] ?? [] where order.priority < claim.order.priority {
                guard let other = plans[order.ingress]?.claims[order.index],
                    other.isOverruled(by: claim), found.map({ other.isNamedBefore($0) }) ?? true
                else { continue }
                found = other
            }
        }
        return found
    }

    /// The hosts with rules that may go before this one here, but not in Traefik.
    private func rivalHosts(of claim: RouteClaim) -> [HostPattern] {
        var rivals: [HostPattern] = []
        // Within a host the order of the specification is what everybody expects, unless somebody asked for another.
        if let own = hosts[claim.host], claim.isRanked || own.hasRanked { rivals.append(claim.host) }
        guard claim.host.rank > 0 else { return rivals }
        for (host, routes) in hosts.all where routes.leastPriority < claim.order.priority {
            if claim.host.includes(host) { rivals.append(host) }
        }
        return rivals
    }
}

extension HostPattern {
    /// Whether it is for more hosts than the other one, and for all of these.
    fileprivate func includes(_ other: HostPattern) -> Bool {
        switch (self, other) {
        case (.any, .exact), (.any, .wildcard): true
        case (.wildcard, .exact(let name)): matches(name)
        default: false
        }
    }
}

extension RouteClaim {
    /// Whether it goes before the other one, though Traefik has it otherwise, for some request.
    fileprivate func isOverruled(by other: RouteClaim) -> Bool {
        guard match != .catchAll, precedes(other), !entryPoints.isDisjoint(with: other.entryPoints) else {
            return false
        }
        guard host != other.host || isRanked || other.isRanked else { return false }
        guard target != other.target || rules != other.rules else { return false }
        switch (match, other.match) {
        case (.exact, .exact): return path == other.path
        case (.exact, _): return other.path.covers(path)
        case (_, .exact): return path.covers(other.path)
        default: return path.covers(other.path) || other.path.covers(path)
        }
    }

    /// An order that depends on nothing but the two.
    fileprivate func isNamedBefore(_ other: RouteClaim) -> Bool {
        (order.ingress, order.index) < (other.order.ingress, other.order.index)
    }
}
