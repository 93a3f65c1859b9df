import ClusterState
import HTTPWire

/// One request for the access log, complete.
struct AccessEntry {
    let head: AccessHead
    /// What the client was sent, or 499 if it left before.
    let status: UInt16
    /// Why the proxy itself answered, or the response broke off.
    let reason: String?
    /// Whether it is an endpoint's response.
    let isOfEndpoint: Bool
    let route: Route?
    /// Nil if the request went to no service.
    let serviceName: String?
    /// Nil if none was chosen.
    let endpoint: BackendEndpoint?
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
        route = exchange.route
        isOfEndpoint = (exchange.reason == nil || exchange.isCut) && exchange.endpoint != nil
        serviceName = exchange.isForService ? exchange.route?.serviceName : nil
        endpoint = exchange.endpoint
        requestOctets = exchange.requestOctets
        responseOctets = exchange.responseOctets
        retries = exchange.retries
        duration = max(0, now - exchange.startedAt)
        originDuration = exchange.forwardedAt.map { max(0, now - $0) }
    }

    var routerName: String? { route?.routerName(over: head.entryPoint) }

    /// At least as many octets as its line has in any format: six for each that others wrote, and the host is written twice.
    var room: Int {
        let others = 2 * head.octets.count + (head.user?.utf8.count ?? 0) + (reason?.utf8.count ?? 0)
        guard let route else { return 6 * others + Self.roomOfNumbers }
        let names = route.ingress.namespace.utf8.count + route.ingress.name.utf8.count
        let services = (routerName?.utf8.count ?? 0) + (serviceName?.utf8.count ?? 0)
        return 6 * (others + names + services) + Self.roomOfNumbers
    }

    /// More than the names of all members with all numbers, dates and addresses, and what they are quoted with.
    private static let roomOfNumbers = 2_048
}
