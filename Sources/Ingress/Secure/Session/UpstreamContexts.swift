import NIOCore
package import NIOSSL
import NetworkTypes

/// What sessions with endpoints are made with.
package struct UpstreamContexts: Sendable {
    private struct Pair: Sendable {
        /// HTTP/2 if the endpoint speaks it.
        let any: NIOSSLContext
        /// For requests that may change the protocol, which those of HTTP/2 cannot.
        let onlyHTTP1: NIOSSLContext

        init(_ make: ([String]) throws -> NIOSSLContext) rethrows {
            any = try make(["h2", "http/1.1"])
            onlyHTTP1 = try make(["http/1.1"])
        }
    }

    private let ofAddresses: Pair
    private let ofNames: Pair

    /// - Parameter authorities: those that vouch for names outside the cluster.
    package init(authorities: NIOSSLTrustRoots) throws {
        ofAddresses = try Pair(UpstreamTrust.ofAddresses)
        ofNames = try Pair { try UpstreamTrust.ofNames($0, authorities: authorities) }
    }

    /// A session with an endpoint, whose first octets are in the output.
    ///
    /// - Parameter mayBeShared: whether requests of HTTP/2 will do.
    package func session(
        with endpoint: BackendEndpoint,
        mayBeShared: Bool,
        in room: OctetRoom
    ) throws -> SecureSession {
        let pair = endpoint.name == nil ? ofAddresses : ofNames
        return try SecureSession(
            askingWith: mayBeShared ? pair.any : pair.onlyHTTP1,
            serverName: endpoint.name,
            peer: try SocketAddress(ipAddress: "\(endpoint.address)", port: Int(endpoint.port)),
            in: room
        )
    }
}
