import HTTPWire
import LinuxSystem

/// A connection of HTTP/2 with the streams in it.
final class Multiplexer {
    /// Who is at the other end.
    enum Peer {
        /// What is known of it goes for each of its streams.
        case client(ClientConnection)
        case endpoint(UpstreamKey)
    }

    /// What carries it.
    let wire: StreamID
    let peer: Peer
    var connection: HTTP2Connection
    /// By their numbers.
    var lines: [UInt32: InnerLine] = [:]
    /// Whether it has come about: to an endpoint once its SETTINGS have come.
    var isOpen: Bool
    /// Whether it has carried a request to the endpoint.
    var wasAsked = false
    /// When an endpoint is asked whether it is still there.
    var pings = PingSchedule()
    /// No further streams are begun: when the last one is over, the connection is.
    var isDraining = false
    /// It is over when what there is to send has left.
    var isClosing = false
    /// Why it is, if its peer has given a reason.
    var failure: UpstreamFailure?
    /// How much waited on the wire when nothing more was read of it.
    var backlog = 0
    /// Which line the last octets were of that the connection's window had kept back.
    var lastResumed: UInt32 = 0
    /// Whether there may be something to send.
    var isDirty = false

    /// Whether requests may be begun on it.
    var isUsable: Bool { !isDraining && !pings.isUnanswered }

    /// A part of a message came.
    func noteMessage() {
        if !connection.isAwaitingPing { pings.speak() }
    }

    init(_ wire: StreamID, from client: ClientConnection) {
        self.wire = wire
        peer = .client(client)
        connection = HTTP2Connection(.server)
        isOpen = true
    }

    init(_ wire: StreamID, to endpoint: UpstreamKey) {
        self.wire = wire
        peer = .endpoint(endpoint)
        connection = HTTP2Connection(.client)
        isOpen = false
    }
}
