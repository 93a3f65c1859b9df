import Synchronization

/// Where the ingress tells of itself while it runs.
package final class IngressStatus: Sendable {
    /// What one run is made of.
    struct Parts: Sendable {
        let routes: RouteKeeper
        let server: ProxyServer
        let certificates: CertificateKeeper
        let log: AccessLogQueue
        let publisher: IngressPublisher
    }

    private let parts = Mutex<Parts?>(nil)

    package init() {}

    /// Nil while it does not run.
    var running: Parts? { parts.withLock { $0 } }

    func begin(_ parts: Parts) {
        self.parts.withLock { $0 = parts }
    }

    func end() {
        parts.withLock { $0 = nil }
    }

    /// The routes by which requests go; nil as long as there are none, since the ingress does not run or does not know all
    /// objects that it needs.
    package var table: RouteTable? {
        guard let routes = running?.routes, routes.missingKinds.isEmpty else { return nil }
        return routes.table
    }
}
