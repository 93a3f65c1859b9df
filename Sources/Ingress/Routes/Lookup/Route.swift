package import ClusterState

/// Where requests for a path of a host go. It never changes: what becomes of it later is another one.
package final class Route: Sendable {
    package let ingress: NamespacedName
    package let host: HostPattern
    /// As it is written in the Ingress; empty for a default backend.
    package let path: String
    package let match: RouteMatch
    /// What is done to the requests on their way; empty in most cases.
    package let rules: RequestRules
    package let outcome: RouteOutcome
    /// Traefik's name of the service; nil where the backend is none.
    package let serviceName: String?
    /// Traefik's names of the router, one for each entry point.
    private let routerNames: [String]
    /// The port of the service that requests go to, found or not.
    let target: BackendKey?

    init(_ claim: RouteClaim, _ outcome: RouteOutcome) {
        ingress = claim.ingress
        host = claim.host
        path = claim.writtenPath
        match = claim.match
        rules = claim.rules
        self.outcome = outcome
        target = claim.target.backend
        let isDefault = claim.host == .otherwise
        serviceName = isDefault ? "\(TraefikText.defaultService)@kubernetes" : target.map(TraefikText.service)
        let name = isDefault ? TraefikText.defaultRouter : TraefikText.router(claim)
        routerNames = EntryPoint.allCases.map { point in
            claim.entryPoints == .all ? "\(point.rawValue)-\(name)@kubernetes" : "\(name)@kubernetes"
        }
    }

    private init(_ former: Route, _ outcome: RouteOutcome) {
        ingress = former.ingress
        host = former.host
        path = former.path
        match = former.match
        rules = former.rules
        serviceName = former.serviceName
        routerNames = former.routerNames
        target = former.target
        self.outcome = outcome
    }

    /// The same with another outcome.
    func with(_ outcome: RouteOutcome) -> Route { Route(self, outcome) }

    /// Traefik's name of it, which tells entry points apart where it has several.
    package func routerName(over entryPoint: EntryPoint) -> String { routerNames[entryPoint.index] }
}

extension Route: Equatable {
    package static func == (left: Route, right: Route) -> Bool {
        left === right
            || left.ingress == right.ingress && left.host == right.host && left.path == right.path
                && left.match == right.match && left.rules == right.rules && left.outcome == right.outcome
                && left.serviceName == right.serviceName && left.routerNames == right.routerNames
    }
}

extension RouteClaim.Target {
    /// The port of a service; nil for anything else.
    var backend: BackendKey? {
        if case .service(let key) = self { key } else { nil }
    }
}
