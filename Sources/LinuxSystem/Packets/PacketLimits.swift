/// How much of a loop one of its sockets may have.
package struct PacketLimits: Sendable {
    /// How many batches of datagrams, how many new streams and how many packets of a stream or exchange are taken before
    /// the other sockets have their turn.
    let batchesOfTurn = 8
    let acceptsOfTurn = 64
    let packetsOfTurn = 64
    /// When a server that could not take a stream tries again, for want of descriptors or memory.
    let retry = Duration.milliseconds(100)
    /// The most streams that are open at once, and those of one address.
    package var mostStreams = 512
    package var mostStreamsOfAddress = 64
    /// How often streams are looked at.
    package var inspection = Duration.seconds(1)
    /// How long a stream may be without progress before its first packet, and later.
    package var firstPatience = Duration.seconds(3)
    package var patience = Duration.seconds(10)
    /// How long it may wait for our reply, which only guards against a service that forgets one.
    package var longestAnswer = Duration.seconds(30)
    /// How long a loop that is to end may go on for replies that others owe, and for streams that take theirs slowly.
    package var longestEnd = Duration.seconds(1)

    /// What suits DNS (RFC 7766 section 6.2.3: some seconds).
    package init() {}

    /// Whether a stream has been without progress for too long.
    func areOver(for stream: PacketStream, _ now: Duration) -> Bool {
        let limit: Duration
        if stream.unanswered > 0, !stream.hasBacklog {
            limit = longestAnswer
        } else {
            limit = stream.hasBegun ? patience : firstPatience
        }
        return now - stream.lastProgress >= limit
    }
}
