/// Sends clients to the same resource by another scheme (Traefik's RedirectScheme).
package struct SchemeRedirect: Hashable, Sendable {
    package enum Scheme: String, Hashable, Sendable, CaseIterable {
        case http
        case https

        /// The port that a URL of the scheme need not name.
        package var defaultPort: UInt16 { self == .http ? 80 : 443 }
    }

    package var scheme: Scheme
    /// Nil leaves the port out of the URL.
    package var port: UInt16?
    /// 301 and 308 in place of 302 and 307.
    package var isPermanent: Bool

    package init(scheme: Scheme, port: UInt16? = nil, isPermanent: Bool = false) {
        self.scheme = scheme
        self.port = port == scheme.defaultPort ? nil : port
        self.isPermanent = isPermanent
    }
}
