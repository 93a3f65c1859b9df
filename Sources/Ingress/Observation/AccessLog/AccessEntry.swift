import ClusterState
import HTTPWire

/// One request for the access log, complete.
struct AccessEntry: Sendable {
    let head: AccessHead
    /// What the client was sent, or 499 if it left before.
    let status: UInt16
    /// Why the proxy itself answered; nil if an endpoint did.
    let reason: String?
    let routerName: String?
    let serviceName: String?
    /// `NAMESPACE/NAME`
    let ingress: String?
    /// `http://10.42.1.1:8080`
    let serverURL: String?
    let requestOctets: UInt64
    let responseOctets: UInt64
    let retries: Int
    /// From the head of the request to the end of the response, in milliseconds.
    let duration: Int64
    /// From the moment that an endpoint was chosen on; nil if none was.
    let originDuration: Int64?

    init(_ head: AccessHead, _ exchange: borrowing Exchange, status: UInt16, now: Int64) {
        self.head = head
        self.status = status
        reason = exchange.reason
        routerName = exchange.route?.routerName(over: head.entryPoint)
        serviceName = exchange.isForService ? exchange.route?.serviceName : nil
        ingress = exchange.route.map { $0.ingress.description }
        let scheme = exchange.backend?.scheme.rawValue ?? "http"
        serverURL = exchange.endpoint.map { "\(scheme)://\($0)" }
        requestOctets = exchange.requestOctets
        responseOctets = exchange.responseOctets
        retries = exchange.retries
        duration = max(0, now - exchange.startedAt)
        originDuration = exchange.forwardedAt.map { max(0, now - $0) }
    }
}
