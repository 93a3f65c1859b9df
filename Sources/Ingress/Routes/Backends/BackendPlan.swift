import ClusterState

/// What a port of a service comes to: a pure function of the service and its slices. The endpoints have no slots yet.
enum BackendPlan {
    static func outcome(
        of key: BackendKey,
        _ service: Service?,
        _ slices: [EndpointSlice],
        _ configuration: RouteConfiguration
    ) -> RouteOutcome {
        guard let service else { return .unavailable(.noService(key.service)) }
        if service.type == .externalName { return external(key, service, configuration) }
        guard let port = port(key.port, of: service) else { return .unavailable(.noPort(key)) }
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

    /// A service without endpoints of its own. It need not list the port that is called.
    private static func external(
        _ key: BackendKey,
        _ service: Service,
        _ configuration: RouteConfiguration
    ) -> RouteOutcome {
        guard configuration.allowsExternalNames, let name = service.externalName, !name.isEmpty else {
            return .unavailable(.externalName(key))
        }
        var port = port(key.port, of: service)
        if port == nil, case .number(let number) = key.port { port = ServicePort(port: number) }
        guard let port else { return .unavailable(.noPort(key)) }
        let options = ServiceOptions(service, port)
        return .backend(
            Backend(
                key: key,
                port: port.port,
                scheme: options.scheme,
                passesHost: options.passesHost,
                sticky: options.sticky,
                endpoints: [],
                externalName: name
            )
        )
    }

    private static func port(_ reference: PortReference, of service: Service) -> ServicePort? {
        service.ports.first { port in
            guard port.transport == .tcp, port.port > 0 else { return false }
            switch reference {
            case .number(let number): return port.port == number
            case .name(let name): return port.name == name && !name.isEmpty
            }
        }
    }
}
