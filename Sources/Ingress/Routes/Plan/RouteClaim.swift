import ClusterState

/// How the path of a route is compared with those of requests.
package enum RouteMatch: String, Hashable, Sendable {
    case exact = "Exact"
    /// By elements; a path that is ImplementationSpecific is one too.
    case prefix = "Prefix"
    /// All paths that no rule of the host is for.
    case catchAll = "default backend"
}

/// What an Ingress wants: the requests for a path of a host.
struct RouteClaim: Hashable, Sendable {
    /// Where the rule stands in its Ingress.
    enum Place: Hashable, Sendable {
        /// `spec.rules[RULE].http.paths[PATH]`
        case path(rule: Int, path: Int)
        /// `spec.rules[RULE]`, which has no paths.
        case rule(Int)
        /// `spec.defaultBackend`
        case defaultBackend
    }

    /// Who is to answer.
    enum Target: Hashable, Sendable {
        case service(BackendKey)
        case resource(kind: String, name: String)
        /// The default backend of all hosts.
        case otherwise
    }

    let order: ClaimOrder
    let place: Place
    let host: HostPattern
    /// `/` for a default backend.
    let path: RulePath
    /// The path as it is written.
    let writtenPath: String
    let match: RouteMatch
    /// Whether an annotation gives it its priority.
    let isRanked: Bool
    let entryPoints: EntryPoints
    let target: Target
    let rules: RequestRules

    var ingress: NamespacedName { order.ingress }
}

/// Who comes first of several that want the same: who has the greater priority, then the oldest, then the first by name and
/// in its own Ingress.
struct ClaimOrder: Hashable, Sendable, Comparable {
    /// As Traefik has it: what an annotation says, else the length of the rule.
    let priority: Int
    /// In seconds since 1970.
    let createdAt: Int64
    let ingress: NamespacedName
    /// Its number among the claims of the Ingress.
    let index: Int

    static func < (left: ClaimOrder, right: ClaimOrder) -> Bool {
        if left.priority != right.priority { return left.priority > right.priority }
        if left.createdAt != right.createdAt { return left.createdAt < right.createdAt }
        return (left.ingress, left.index) < (right.ingress, right.index)
    }
}

extension RouteClaim.Place: CustomStringConvertible {
    var description: String {
        switch self {
        case .path(let rule, let path): "spec.rules[\(rule)].http.paths[\(path)]"
        case .rule(let rule): "spec.rules[\(rule)]"
        case .defaultBackend: "spec.defaultBackend"
        }
    }
}
