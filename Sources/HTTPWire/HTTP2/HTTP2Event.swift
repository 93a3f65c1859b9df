/// What a connection of HTTP/2 has to tell. A stream is known by its number.
package enum HTTP2Event: Equatable, Sendable {
    /// All octets are looked at that make whole frames: the rest is to be given again with what follows it.
    case needsMore
    /// A message begins, or an interim response: its fields are the connection's `fields`. The peer sends nothing behind it
    /// if `isEnd`.
    case head(UInt32, isEnd: Bool)
    /// What follows a body: in the connection's `fields`. It is the message's end.
    case trailers(UInt32)
    /// Octets of a body, maybe none, by their places among those that were given. They count against the windows until
    /// they are credited; what of a frame is padding is credited already.
    case data(UInt32, Range<Int>, isEnd: Bool)
    /// The stream is over: the peer, or the connection itself because of a fault of the stream, has reset it.
    case reset(UInt32, HTTP2ErrorCode)
    /// More may be sent on a stream to which `sendData` refused octets. Zero: on all of them.
    case writable(UInt32)
    /// The peer takes no new streams. Those of ours above the number were not looked at, and are over without a further
    /// event.
    case goAway(lastStream: UInt32, HTTP2ErrorCode)
    /// The connection is over because of a fault of the peer's: what is in the output tells it so.
    case failed(HTTP2ErrorCode)
}
