extension RouteTable {
    /// Traefik's names of the services that requests may go to.
    var serviceNames: Set<String> {
        Set(backends.keys.map(TraefikText.service)).union(["\(TraefikText.defaultService)@kubernetes"])
    }

    /// How many services Ingresses name.
    var backendCount: Int { backends.count }

    /// What requests may go to, in the order of the names.
    var allBackends: [Backend] { backends.backends.sorted { $0.serviceName < $1.serviceName } }

    /// Whether the endpoint is still the one of its slot.
    func has(_ endpoint: BackendEndpoint) -> Bool {
        endpointsBySlot.indices.contains(endpoint.slot) && endpointsBySlot[endpoint.slot] == endpoint
    }

    /// How many rules lead somewhere; default backends are some of them.
    package var routeCount: Int {
        plans.values.reduce(0) { $1.verdict == .served ? $0 + $1.claims.count : $0 }
    }
}
