package import HTTPWire
package import LinuxSystem

/// How much, and how long, the proxy waits and keeps.
package struct ProxyLimits: Hashable, Sendable {
    package var heads = HeadLimits()
    /// For the handshake of TLS.
    package var handshake = StreamDelay.seconds(10)
    /// For the first octet of a request, on a connection that had one before or had none.
    package var idle = StreamDelay.seconds(180)
    /// From the first octet of a head to its last.
    package var head = StreamDelay.seconds(10)
    /// A body is slow if within so long …
    package var bodyWindow = StreamDelay.seconds(30)
    /// … fewer octets of it came while they would have been taken.
    package var bodyWindowOctets: UInt64 = 15_000
    /// A client is gone if within so long it took nothing of what waits for it.
    package var stall = StreamDelay.seconds(60)
    /// For a connection to an endpoint.
    package var connect = StreamDelay.seconds(5)
    /// How long a connection to an endpoint is kept for the next request.
    package var upstreamIdle = StreamDelay.seconds(60)
    /// The same for requests that must not be sent twice: an endpoint that closes the connection at the very moment would
    /// leave it open whether such a request was acted on.
    package var upstreamIdleOnce = StreamDelay.seconds(4)
    /// If nothing comes on a connection of HTTP/2 to an endpoint for so long while requests are under way, it is asked for a
    /// sign of life …
    package var upstreamSilence = StreamDelay.seconds(30)
    /// … which is to come within so long.
    package var upstreamSign = StreamDelay.seconds(10)
    /// How long after a PING there may be another one, whatever came in between: a little more than the five minutes of
    /// servers of gRPC, since not all take equally long to get there.
    package var upstreamPings = StreamDelay.seconds(310)
    /// For the client to close after the proxy did, before it loses what is under way.
    package var linger = StreamDelay.seconds(2)
    /// The most octets of a request's body that are taken only to get to the next request.
    package var discarded: UInt64 = 64 << 10
    /// The most octets of a request that are kept so that it can be sent again.
    package var kept = 64 << 10
    /// Of a client's HTTP/2: how many octets may wait for it before nothing more of it is read.
    package var multiplexedOutput = 256 << 10
    /// Of a stream to an endpoint: how many octets may wait for the client before another head is too much.
    package var multiplexedInput = 512 << 10
    /// The most requests on one connection.
    package var requestsOfConnection = 10_000
    /// For how long an endpoint that could not be connected is left alone while there are others.
    package var ejection = StreamDelay.seconds(10)

    /// From the first word of the end of a client's HTTP/2 to the last one: what was on its way by then is answered.
    package var goodbye = StreamDelay.seconds(1)

    /// Of that time: at its end nobody is taken any more who may have no response by then.
    package var lastResponses = StreamDelay.seconds(2)

    /// For what is under way when the proxy stops.
    package var drain = StreamDelay.seconds(10)

    package init() {}
}
