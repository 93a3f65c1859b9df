import ClusterState
import NetworkTypes

/// What ports of services of type ExternalName come to: a pure function of the service and of what is known of its name.
/// The endpoints have no slots yet.
struct ExternalPlan {
    let names: [ExternalName: ExternalNameFinding]
    let forbidden: ForbiddenAddresses
    let configuration: RouteConfiguration

    func outcome(of key: BackendKey, _ service: Service) -> RouteOutcome {
        guard configuration.allowsExternalNames else { return Self.unavailable(key, .notAllowed) }
        guard let target = ExternalTarget(of: service) else {
            return Self.unavailable(key, .malformed(service.externalName ?? ""))
        }
        guard let port = Self.port(key.port, of: service) else { return .unavailable(.noPort(key)) }
        switch target {
        case .address(let address): return outcome(of: key, service, port, target, [address])
        case .name(let name):
            switch names[name] {
            case .addresses(let addresses): return outcome(of: key, service, port, target, addresses)
            case .remembered(let addresses):
                return outcome(of: key, service, port, target, addresses, isRemembered: true)
            case .nothing(let reason): return Self.unavailable(key, .nothing(name, reason: reason))
            case .failed(let reason): return Self.unavailable(key, .failed(name, reason: reason))
            case nil: return Self.unavailable(key, .unresolved(name))
            }
        }
    }

    private func outcome(
        of key: BackendKey,
        _ service: Service,
        _ port: ServicePort,
        _ target: ExternalTarget,
        _ addresses: [IPAddress],
        isRemembered: Bool = false
    ) -> RouteOutcome {
        var refused: [RefusedAddress] = []
        var endpoints: [BackendEndpoint] = []
        for address in Set(addresses.map(\.withoutMapping)).sorted() {
            if let refusal = forbidden.refusal(of: address, port: port.port) {
                refused.append(RefusedAddress(address: address, refusal: refusal))
            } else {
                endpoints.append(BackendEndpoint(address: address, port: port.port, foundBy: target.name))
            }
        }
        guard !endpoints.isEmpty else { return Self.unavailable(key, .refused("\(target)", refused)) }
        // A name may have addresses of a family that leads nowhere from here: they are for when the others fail.
        let first = endpoints.filter { $0.address.family == configuration.firstFamily }
        let others = endpoints.filter { $0.address.family != configuration.firstFamily }
        let options = ServiceOptions(service, port)
        return .backend(
            Backend(
                key: key,
                port: port.port,
                scheme: options.scheme,
                passesHost: options.passesHost,
                sticky: options.sticky,
                endpoints: first + others,
                preferredCount: others.isEmpty ? 0 : first.count,
                external: ExternalOrigin(name: "\(target)", refused: refused, isRemembered: isRemembered)
            )
        )
    }

    /// The service need not list the port that is called.
    private static func port(_ reference: PortReference, of service: Service) -> ServicePort? {
        if let port = service.port(reference) { return port }
        guard case .number(let number) = reference, number > 0 else { return nil }
        return ServicePort(port: number)
    }

    private static func unavailable(_ key: BackendKey, _ fault: ExternalFault) -> RouteOutcome {
        .unavailable(.external(key, fault))
    }
}

extension Service {
    /// The port of TCP that is meant.
    func port(_ reference: PortReference) -> ServicePort? {
        ports.first { port in
            guard port.transport == .tcp, port.port > 0 else { return false }
            switch reference {
            case .number(let number): return port.port == number
            case .name(let name): return port.name == name && !name.isEmpty
            }
        }
    }
}
