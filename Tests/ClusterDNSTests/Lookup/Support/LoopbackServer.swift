import LinuxSystem
import NetworkTypes

@testable import ClusterDNS

/// A server on an address of 127.0.0.0/8 that nothing else has, over UDP and TCP.
final class LoopbackServer: Sendable {
    private static let port: UInt16 = 5353

    let upstream: Upstream
    private let thread: LoopThread
    private let asked: AsyncStream<Void>

    init(_ server: FakeServer) throws {
        let address = Self.address()
        upstream = Upstream(address, port: Self.port)
        let (asked, noted) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.asked = asked
        let sockets = try [PacketTransport.datagram, .stream].map { transport in
            let descriptor = try PacketPorts.openServer(transport, address.bytes, port: Self.port)
            return ServerSocket(descriptor: descriptor, transport: transport)
        }
        thread = try LoopThread.start(name: "dns-test") { LoopbackService(server, sockets) { noted.yield() } }
    }

    static func address() -> IPAddress {
        .v4(IPv4Address(rawValue: 127 << 24 | UInt32.random(in: 0x1_0000...0xfe_ffff)))
    }

    /// Returns when a packet has come.
    func hasBeenAsked() async {
        for await _ in asked { break }
    }

    func stop() async { await thread.stop() }
}

/// Has a `FakeServer` answer.
private struct LoopbackService: PacketService {
    private let server: FakeServer
    private let sockets: [ServerSocket]
    private let note: @Sendable () -> Void

    init(_ server: FakeServer, _ sockets: [ServerSocket], noting note: @escaping @Sendable () -> Void) {
        self.server = server
        self.sockets = sockets
        self.note = note
    }

    mutating func begin(_ ports: PacketPorts) {
        for socket in sockets { ports.serve(socket.descriptor, socket.transport) }
    }

    mutating func answer(
        _ packet: Span<UInt8>,
        from origin: PacketOrigin,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        let query = packet.indices.map { packet[$0] }
        let transport = origin.transport == .stream ? ForwarderAttempt.Transport.stream : .datagram
        var replies = (try? server.replies(to: query, transport)) ?? []
        let last = replies.popLast() ?? []
        // A stream takes one for each packet.
        if transport == .datagram { for packet in replies { ports.reply(packet.span, to: origin) } }
        for octet in last { reply.append(octet) }
        note()
        return .done
    }

    mutating func receive(_ packet: Span<UInt8>, on exchange: PacketExchange.ID, _ ports: PacketPorts) {}
    mutating func fail(_ exchange: PacketExchange.ID, _ reason: Errno, _ ports: PacketPorts) {}
    mutating func expire(_ ports: PacketPorts) {}
    var deadline: Duration? { nil }
}
