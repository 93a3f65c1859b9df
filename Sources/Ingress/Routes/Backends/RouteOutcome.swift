package import ClusterState

/// What becomes of a request that takes a route.
package enum RouteOutcome: Sendable, Equatable {
    case backend(Backend)
    /// It is answered with 503, never by a less specific route.
    case unavailable(UnavailableReason)
}

/// Why nobody can answer.
package enum UnavailableReason: Hashable, Sendable {
    case noService(NamespacedName)
    case noPort(BackendKey)
    case noEndpoints(BackendKey)
    /// The service stands for a name outside the cluster, and is not called.
    case external(BackendKey, ExternalFault)
    /// It is an object that is no service.
    case resource(kind: String, name: String)
}

extension UnavailableReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noService(let name): "there is no Service \(name)"
        case .noPort(let key): "the Service \(key.service) has no TCP port \(key.port.text)"
        case .noEndpoints(let key): "no endpoint of the Service \(key.service) is ready for port \(key.port.text)"
        case .external(let key, let fault): "the Service \(key.service) \(fault)"
        case .resource(let kind, let name): "its backend is the \(kind) \(name), which is no Service"
        }
    }
}
