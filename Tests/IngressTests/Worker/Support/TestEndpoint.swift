import HTTPWire
import LinuxSystem
import NIOSSL

@testable import Ingress

/// An endpoint on this host that answers requests of HTTP/1.1 and HTTP/2 with 200, as far as a test lets it.
final class TestEndpoint {
    /// One connection to it.
    final class Connection {
        let socket: TestSocket
        fileprivate let session: SecureSession?
        /// Nil as long as it speaks HTTP/1.1.
        fileprivate(set) var http2: HTTP2Connection?
        /// What came and was not looked at yet, without TLS.
        fileprivate(set) var input: [UInt8] = []
        /// Streams of requests that are not answered yet.
        fileprivate(set) var waiting: [UInt32] = []
        /// How many requests came.
        fileprivate(set) var requests = 0
        /// Whether nothing of it is looked at, as if the program hung: the kernel takes what there is room for.
        var isFrozen = false

        fileprivate init(_ socket: TestSocket, _ session: SecureSession?) {
            self.socket = socket
            self.session = session
        }

        deinit { session?.abandon() }
    }

    private let listener: TestSocket
    /// For TLS, of connections from now on; nil for none.
    var context: NIOSSLContext?
    private let room = OctetRoom(of: LoopEventLoop(now: .zero))
    private(set) var connections: [Connection] = []
    /// How many requests at a time it takes on a connection of HTTP/2.
    var streams = 100
    /// How many octets responses of HTTP/1.1 have. Those of HTTP/2 have none.
    var bodySize = 0
    /// Whether the SETTINGS say that it takes none for now, although it does.
    var isFull = false
    /// Whether connections are taken.
    var isAccepting = true
    /// Whether anything is said on connections of HTTP/2, be it the SETTINGS.
    var isSpeaking = true
    var isAnswering = true

    init(_ context: NIOSSLContext? = nil) throws {
        self.context = context
        listener = try TestSocket.listening()
    }

    var port: UInt16 { listener.port }

    /// Takes a connection that only the test deals with, if somebody has connected.
    func accept() -> TestSocket? { listener.accept() }

    /// Closes all connections.
    func closeAll() {
        for connection in connections { connection.socket.close() }
    }

    /// How many requests came.
    var requests: Int { connections.reduce(0) { $0 + $1.requests } }

    /// Takes what came, and says what there is to say.
    func turn() throws {
        while isAccepting, let socket = listener.accept() {
            let session = try context.map { try SecureSession(servingWith: $0, in: room) }
            let connection = Connection(socket, session)
            connections.append(connection)
        }
        for connection in connections where connection.socket.isOpen && !connection.isFrozen {
            connection.socket.read()
            receive(connection)
            speak(connection)
        }
    }

    private func receive(_ connection: Connection) {
        let octets = connection.socket.takeReceived()
        guard let session = connection.session else {
            connection.input += octets
            return look(connection)
        }
        if !octets.isEmpty { session.receive(octets.span) }
        while let event = session.nextEvent() {
            guard event.handshake?.applicationProtocol == "h2" else { continue }
            connection.http2 = HTTP2Connection(.server, limits)
        }
        session.takePlaintext { connection.input.append(copying: $0) }
        look(connection)
    }

    private var limits: HTTP2Limits {
        var limits = HTTP2Limits()
        limits.streams = streams
        return limits
    }

    private func look(_ connection: Connection) {
        if connection.session == nil, connection.http2 == nil, connection.input.starts(with: "PRI * HTTP/2".utf8) {
            connection.http2 = HTTP2Connection(.server, limits)
        }
        guard connection.http2 != nil else { return lookForHeads(connection) }
        var offset = 0
        let input = connection.input
        while let event = connection.http2?.next(input.span, from: &offset, now: 0), event != .needsMore {
            if case .failed = event { return connection.socket.close() }
            guard case .head(let number, _) = event else { continue }
            connection.waiting.append(number)
            connection.requests += 1
        }
        connection.input.removeFirst(offset)
    }

    private func lookForHeads(_ connection: Connection) {
        while let end = connection.input.firstRange(of: Array("\r\n\r\n".utf8)) {
            connection.input.removeFirst(end.upperBound)
            connection.waiting.append(0)
            connection.requests += 1
        }
    }

    private func speak(_ connection: Connection) {
        if isAnswering {
            for number in connection.waiting { answer(number, on: connection) }
            connection.waiting = []
        }
        if isSpeaking, var output = connection.http2?.output.octets, !output.isEmpty {
            connection.http2?.output.removeAll()
            // The first frame of all is that of the SETTINGS, which begin with the number of streams.
            if isFull, output[3] == 4 { output[14] = 0 }
            send(output, on: connection)
        }
        if let session = connection.session { connection.socket.send(session.channel.takeAll()) }
    }

    private func answer(_ number: UInt32, on connection: Connection) {
        let response = Array("HTTP/1.1 200 OK\r\nContent-Length: \(bodySize)\r\n\r\n".utf8)
        guard number > 0 else {
            return send(response + [UInt8](repeating: 0x78, count: bodySize), on: connection)
        }
        var parser = ResponseParser(HeadLimits())
        var scanned = 0
        _ = parser.parse(response.span, resumingAt: &scanned, to: .get)
        connection.http2?.send(parser.head, in: response.span, on: number, isEnd: true)
    }

    private func send(_ octets: [UInt8], on connection: Connection) {
        if let session = connection.session { session.sendAll(octets) } else { connection.socket.send(octets) }
    }
}
