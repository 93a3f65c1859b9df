/// What Traefik's annotations of a service ask for.
package struct ServiceAnnotations: Hashable, Sendable {
    /// Nil leaves it to the port's name, number and protocol.
    package var scheme: BackendScheme?
    /// Whether the backend sees the client's `Host` rather than its own address.
    package var passesHost = true
    /// Nil without stickiness.
    package var sticky: StickyCookie.Settings?
    package var middlewares: [MiddlewareReference] = []

    package init() {}
}

/// How a backend is spoken to.
package enum BackendScheme: String, Hashable, Sendable, CaseIterable {
    case http
    case https
    /// HTTP/2 without TLS.
    case h2c
}
