/// One way in which an endpoint fails requests.
struct EndpointTrouble: Hashable, Sendable {
    let service: BackendKey
    let endpoint: BackendEndpoint
    let failure: UpstreamFailure
}

extension EndpointTrouble: CustomStringConvertible {
    /// `Service shop/web:http, http://10.42.1.1:8080: the endpoint refuses connections; nobody listens …`
    var description: String {
        let name = endpoint.name.map { " (\($0))" } ?? ""
        let advice = failure.advice.map { "; \($0)" } ?? ""
        return "Service \(service), \(endpoint.scheme.rawValue)://\(endpoint)\(name): \(failure)\(advice)"
    }
}
