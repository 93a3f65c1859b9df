package import NetworkTypes

/// The first packet of a connection, as it comes into a node's stack.
package struct TracedPacket: Hashable, Sendable {
    package var source: IPAddress
    package var destination: IPAddress
    package var transport: TransportProtocol
    /// The destination's.
    package var port: UInt16
    /// The node itself sent it; else it came in by a link.
    package var isOwn: Bool

    package init(
        from source: IPAddress,
        to destination: IPAddress,
        _ transport: TransportProtocol,
        _ port: UInt16,
        isOwn: Bool
    ) {
        self.source = source
        self.destination = destination
        self.transport = transport
        self.port = port
        self.isOwn = isOwn
    }
}

/// What becomes of a packet.
package enum PacketFate: Hashable, Sendable {
    case dropped
    case rejected
    /// It reaches an address and port, its own or others that it was translated to; with its own source or, if it is
    /// masqueraded, with one of the node's.
    case delivered(to: IPAddress, UInt16, isTranslated: Bool, isMasqueraded: Bool)
}

/// A ruleset does something that the tracer has no model of, or that the kernel would refuse.
package struct TraceProblem: Error, CustomStringConvertible {
    package let description: String
}
