import LinuxSystem
import NetworkTypes

/// What is known of a client's connection from its beginning.
struct ClientConnection: Sendable {
    let stream: StreamID
    let address: IPAddress
    let entryPoint: EntryPoint
    /// What endpoints are told of it.
    let forwarded: ForwardedPeer
    /// What TLS came to; nil without it, and before.
    var secure: SecureSuite?

    init(_ stream: StreamID, from address: IPAddress, over entryPoint: EntryPoint, node: String) {
        self.stream = stream
        self.address = address
        self.entryPoint = entryPoint
        forwarded = ForwardedPeer(
            client: address,
            isTrusted: false,
            isSecure: entryPoint == .websecure,
            node: node
        )
    }
}
