/// What a packet loop serves. All of it is called on the loop's thread, and must not wait for anything.
package protocol PacketService {
    /// Answers a packet: what is appended to `reply` is sent to its origin. Datagrams that cannot be answered are not given:
    /// those from port 0, and those longer than 4096 octets.
    ///
    /// - Parameter reply: empty, with room for 1232 octets over datagrams and 65535 over streams.
    mutating func answer(
        _ packet: Span<UInt8>,
        from origin: PacketOrigin,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer

    /// An exchange got a packet. It goes on until it is ended.
    mutating func receive(_ packet: Span<UInt8>, on exchange: PacketExchange.ID, _ ports: PacketPorts)

    /// An exchange cannot go on, and is ended.
    mutating func fail(_ exchange: PacketExchange.ID, _ reason: Errno, _ ports: PacketPorts)

    /// Called before each round of packets: what others left for this thread is taken here.
    mutating func begin(_ ports: PacketPorts)

    /// Called after each round of packets: what was answered in it at once has left.
    mutating func end(_ ports: PacketPorts)

    /// When `expire` is to be called at the latest, as `PacketPorts.now` counts; nil for never.
    var deadline: Duration? { get }

    /// The deadline is over.
    mutating func expire(_ ports: PacketPorts)

    /// Whether somebody still waits for an answer of others, so that a thread that is to end waits for it, too.
    func owesReplies(_ ports: PacketPorts) -> Bool
}

extension PacketService {
    package mutating func end(_ ports: PacketPorts) {}

    /// Each exchange is for somebody who waits.
    package func owesReplies(_ ports: PacketPorts) -> Bool { ports.exchangeCount > 0 }
}

/// What a service did with a packet.
package enum PacketAnswer: Sendable {
    /// The reply is written, or there will be none.
    case done
    /// It is given later by `PacketPorts.reply(_:to:)`, after at most 30 seconds for a stream.
    case later
}
