import LinuxSystem
import NetworkNamespaces
import Testing

/// Streams of packets on the loopback addresses of a namespace.
@Suite(.timeLimit(.minutes(1)))
struct PacketStreamTests {
    private typealias Command = ObedientService.Command

    private let bed: PacketTestbed

    /// Streams may rest for as long as other suites take the threads that tests have.
    init() throws {
        var limits = PacketLimits()
        (limits.firstPatience, limits.patience) = (.seconds(60), .seconds(60))
        bed = try PacketTestbed(TestNamespace("packets"), limits: limits)
    }

    private func connect(_ address: String = "127.0.0.1") throws -> PacketClient {
        try PacketClient(.stream, to: address, in: bed.place.namespace)
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `packets in one piece are answered in order`(address: String) async throws {
        try await bed.serve(.stream, address)
        let client = try connect(address)
        client.sendFrames((UInt8(0)..<200).map { [Command.echo.rawValue, $0] })
        for number in UInt8(0)..<200 { #expect(client.receiveFrame() == [0, number]) }
        await bed.thread.stop()
    }

    @Test func `replies that are given later come in the order in which they are given`() async throws {
        try await bed.serve(.stream, "127.0.0.1")
        let client = try connect()
        client.sendFrames((UInt8(0)..<5).map { [Command.later.rawValue, $0] })
        client.sendFrames([[Command.laterAtOnce.rawValue, 77], [Command.ignore.rawValue]])
        client.sendFrames([[Command.echo.rawValue, 78]])
        for number in UInt8(77)...78 { #expect(client.receiveFrame() == [0, number]) }
        await bed.until { service, _ in service.held.count == 5 }
        await bed.perform { service, ports in service.release(ports) { $0.reversed() } }
        for number in (UInt8(0)..<5).reversed() { #expect(client.receiveFrame() == [0, number]) }
        await bed.thread.stop()
    }

    @Test func `no more packets are taken while many wait for their replies`() async throws {
        try await bed.serve(.stream, "127.0.0.1")
        let client = try connect()
        client.sendFrames((UInt8(0)..<200).map { [Command.later.rawValue, $0] })
        client.endWriting()
        for _ in 0..<3 {
            await bed.until { service, _ in service.held.count == 64 }
            await bed.perform { service, ports in service.release(ports) }
        }
        await bed.until { service, _ in service.held.count == 8 }
        await bed.perform { service, ports in service.release(ports) }
        for number in UInt8(0)..<200 { #expect(client.receiveFrame() == [0, number]) }
        #expect(client.receive() == [])
        await bed.thread.stop()
    }

    /// RFC 7766 section 6.2.4: who ended its side still wants its replies.
    @Test func `a client that has said its last gets its replies, then the stream ends`() async throws {
        try await bed.serve(.stream, "127.0.0.1")
        let client = try connect()
        client.sendFrames([[Command.later.rawValue, 1], [Command.echo.rawValue, 2]])
        client.send([0, 5, Command.echo.rawValue])
        client.endWriting()
        #expect(client.receiveFrame() == [0, 2])
        await bed.until { service, _ in service.held.count == 1 }
        await bed.perform { service, ports in service.release(ports) }
        #expect(client.receiveFrame() == [0, 1])
        #expect(client.receive() == [])
        await bed.thread.stop()
    }

    @Test func `a client that is gone costs the others nothing`() async throws {
        try await bed.serve(.stream, "127.0.0.1")
        do {
            let gone = try connect()
            gone.sendFrames([[Command.later.rawValue, 1], [Command.echo.rawValue, 2]])
            await bed.until { service, _ in service.held.count == 1 }
            // Closed with the reply unread: the peer gets a reset.
        }
        let client = try connect()
        client.sendFrames([[Command.later.rawValue, 3]])
        await bed.until { service, _ in service.held.count == 2 }
        await bed.perform { service, ports in service.release(ports) }
        #expect(client.receiveFrame() == [0, 3])
        await bed.thread.stop()
    }

    @Test func `replies that the client does not take hold up its packets, not those of others`() async throws {
        try await bed.serve(.stream, "127.0.0.1")
        let slow = try connect()
        let count = 300
        let large: [UInt8] = [Command.size.rawValue, 0xff, 0xff, 7]
        slow.sendFrames(Array(repeating: large, count: count))
        let other = try connect()
        for number in UInt8(0)..<20 {
            other.sendFrames([[Command.echo.rawValue, number]])
            #expect(other.receiveFrame() == [0, number])
        }
        #expect(await bed.perform { service, _ in service.answered } < count)
        for _ in 0..<count { #expect(slow.receiveFrame() == [0] + Array(repeating: 7, count: 0xfffe)) }
        await bed.thread.stop()
    }

    @Test func `packets that come octet by octet, and the longest there are, come whole`() async throws {
        try await bed.serve(.stream, "127.0.0.1")
        let client = try connect()
        for octet in [0, 3, Command.echo.rawValue, 1, 2, 0, 0, 0, 2, Command.echo.rawValue, 9] { client.send([octet]) }
        #expect(client.receiveFrame() == [0, 1, 2])
        #expect(client.receiveFrame() == [0, 9])
        let longest = [Command.echo.rawValue] + (1..<65535).map { UInt8(truncatingIfNeeded: $0) }
        client.sendFrames([longest, [Command.echo.rawValue, 3], longest])
        #expect(client.receiveFrame() == longest)
        #expect(client.receiveFrame() == [0, 3])
        #expect(client.receiveFrame() == longest)
        await bed.thread.stop()
    }

    @Test func `one address has only so many streams at once: the one that is idle longest makes room`() async throws {
        try await bed.serve(.stream, "127.0.0.1")
        let most = PacketLimits().mostStreamsOfAddress
        let clients = try (0..<most).map { _ in try connect() }
        for client in clients {
            client.sendFrames([[Command.echo.rawValue]])
            #expect(client.receiveFrame() == [0])
        }
        let other = try PacketClient(.stream, to: "127.0.0.1", from: "127.0.0.2", in: bed.place.namespace)
        other.sendFrames([[Command.echo.rawValue]])
        #expect(other.receiveFrame() == [0])
        let next = try connect()
        next.sendFrames([[Command.echo.rawValue]])
        #expect(next.receiveFrame() == [0])
        #expect(clients[0].receive() == [])
        #expect(await bed.perform { _, ports in ports.streamCount } == most + 1)
        other.sendFrames([[Command.echo.rawValue]])
        #expect(other.receiveFrame() == [0])
        await bed.thread.stop()
    }
}

/// Streams that say nothing. Their limits are short here.
@Suite(.timeLimit(.minutes(1)))
struct PacketPatienceTests {
    private typealias Command = ObedientService.Command

    private func bed(_ change: (inout PacketLimits) -> Void) async throws -> PacketTestbed {
        var limits = PacketLimits()
        (limits.inspection, limits.firstPatience, limits.patience) = (.milliseconds(5), .seconds(60), .seconds(60))
        change(&limits)
        let bed = try PacketTestbed(TestNamespace("packets"), limits: limits)
        try await bed.serve(.stream, "127.0.0.1")
        return bed
    }

    @Test func `a stream without a first packet is closed soon`() async throws {
        let bed = try await bed { $0.firstPatience = .milliseconds(30) }
        let client = try PacketClient(.stream, to: "127.0.0.1", in: bed.place.namespace)
        #expect(client.receive() == [])
        await bed.thread.stop()
    }

    @Test func `where no more streams may be, the one that is idle longest makes room`() async throws {
        let bed = try await bed { $0.mostStreams = 4 }
        var clients: [PacketClient] = []
        for number in 1...5 {
            let client = try PacketClient(.stream, to: "127.0.0.1", from: "127.0.0.\(number)", in: bed.place.namespace)
            clients.append(client)
            client.sendFrames([[Command.echo.rawValue]])
            #expect(client.receiveFrame() == [0])
            guard number == 1 else { continue }
            // Until its answer is there, the first one is not idle.
            client.sendFrames([[Command.later.rawValue, 7]])
            await bed.until { service, _ in service.held.count == 1 }
        }
        #expect(clients[1].receive() == [])
        await bed.perform { service, ports in service.release(ports) }
        #expect(clients[0].receiveFrame() == [0, 7])
        for client in clients[2...] {
            client.sendFrames([[Command.echo.rawValue, 8]])
            #expect(client.receiveFrame() == [0, 8])
        }
        await bed.thread.stop()
    }

    @Test func `octets that never make a packet keep no stream`() async throws {
        let bed = try await bed { $0.firstPatience = .milliseconds(100) }
        let client = try PacketClient(.stream, to: "127.0.0.1", in: bed.place.namespace)
        client.send([0xff, 0xff])
        var sent = 0
        while sent < 10_000, !client.hasReceived(within: 1) {
            client.send([1])
            sent += 1
        }
        #expect(sent < 10_000)
        await bed.thread.stop()
    }

    @Test func `a stream is closed some time after its last reply`() async throws {
        let bed = try await bed { $0.patience = .milliseconds(30) }
        let client = try PacketClient(.stream, to: "127.0.0.1", in: bed.place.namespace)
        client.sendFrames([[Command.echo.rawValue, 1]])
        #expect(client.receiveFrame() == [0, 1])
        #expect(client.receive() == [])
        await bed.thread.stop()
    }

    @Test func `a stream that waits for its reply is not idle`() async throws {
        let bed = try await bed { $0.patience = .milliseconds(30) }
        let waiting = try PacketClient(.stream, to: "127.0.0.1", in: bed.place.namespace)
        waiting.sendFrames([[Command.later.rawValue, 1]])
        await bed.until { service, _ in service.held.count == 1 }
        // One that came after it is closed already.
        let idle = try PacketClient(.stream, to: "127.0.0.1", in: bed.place.namespace)
        idle.sendFrames([[Command.echo.rawValue, 2]])
        #expect(idle.receiveFrame() == [0, 2])
        #expect(idle.receive() == [])
        await bed.perform { service, ports in service.release(ports) }
        #expect(waiting.receiveFrame() == [0, 1])
        await bed.thread.stop()
    }

    @Test func `a reply that never comes keeps no stream for ever`() async throws {
        let bed = try await bed { $0.longestAnswer = .milliseconds(30) }
        let client = try PacketClient(.stream, to: "127.0.0.1", in: bed.place.namespace)
        client.sendFrames([[Command.later.rawValue, 1]])
        #expect(client.receive() == [])
        await bed.perform { service, ports in service.release(ports) }
        await bed.thread.stop()
    }
}
