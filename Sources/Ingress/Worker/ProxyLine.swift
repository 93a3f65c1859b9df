import HTTPWire
import LinuxSystem

/// What carries the octets of a stream.
enum ProxyLine {
    /// Its own socket.
    case socket
    /// TLS over its own socket.
    case secure(SecureLine)
    /// A stream of HTTP/2, within another stream.
    case inner(InnerLine)
}

/// TLS on a stream.
final class SecureLine {
    let session: SecureSession
    /// Whether the handshake is done.
    var isEstablished = false
    /// Whether the peer has ended its side of the session.
    var hasEnded = false
    /// Whether it did so without a word: then what has no end of its own may have been cut short.
    var isCutOff = false

    init(_ session: SecureSession) {
        self.session = session
    }
}

/// A stream of HTTP/2 within a multiplexer.
final class InnerLine {
    /// Whose stream it is.
    let multiplexer: Multiplexer
    /// As HTTP/2 numbers it.
    let number: UInt32
    /// As the loop knows it.
    let stream: StreamID
    /// Somebody waits until what there is has been sent.
    var isAwaited = false
    /// Nobody has anything to do with it any more but to send what is left.
    var isLeft = false
    /// How many octets the peer had yet to take when it was last looked, once it is left.
    var rest = 0
    /// All that the client is to have is sent, and what is left is to tell it that there is nothing more.
    var isFarewell = false
    /// Why the peer has ended it before its time, or the connection is gone: what came before is all there is.
    private(set) var failure: UpstreamFailure?
    private var inner: InnerStream

    init(_ multiplexer: Multiplexer, _ number: UInt32, _ stream: StreamID, from origin: InnerStream.Origin) {
        self.multiplexer = multiplexer
        self.number = number
        self.stream = stream
        inner = InnerStream(number, from: origin)
    }

    /// Whether a client began it.
    var isOfClient: Bool { if case .client = inner.origin { true } else { false } }

    /// Takes octets of HTTP/1. Returns false if they make no sense: the stream cannot go on.
    func send(_ octets: Span<UInt8>, _ parsers: inout InnerParsers) -> Bool {
        inner.send(octets, &parsers, &multiplexer.connection)
    }

    /// Sends what the windows take now.
    func flush() { inner.flush(&multiplexer.connection) }

    /// Ends the own side of a WebSocket.
    func finish() { inner.finish(&multiplexer.connection) }

    /// Whether it is a client's request for a WebSocket.
    var isTunnel: Bool { inner.isTunnel }

    /// Nothing more leaves, and nothing more will come.
    func cut(_ failure: UpstreamFailure) {
        self.failure = failure
        inner.cut()
    }

    /// How many octets wait for the windows.
    var pendingCount: Int { inner.pendingCount }

    /// How many octets of HTTP/1 came that nobody has taken yet.
    var waitingCount: Int { inner.inbound.count }

    /// Whether all that there was to send is sent, its end too.
    var isSent: Bool { inner.isSent }

    /// Whether the peer has ended its side.
    var hasEnded: Bool { inner.hasEnded }

    /// A head came: it is in the connection's fields.
    func begin(isEnd: Bool, _ limits: HeadLimits) throws(HTTP2HeadFault) {
        try inner.begin(multiplexer.connection.fields, isEnd: isEnd, limits)
    }

    /// Octets of the body came. Returns false if they are more, or fewer, than was said.
    func receive(_ octets: Span<UInt8>, isEnd: Bool) -> Bool { inner.receive(octets, isEnd: isEnd) }

    /// What follows the body came: it is in the connection's fields.
    func receiveTrailers() throws(HTTP2HeadFault) { try inner.receiveTrailers(multiplexer.connection.fields) }

    /// What tells the peer that nobody has anything to do with the stream any more: a client whose request goes on has its
    /// whole response (RFC 9113 section 8.1).
    var lastWord: HTTP2ErrorCode {
        guard isOfClient, !isTunnel || isSent else { return .cancel }
        return isSent ? .noError : .internalError
    }

    /// Drops what came. Others have its place on the connection; the stream itself gets no further.
    func drop() { multiplexer.connection.credit(0, inner.take(waitingCount)) }

    /// Lends what came as HTTP/1 and was not taken yet, and removes what `body` says that it took.
    func take(_ body: (Span<UInt8>) -> Int) {
        let taken = body(inner.inbound.octets.span)
        multiplexer.connection.credit(number, inner.take(taken))
    }
}
