/// What a stream loop serves. All of it is called on the loop's thread, and must not wait for anything.
package protocol StreamService: ~Copyable {
    /// A client came.
    ///
    /// - Parameter server: the number that the server was given.
    mutating func accept(_ stream: StreamID, from peer: StreamPeer, by server: Int, _ ports: StreamPorts)

    /// A connection that was asked for came about.
    mutating func connected(_ stream: StreamID, _ ports: StreamPorts)

    /// Octets came, or the peer ended its side.
    ///
    /// - Parameters:
    ///   - octets: what was not taken before, and behind it what is new; nothing if the stream was resumed and nothing
    ///     is there yet.
    ///   - hasEnded: whether nothing will follow.
    /// - Returns: how many of the octets are taken. The rest is given again, in front of what comes next or when the
    ///   stream is resumed.
    mutating func received(
        _ octets: Span<UInt8>,
        hasEnded: Bool,
        on stream: StreamID,
        _ ports: StreamPorts
    ) -> Int

    /// All that waited to be sent has left.
    mutating func drained(_ stream: StreamID, _ ports: StreamPorts)

    /// The stream broke, or could not be connected; it is closed.
    mutating func failed(_ stream: StreamID, _ reason: Errno, _ ports: StreamPorts)

    /// The deadline of the stream is over.
    mutating func expired(_ stream: StreamID, _ ports: StreamPorts)

    /// Called before each round: what others left for this thread is taken here.
    mutating func begin(_ ports: StreamPorts)

    /// Called after each round.
    mutating func end(_ ports: StreamPorts)

    /// When a round is to begin at the latest, as `StreamPorts.now` counts; nil for never.
    var deadline: Duration? { get }

    /// The loop is to end: called once, before the first round that knows.
    mutating func stop(_ ports: StreamPorts)

    /// Whether the loop, once it is to end, may.
    func isFinished(_ ports: StreamPorts) -> Bool
}
