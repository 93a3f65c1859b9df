import LinuxSystem
import NetworkTypes

/// What is known of a client's connection from its beginning.
struct ClientConnection: Sendable {
    let stream: StreamID
    let origin: AnnouncedClient
    /// What endpoints are told of it.
    let forwarded: ForwardedPeer
    /// Whether it is a stream of HTTP/2, which has one request.
    let isMultiplexed: Bool
    /// What TLS came to; nil without it, and before.
    var secure: SecureSuite?

    /// - Parameter isTrusted: whether what it says in X-Forwarded fields counts.
    init(_ stream: StreamID, _ origin: AnnouncedClient, node: String, isTrusted: Bool = false) {
        self.stream = stream
        self.origin = origin
        isMultiplexed = false
        forwarded = ForwardedPeer(
            client: origin.address,
            isTrusted: isTrusted,
            isSecure: origin.entryPoint == .websecure,
            node: node
        )
    }

    /// A stream of HTTP/2 within a client's connection.
    init(_ stream: StreamID, within connection: ClientConnection) {
        self.stream = stream
        origin = connection.origin
        forwarded = connection.forwarded
        isMultiplexed = true
        secure = connection.secure
    }

    var address: IPAddress { origin.address }
    var entryPoint: EntryPoint { origin.entryPoint }
}
