import LinuxSystem
import NetworkTypes

/// What is known of a client's connection from its beginning.
struct ClientConnection: Sendable {
    let stream: StreamID
    let address: IPAddress
    let entryPoint: EntryPoint
    /// What endpoints are told of it.
    let forwarded: ForwardedPeer
    /// Whether it is a stream of HTTP/2, which has one request.
    let isMultiplexed: Bool
    /// What TLS came to; nil without it, and before.
    var secure: SecureSuite?

    /// - Parameter isTrusted: whether what it says in X-Forwarded fields counts.
    init(
        _ stream: StreamID,
        from address: IPAddress,
        over entryPoint: EntryPoint,
        node: String,
        isTrusted: Bool = false
    ) {
        self.stream = stream
        self.address = address
        self.entryPoint = entryPoint
        isMultiplexed = false
        forwarded = ForwardedPeer(
            client: address,
            isTrusted: isTrusted,
            isSecure: entryPoint == .websecure,
            node: node
        )
    }

    /// A stream of HTTP/2 within a client's connection.
    init(_ stream: StreamID, within connection: ClientConnection) {
        self.stream = stream
        address = connection.address
        entryPoint = connection.entryPoint
        forwarded = connection.forwarded
        isMultiplexed = true
        secure = connection.secure
    }
}
