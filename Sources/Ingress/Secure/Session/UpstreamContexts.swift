import NIOSSL

/// What sessions with endpoints are made with.
struct UpstreamContexts: Sendable {
    /// HTTP/2 if the endpoint speaks it.
    let any: NIOSSLContext
    /// For requests that may change the protocol, which those of HTTP/2 cannot.
    let onlyHTTP1: NIOSSLContext

    init() throws {
        any = try UpstreamTrust.ofAddresses(["h2", "http/1.1"])
        onlyHTTP1 = try UpstreamTrust.ofAddresses(["http/1.1"])
    }
}
