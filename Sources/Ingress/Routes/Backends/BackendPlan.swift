import ClusterState

/// What a port of a service with slices comes to: a pure function of both. The endpoints have no slots yet.
enum BackendPlan {
    static func outcome(
        of key: BackendKey,
        _ service: Service?,
        _ slices: [EndpointSlice],
        _ configuration: RouteConfiguration
    ) -> RouteOutcome {
        guard let service else { return .unavailable(.noService(key.service)) }
        guard let port = service.port(key.port) else { return .unavailable(.noPort(key)) }
        let options = ServiceOptions(service, port)
        let choice = EndpointChoice(slices, service, port, configuration)
        let backend = Backend(
            key: key,
            port: port.port,
            scheme: options.scheme,
            passesHost: options.passesHost,
            sticky: options.sticky,
            endpoints: choice.endpoints,
            preferredCount: choice.preferredCount
        )
        return backend.endpoints.isEmpty ? .unavailable(.noEndpoints(key)) : .backend(backend)
    }
}
