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

/// A stream of HTTP/2, seen as a connection of HTTP/1 with one request.
class InnerLine {
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

    init(_ multiplexer: Multiplexer, _ number: UInt32, _ stream: StreamID) {
        self.multiplexer = multiplexer
        self.number = number
        self.stream = stream
    }

    /// Takes octets of HTTP/1. Returns false if they make no sense: the stream cannot go on.
    func send(_ octets: Span<UInt8>, _ bench: inout InnerBench) -> Bool { true }

    /// Sends what the windows take now.
    func flush() {}

    /// How many octets wait for the windows.
    var pendingCount: Int { 0 }

    /// How many octets of HTTP/1 came that nobody has taken yet.
    var waitingCount: Int { 0 }

    /// Whether all that there was to send is sent, its end too.
    var isSent: Bool { true }

    /// Whether the peer has ended its side.
    var hasEnded: Bool { true }

    /// A head came: it is in the connection's fields.
    func begin(isEnd: Bool, _ limits: HeadLimits) throws(HTTP2HeadFault) {}

    /// Octets of the body came. Returns false if they are more, or fewer, than was said.
    func receive(_ octets: Span<UInt8>, isEnd: Bool) -> Bool { true }

    /// What follows the body came: it is in the connection's fields.
    func receiveTrailers() throws(HTTP2HeadFault) {}

    /// Lends what came as HTTP/1 and was not taken yet, and removes what `body` says that it took.
    func take(_ body: (Span<UInt8>) -> Int) {}
}

/// What the streams of HTTP/2 of one loop share.
struct InnerBench: ~Copyable {
    var requests: RequestParser
    var responses: ResponseParser

    init(_ limits: HeadLimits) {
        // What is written here has a few octets more than what was taken.
        var limits = limits
        limits.firstLine += 1 << 12
        limits.fields += 1 << 14
        limits.fieldCount += 128
        requests = RequestParser(limits)
        responses = ResponseParser(limits)
    }
}

/// A stream that a client began.
final class ServedLine: InnerLine {
    private var served: ServedStream

    override init(_ multiplexer: Multiplexer, _ number: UInt32, _ stream: StreamID) {
        served = ServedStream(number)
        super.init(multiplexer, number, stream)
    }

    override func send(_ octets: Span<UInt8>, _ bench: inout InnerBench) -> Bool {
        served.send(octets, parser: &bench.responses, connection: &multiplexer.connection)
    }

    override func flush() { served.flush(&multiplexer.connection) }

    override var pendingCount: Int { served.pendingCount }

    override var waitingCount: Int { served.inbound.count }

    override var isSent: Bool { served.isSent }

    override var hasEnded: Bool { served.hasEnded }

    override func begin(isEnd: Bool, _ limits: HeadLimits) throws(HTTP2HeadFault) {
        try served.begin(multiplexer.connection.fields, isEnd: isEnd, limits)
    }

    override func receive(_ octets: Span<UInt8>, isEnd: Bool) -> Bool { served.receive(octets, isEnd: isEnd) }

    override func receiveTrailers() throws(HTTP2HeadFault) {
        try served.receiveTrailers(multiplexer.connection.fields)
    }

    override func take(_ body: (Span<UInt8>) -> Int) {
        let taken = body(served.inbound.octets.span)
        multiplexer.connection.credit(number, served.take(taken))
    }
}

/// A stream that was begun here, to an endpoint.
final class AskedLine: InnerLine {
    private var asked: AskedStream

    init(_ multiplexer: Multiplexer, _ number: UInt32, _ stream: StreamID, scheme: HTTP2Scheme) {
        asked = AskedStream(number, scheme: scheme)
        super.init(multiplexer, number, stream)
    }

    override func send(_ octets: Span<UInt8>, _ bench: inout InnerBench) -> Bool {
        asked.send(octets, parser: &bench.requests, connection: &multiplexer.connection)
    }

    override func flush() { asked.flush(&multiplexer.connection) }

    override var pendingCount: Int { asked.pendingCount }

    override var waitingCount: Int { asked.inbound.count }

    override var isSent: Bool { asked.isSent }

    override var hasEnded: Bool { asked.hasEnded }

    override func begin(isEnd: Bool, _ limits: HeadLimits) throws(HTTP2HeadFault) {
        try asked.begin(multiplexer.connection.fields, isEnd: isEnd, limits)
    }

    override func receive(_ octets: Span<UInt8>, isEnd: Bool) -> Bool { asked.receive(octets, isEnd: isEnd) }

    override func receiveTrailers() throws(HTTP2HeadFault) {
        try asked.receiveTrailers(multiplexer.connection.fields)
    }

    override func take(_ body: (Span<UInt8>) -> Int) {
        let taken = body(asked.inbound.octets.span)
        multiplexer.connection.credit(number, asked.take(taken))
    }
}
