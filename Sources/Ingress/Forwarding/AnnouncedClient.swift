import NetworkTypes

/// A client as far as it is known before it has said anything. (An object, so that whose a stream is takes a word.)
final class AnnouncedClient: Sendable {
    let address: IPAddress
    let entryPoint: EntryPoint
    /// Whether it came before the proxy was to stop.
    let isEarly: Bool

    init(_ address: IPAddress, over entryPoint: EntryPoint, isEarly: Bool = true) {
        self.address = address
        self.entryPoint = entryPoint
        self.isEarly = isEarly
    }

    /// The one for whom another one connected.
    init(_ address: IPAddress, like peer: AnnouncedClient) {
        self.address = address
        entryPoint = peer.entryPoint
        isEarly = peer.isEarly
    }
}
