import ClusterState
import PlainHTTP

/// What a service's health check is told: byte for byte the body and the header fields of kube-proxy, which clouds' load
/// balancers were made for.
struct HealthCheckAnswer: Hashable, Sendable {
    let service: NamespacedName
    /// How many pods of the service here are ready.
    let localEndpoints: Int
    /// Whether the rules that lead to them are in place.
    let isProxyHealthy: Bool

    /// 200 to have traffic sent here, 503 to have it sent elsewhere.
    var status: HTTPAnswer.Status { localEndpoints > 0 && isProxyHealthy ? .ok : .unavailable }

    /// The names are DNS labels: there is nothing in them to quote.
    var body: String {
        """
        {
        \t"service": {
        \t\t"namespace": "\(service.namespace)",
        \t\t"name": "\(service.name)"
        \t},
        \t"localEndpoints": \(localEndpoints),
        \t"serviceProxyHealthy": \(isProxyHealthy)
        }
        """
    }

    /// The weight lets a load balancer that knows it send a node with more pods more (Google's weighted Maglev).
    var http: HTTPAnswer {
        HTTPAnswer(
            status,
            body,
            contentType: "application/json",
            fields: [
                HTTPAnswer.Field("X-Content-Type-Options", "nosniff"),
                HTTPAnswer.Field("X-Load-Balancing-Endpoint-Weight", "\(localEndpoints)"),
            ]
        )
    }
}
