package import ClusterState

/// The rules of a route, with what is wrong with them and what they were made of.
package struct RulesReading: Hashable, Sendable {
    package private(set) var rules: RequestRules
    package private(set) var complaints: [RuleComplaint]
    /// The middlewares and secrets that were looked for, found or not: when one of them changes, so may the rules.
    package private(set) var dependencies: Set<ObjectKey>

    /// Reads the middlewares that an Ingress and then a service of its namespace name.
    package init(
        of ingress: NamespacedName,
        _ ingressMiddlewares: [MiddlewareReference],
        service: NamespacedName? = nil,
        _ serviceMiddlewares: [MiddlewareReference] = [],
        in sources: RuleSources
    ) {
        guard !ingressMiddlewares.isEmpty || !serviceMiddlewares.isEmpty else {
            (rules, complaints, dependencies) = (.none, [], [])
            return
        }
        var reader = MiddlewareReader(for: ingress, in: sources)
        reader.read(ingressMiddlewares, of: ObjectKey(.ingress, ingress), at: "router.middlewares")
        if let service {
            reader.read(serviceMiddlewares, of: ObjectKey(.service, service), at: "service.middlewares")
        }
        rules = reader.rules
        complaints = reader.complaints
        dependencies = reader.dependencies
    }
}

/// Where middlewares and their passwords are found.
package struct RuleSources: Sendable {
    package let middleware: @Sendable (NamespacedName) -> Middleware?
    package let secret: @Sendable (NamespacedName) -> Secret?

    package init(
        middleware: @escaping @Sendable (NamespacedName) -> Middleware?,
        secret: @escaping @Sendable (NamespacedName) -> Secret?
    ) {
        self.middleware = middleware
        self.secret = secret
    }

    package init(_ snapshot: ClusterSnapshot) {
        self.init(middleware: { snapshot.middlewares[$0] }, secret: { snapshot.secrets[$0] })
    }
}
