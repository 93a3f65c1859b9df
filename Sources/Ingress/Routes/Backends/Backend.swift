package import ClusterState

/// Who answers the requests of a route: a port of a service with the endpoints that requests may go to.
package final class Backend: Sendable {
    package let key: BackendKey
    /// The port of the service.
    package let port: UInt16
    package let scheme: BackendScheme
    /// Whether backends are sent the host that the client named, and not their own.
    package let passesHost: Bool
    /// The cookie that keeps a client at its endpoint; nil for none.
    package let sticky: StickyCookie.Settings?
    /// What the values of that cookie stand for.
    package let seats: StickySeats?
    /// Those that are ready, else those that terminate and serve to their end: first the preferred ones, each part in
    /// order of its addresses; never empty.
    package let endpoints: [BackendEndpoint]
    /// How many of the first endpoints are chosen before all others, as they are on this node or of the
    /// first family; 0 if all are alike.
    package let preferredCount: Int
    /// What the service stands for outside the cluster; nil if it has endpoints of its own.
    package let external: ExternalOrigin?
    /// Traefik's name of it, with the provider.
    package let serviceName: String

    package init(
        key: BackendKey,
        port: UInt16,
        scheme: BackendScheme = .http,
        passesHost: Bool = true,
        sticky: StickyCookie.Settings? = nil,
        endpoints: [BackendEndpoint],
        preferredCount: Int = 0,
        external: ExternalOrigin? = nil
    ) {
        self.key = key
        self.port = port
        self.scheme = scheme
        self.passesHost = passesHost
        self.sticky = sticky
        self.endpoints = scheme == .http ? endpoints : endpoints.map { BackendEndpoint($0, scheme: scheme) }
        self.preferredCount = preferredCount
        self.external = external
        serviceName = TraefikText.service(key)
        let urls = endpoints.map { "\(scheme == .https ? "https" : scheme == .h2c ? "h2c" : "http")://\($0)" }
        seats = sticky.map { StickySeats($0, service: TraefikText.service(key), urls: urls) }
    }

    package var service: NamespacedName { key.service }

    /// Whether requests leave the cluster, as far as is known.
    var isOutside: Bool { external != nil }
}

extension Backend: Equatable {
    package static func == (left: Backend, right: Backend) -> Bool {
        left === right
            || left.key == right.key && left.port == right.port && left.scheme == right.scheme
                && left.passesHost == right.passesHost && left.sticky == right.sticky
                && left.endpoints == right.endpoints && left.preferredCount == right.preferredCount
                && left.external == right.external
    }
}

extension Backend {
    /// The same with its endpoints in another form.
    convenience init(_ former: Backend, endpoints: [BackendEndpoint]) {
        self.init(
            key: former.key,
            port: former.port,
            scheme: former.scheme,
            passesHost: former.passesHost,
            sticky: former.sticky,
            endpoints: endpoints,
            preferredCount: former.preferredCount,
            external: former.external
        )
    }
}

/// Where the endpoints of a service come from that has none of its own.
package struct ExternalOrigin: Hashable, Sendable {
    /// A DNS name, or an address.
    package let name: String
    /// What else it comes to, in order.
    package let refused: [RefusedAddress]
    /// Whether this is what an earlier run knew of the name.
    package let isRemembered: Bool
}
