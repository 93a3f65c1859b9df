import LinuxSystem
import NetworkNamespaces
import Testing

/// Packets that a loop sends to other servers, of the same namespace.
@Suite(.timeLimit(.minutes(1)))
struct PacketExchangeTests {
    private typealias Command = ObedientService.Command

    private static let server = PacketAddress(v4: 0x7f00_0035)

    private let bed: PacketTestbed
    private let upstream: PacketTestbed

    init() throws {
        let place = try TestNamespace("packets")
        bed = try PacketTestbed(place)
        upstream = try PacketTestbed(place, mark: 9)
    }

    private func ask(
        _ transport: PacketTransport,
        _ address: PacketAddress = server,
        patience: Duration? = nil
    ) async throws -> PacketClient {
        try await bed.serve(.datagram, "127.0.0.1")
        await bed.perform { service, _ in
            service.upstream = (transport, address, 53)
            service.patience = patience
        }
        return try PacketClient(.datagram, to: "127.0.0.1", in: bed.place.namespace)
    }

    private func stop() async {
        await bed.thread.stop()
        await upstream.thread.stop()
    }

    @Test(arguments: [PacketTransport.datagram, .stream], ["127.0.0.53", "::1"])
    func `an answer comes back`(transport: PacketTransport, address: String) async throws {
        try await upstream.serve(transport, address)
        let client = try await ask(transport, address == "::1" ? PacketAddress(high: 0, low: 1) : Self.server)
        for number in UInt8(0)..<100 {
            client.send([Command.ask.rawValue, Command.echo.rawValue, number])
            #expect(client.receive() == [9, number])
        }
        #expect(await bed.perform { _, ports in ports.exchangeCount } == 0)
        await stop()
    }

    @Test func `an answer as long as a packet can be comes over a stream`() async throws {
        try await upstream.serve(.stream, "127.0.0.53")
        try await bed.serve(.stream, "127.0.0.1")
        _ = try await ask(.stream)
        let client = try PacketClient(.stream, to: "127.0.0.1", in: bed.place.namespace)
        client.sendFrames([[Command.ask.rawValue, Command.size.rawValue, 0xff, 0xff, 7]])
        #expect(client.receiveFrame() == [9] + Array(repeating: 7, count: 0xfffe))
        await stop()
    }

    @Test(arguments: [PacketTransport.datagram, .stream])
    func `a port that nobody serves is told at once`(transport: PacketTransport) async throws {
        let client = try await ask(transport)
        client.send([Command.ask.rawValue, Command.echo.rawValue])
        #expect(client.receive() == [UInt8(Errno.connectionRefused.rawValue)])
        await stop()
    }

    @Test(arguments: [PacketTransport.datagram, .stream])
    func `an address without a route is told at once`(transport: PacketTransport) async throws {
        let client = try await ask(transport, PacketAddress(v4: 0xc000_0201))
        client.send([Command.ask.rawValue, Command.echo.rawValue])
        #expect(client.receive() == [UInt8(Errno.networkUnreachable.rawValue)])
        await stop()
    }

    @Test(arguments: [PacketTransport.datagram, .stream])
    func `the service's deadline ends an exchange that nobody answers`(transport: PacketTransport) async throws {
        try await upstream.serve(transport, "127.0.0.53")
        let client = try await ask(transport, patience: .milliseconds(20))
        client.send([Command.ask.rawValue, Command.later.rawValue])
        #expect(client.receive() == [UInt8(Errno.timedOut.rawValue)])
        // What comes after it finds nobody.
        await upstream.until { service, _ in service.held.count == 1 }
        await upstream.perform { service, ports in service.release(ports) }
        client.send([Command.echo.rawValue, 1])
        #expect(client.receive() == [0, 1])
        #expect(await bed.perform { service, _ in service.strays } == 0)
        await stop()
    }

    @Test func `a stream that ends without a whole answer is told`() async throws {
        let client = try await ask(.stream)
        let server = try PacketUpstream(.stream, on: "127.0.0.53", in: bed.place.namespace)
        client.send([Command.ask.rawValue, 5])
        let asker = try server.receive()
        asker.send([0, 2, 5])
        asker.close()
        #expect(client.receive() == [UInt8(Errno.connectionReset.rawValue)])
        await stop()
    }

    @Test(arguments: [PacketTransport.datagram, .stream])
    func `an exchange that ends with its first packet gets no second`(transport: PacketTransport) async throws {
        let client = try await ask(transport)
        let server = try PacketUpstream(transport, on: "127.0.0.53", in: bed.place.namespace)
        client.send([Command.ask.rawValue, 5])
        let asker = try server.receive()
        let gate = try await bed.hold()
        switch transport {
        case .datagram: for number in UInt8(6)...7 { asker.send([number]) }
        case .stream: asker.send([0, 1, 6, 0, 1, 7])
        }
        gate.open()
        #expect(client.receive() == [6])
        client.send([Command.echo.rawValue, 1])
        #expect(client.receive() == [0, 1])
        #expect(await bed.perform { service, _ in service.strays } == 0)
        await stop()
    }
}
