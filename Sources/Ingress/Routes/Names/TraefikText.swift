import ClusterState

/// The names and rules that Traefik makes of an Ingress: metrics and logs have the names, precedence there follows the
/// length of the rules.
enum TraefikText {
    /// Of a default backend that is for all hosts.
    static let defaultRouter = "default-router"
    static let defaultService = "default-backend"

    /// A name in the form that all of them have: what is neither a letter nor a digit becomes one dash.
    static func normalized(_ text: String) -> String {
        text.split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
    }

    /// The name of a rule's router, without the provider.
    static func router(_ claim: RouteClaim) -> String {
        let host = claim.host == .any ? "" : claim.host.description
        return normalized("\(claim.ingress.namespace)-\(claim.ingress.name)-\(host)\(claim.writtenPath)")
    }

    /// The name of a service that a rule leads to.
    static func service(_ key: BackendKey) -> String {
        "\(normalized("\(key.service.namespace)-\(key.service.name)-\(key.port.text)"))@kubernetes"
    }

    /// How long the rule's text is, which is its priority there unless it is given one.
    static func ruleLength(host: HostPattern, path: String, match: RouteMatch) -> Int {
        let hostLength: Int? =
            switch host {
            case .exact(let name): "Host(``)".utf8.count + name.utf8.count
            case .wildcard(let suffix):
                "HostRegexp(`[a-zA-Z0-9-]+\\.`)".utf8.count + suffix.utf8.count + suffix.count { $0 == "." }
            case .any, .otherwise: nil
            }
        let matcher = match == .exact ? "Path(``)" : "PathPrefix(``)"
        let pathLength: Int? = path.isEmpty ? nil : matcher.utf8.count + path.utf8.count
        return (hostLength ?? 0) + (pathLength ?? 0) + (hostLength != nil && pathLength != nil ? " && ".utf8.count : 0)
    }
}
