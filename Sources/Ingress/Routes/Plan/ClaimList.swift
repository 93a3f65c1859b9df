import ClusterState

/// What the rules and the default backend of an Ingress want, in their order.
struct ClaimList {
    private let ingress: ClusterState.Ingress
    private let name: NamespacedName
    private let annotations: IngressAnnotations
    private let configuration: RouteConfiguration
    private let entryPoints: EntryPoints
    private(set) var claims: [RouteClaim] = []
    private(set) var notes: [IngressNote] = []
    private let rules: ServiceRules
    /// The hosts for which there is a default backend.
    private var caught: Set<HostPattern> = []

    init(
        _ ingress: ClusterState.Ingress,
        _ annotations: IngressAnnotations,
        _ rules: ServiceRules,
        _ configuration: RouteConfiguration
    ) {
        self.ingress = ingress
        self.annotations = annotations
        self.rules = rules
        self.configuration = configuration
        name = ingress.metadata.namespacedName
        entryPoints = EntryPoints(EntryPoint.allCases.filter { annotations.isServed(over: $0) })
        readRules()
        addDefaultBackend()
        if entryPoints.isEmpty {
            let message = "its annotations leave no entry point, so that nothing of it is served: name web or websecure"
            notes.append(IngressNote(.noEntryPoint, at: "", message))
        }
    }

    private mutating func readRules() {
        for (index, rule) in ingress.rules.enumerated() {
            do throws(HostFault) {
                add(rule, at: index, host: try HostPattern(parsing: rule.host))
            } catch {
                notes.append(IngressNote(.invalidRule, at: "spec.rules[\(index)].host", error.description))
            }
        }
    }

    private mutating func add(_ rule: IngressRule, at index: Int, host: HostPattern) {
        for (number, path) in rule.paths.enumerated() { add(path, at: .path(rule: index, path: number), host) }
        if rule.paths.isEmpty { addCatchAll(host, at: .rule(index)) }
    }

    private mutating func add(_ path: IngressPath, at place: RouteClaim.Place, _ host: HostPattern) {
        let match: RouteMatch =
            switch path.match {
            case .exact: .exact
            case .prefix: .prefix
            case .implementationSpecific:
                annotations.pathMatch == .exact && !path.path.isEmpty ? .exact : .prefix
            }
        let form = RulePath(path.path, mergesSlashes: configuration.mergesSlashes)
        if !form.isReachable {
            let fault = "no request comes with the path '\(path.path)': elements '.' and '..' are resolved before"
            notes.append(IngressNote(.invalidRule, at: place.description, "\(fault); write the path without them"))
        }
        let length = TraefikText.ruleLength(host: host, path: form.description, match: match)
        claims.append(
            RouteClaim(
                order: order(priority: annotations.priority ?? length),
                place: place,
                host: host,
                path: form,
                writtenPath: path.path,
                match: match,
                isRanked: annotations.priority != nil,
                entryPoints: entryPoints,
                target: target(path.backend),
                rules: requestRules(path.backend)
            )
        )
    }

    /// With rules it is for their hosts, without any for all hosts.
    private mutating func addDefaultBackend() {
        guard ingress.defaultBackend != nil else {
            if ingress.rules.isEmpty {
                let message = "it has neither rules nor a default backend, so that nothing leads anywhere: write one"
                notes.append(IngressNote(.invalidRule, at: "spec", message))
            }
            return
        }
        if ingress.rules.isEmpty { addCatchAll(.otherwise, at: .defaultBackend) }
        for host in claims.map(\.host) { addCatchAll(host, at: .defaultBackend) }
    }

    /// Once for each host.
    private mutating func addCatchAll(_ host: HostPattern, at place: RouteClaim.Place) {
        guard caught.insert(host).inserted else { return }
        let backend = ingress.defaultBackend
        claims.append(
            RouteClaim(
                order: order(priority: 0),
                place: place,
                host: host,
                path: RulePath("/", mergesSlashes: true),
                writtenPath: "",
                match: .catchAll,
                isRanked: false,
                entryPoints: entryPoints,
                target: backend.map(target) ?? .otherwise,
                rules: backend.map(requestRules) ?? .none
            )
        )
    }

    private func order(priority: Int) -> ClaimOrder {
        ClaimOrder(
            priority: priority,
            createdAt: ingress.metadata.createdAt ?? .max,
            ingress: name,
            index: claims.count
        )
    }

    private func target(_ backend: IngressBackend) -> RouteClaim.Target {
        switch backend {
        case .service(let service, let port):
            .service(BackendKey(service: NamespacedName(namespace: name.namespace, name: service), port: port))
        case .resource(let kind, let name): .resource(kind: kind, name: name)
        }
    }

    private func requestRules(_ backend: IngressBackend) -> RequestRules {
        guard case .service(let service, _) = backend else { return rules.usual }
        return rules.own[NamespacedName(namespace: name.namespace, name: service)] ?? rules.usual
    }
}
