/// What Traefik's annotations of an Ingress ask for.
package struct IngressAnnotations: Hashable, Sendable {
    /// How paths of ImplementationSpecific rules are compared.
    package enum PathMatch: String, Hashable, Sendable, CaseIterable {
        case exact = "Path"
        case prefix = "PathPrefix"
    }

    /// Where the routes are served. Empty if none of the entry points that were named is there.
    package var entryPoints: Set<EntryPoint> = Set(EntryPoint.allCases)
    /// Whether the routes are served over TLS alone.
    package var requiresTLS = false
    /// Higher ones win, as Traefik has it; nil leaves the order to the rules.
    package var priority: Int?
    package var pathMatch = PathMatch.prefix
    package var middlewares: [MiddlewareReference] = []

    package init() {}

    /// Whether requests to an entry point may take the routes.
    package func isServed(over entryPoint: EntryPoint) -> Bool {
        entryPoints.contains(entryPoint) && (!requiresTLS || entryPoint == .websecure)
    }
}
