import Synchronization

/// Where the ingress tells of itself while it runs.
package final class IngressStatus: Sendable {
    private struct Parts: Sendable {
        let routes: RouteKeeper
        let server: ProxyServer
    }

    private let parts = Mutex<Parts?>(nil)

    package init() {}

    func begin(_ routes: RouteKeeper, _ server: ProxyServer) {
        parts.withLock { $0 = Parts(routes: routes, server: server) }
    }

    func end() {
        parts.withLock { $0 = nil }
    }

    /// The routes by which requests go; nil as long as there are none, since the ingress does not run or does not know all
    /// objects that it needs.
    package var table: RouteTable? {
        guard let routes = parts.withLock({ $0?.routes }), routes.missingKinds.isEmpty else { return nil }
        return routes.table
    }
}
