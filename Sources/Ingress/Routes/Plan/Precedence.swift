/// Why one of two claims that a request may take goes before the other.
package enum Precedence: Hashable, Sendable {
    /// Its host is more specific.
    case host
    /// Its path is the request's own.
    case exact
    /// Its path is longer.
    case path
    /// The other one is a default backend.
    case rule
    /// It has a greater priority by the annotation.
    case priority
    /// Its Ingress is older.
    case age
    /// Its Ingress is as old and goes first by name.
    case name
    /// It stands before the other one in the same Ingress.
    case position

    init(of winner: RouteClaim, over loser: RouteClaim) {
        let (first, second) = (winner.order, loser.order)
        self =
            if winner.host.rank != loser.host.rank {
                .host
            } else if winner.match != loser.match {
                winner.match == .exact ? .exact : .rule
            } else if winner.path.octets.count != loser.path.octets.count {
                .path
            } else if first.priority != second.priority {
                .priority
            } else if first.ingress == second.ingress {
                .position
            } else {
                first.createdAt == second.createdAt ? .name : .age
            }
    }
}

extension Precedence: CustomStringConvertible {
    /// Says it of the one that goes first.
    package var description: String {
        switch self {
        case .host: "whose host is more specific"
        case .exact: "whose path is exact"
        case .path: "whose path is longer"
        case .rule: "which has a rule for it"
        case .priority: "which has a greater priority"
        case .age: "which is older"
        case .name: "which is as old and comes first by name"
        case .position: "which stands before it"
        }
    }
}

extension RouteClaim {
    /// Whether requests may take it: host and path in the form in which they are looked up.
    func matches(host: String, path: RulePath) -> Bool {
        guard self.host.matches(host) else { return false }
        switch match {
        case .exact: return self.path == path
        case .prefix: return self.path.covers(path)
        case .catchAll: return true
        }
    }

    /// Of two claims that both match a request, whether this one goes first.
    func precedes(_ other: RouteClaim) -> Bool {
        if host.rank != other.host.rank { return host.rank < other.host.rank }
        if match != other.match { return match.rank < other.match.rank }
        if path.octets.count != other.path.octets.count { return path.octets.count > other.path.octets.count }
        return order < other.order
    }
}

extension RouteMatch {
    fileprivate var rank: Int {
        switch self {
        case .exact: 0
        case .prefix: 1
        case .catchAll: 2
        }
    }
}
