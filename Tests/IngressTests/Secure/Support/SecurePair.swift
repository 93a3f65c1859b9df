import Ingress
import NIOCore
import NIOSSL
import SeededNumbers

/// A client and a server of TLS, each on a loop of its own, with octets carried between them.
final class SecurePair {
    let clientLoop = LoopEventLoop(now: .zero)
    let serverLoop = LoopEventLoop(now: .zero)
    let client: SecureSession
    let server: SecureSession
    private(set) var clientHeard: [SecureEvent] = []
    private(set) var serverHeard: [SecureEvent] = []
    /// All plaintext that came.
    private(set) var clientGot: [UInt8] = []
    private(set) var serverGot: [UInt8] = []
    private var pieces: Pieces

    init(
        client: NIOSSLContext,
        server: NIOSSLContext,
        serverName: String? = nil,
        peer: SocketAddress? = nil,
        cutInto pieces: Pieces = .whole
    ) throws {
        self.client = try SecureSession(
            askingWith: client,
            serverName: serverName,
            peer: peer,
            in: OctetRoom(of: clientLoop)
        )
        self.server = try SecureSession(servingWith: server, in: OctetRoom(of: serverLoop))
        self.pieces = pieces
    }

    /// A pair whose client somebody else makes.
    init(server: NIOSSLContext, askedBy client: (OctetRoom) throws -> SecureSession) throws {
        self.client = try client(OctetRoom(of: clientLoop))
        self.server = try SecureSession(servingWith: server, in: OctetRoom(of: serverLoop))
        pieces = .whole
    }

    deinit {
        client.abandon()
        server.abandon()
    }

    /// Carries octets both ways until there are none left.
    func carry() {
        while client.channel.outputCount + server.channel.outputCount > 0 {
            clientOutput().withPieces(&pieces) { server.receive($0) }
            serverOutput().withPieces(&pieces) { client.receive($0) }
            hear()
        }
        hear()
    }

    /// Takes what the client has to say.
    func clientOutput() -> [UInt8] { client.channel.takeAll() }

    /// Takes what the server has to say.
    func serverOutput() -> [UInt8] { server.channel.takeAll() }

    /// Notes what both have to tell.
    func hear() {
        while let event = client.nextEvent() { clientHeard.append(event) }
        client.takePlaintext { clientGot.append(copying: $0) }
        while let event = server.nextEvent() { serverHeard.append(event) }
        server.takePlaintext { serverGot.append(copying: $0) }
    }
}

/// How octets arrive.
enum Pieces: Sendable {
    case whole
    case octets
    case random(SeededNumbers)

    mutating func next(of count: Int) -> Int {
        switch self {
        case .whole: return count
        case .octets: return 1
        case .random(var numbers):
            defer { self = .random(numbers) }
            return Int.random(in: 1...min(count, 3000), using: &numbers)
        }
    }
}

extension [UInt8] {
    @discardableResult
    mutating func append(copying octets: Span<UInt8>) -> Int {
        for index in octets.indices { append(octets[index]) }
        return octets.count
    }

    func withPieces(_ pieces: inout Pieces, _ body: (Span<UInt8>) -> Void) {
        var start = 0
        while start < count {
            let end = start + pieces.next(of: count - start)
            body(span.extracting(start..<end))
            start = end
        }
    }
}

extension OctetChannel {
    func takeAll() -> [UInt8] {
        var octets: [UInt8] = []
        drain { octets.append(copying: $0) }
        return octets
    }
}

extension SecureSession {
    /// Sends octets at once.
    func sendAll(_ octets: [UInt8]) {
        send(octets.span)
        flush()
    }
}

extension SecureEvent {
    var handshake: SecureHandshake? { if case .established(let handshake) = self { handshake } else { nil } }
    var failure: SecureFailure? { if case .failed(let failure) = self { failure } else { nil } }
}
