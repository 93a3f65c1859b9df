import LinuxSystem
import NetworkNamespaces
import NetworkTypes
import Testing

/// Which sockets a loop serves, and until when.
@Suite(.timeLimit(.minutes(1)))
struct PacketServerTests {
    private typealias Command = ObedientService.Command

    @Test func `what was left for the service before its thread began is taken at once`() async throws {
        let jobs = JobQueue()
        let (taken, isTaken) = AsyncStream.makeStream(of: Void.self)
        jobs.add { _, _ in isTaken.finish() }
        let thread = try LoopThread.start(name: "packets") { ObedientService(mark: 0, jobs: jobs) }
        for await _ in taken {}
        await thread.stop()
    }

    @Test(arguments: [PacketTransport.datagram, .stream])
    func `threads share what comes to one port`(transport: PacketTransport) async throws {
        let place = try TestNamespace("packets")
        let beds = try [
            PacketTestbed(place, mark: 1),
            PacketTestbed(place, mark: 2),
        ]
        for bed in beds { try await bed.serve(transport, "127.0.0.1") }
        var marks: Set<UInt8> = []
        for _ in 0..<64 where marks.count < 2 {
            let client = try PacketClient(transport, to: "127.0.0.1", in: place.namespace)
            switch transport {
            case .datagram:
                client.send([Command.echo.rawValue])
                marks.formUnion(client.receive() ?? [])
            case .stream:
                client.sendFrames([[Command.echo.rawValue]])
                marks.formUnion(client.receiveFrame() ?? [])
            }
        }
        #expect(marks == [1, 2])
        for bed in beds { await bed.thread.stop() }
    }

    @Test func `another thread takes a socket with all that waits in it`() async throws {
        let place = try TestNamespace("packets")
        let (first, second) = (try PacketTestbed(place, mark: 1), try PacketTestbed(place, mark: 2))
        let datagrams = try await first.serve(.datagram, "127.0.0.1")
        let streams = try await first.serve(.stream, "127.0.0.1")
        let client = try PacketClient(.datagram, to: "127.0.0.1", in: place.namespace)
        let old = try PacketClient(.stream, to: "127.0.0.1", in: place.namespace)
        client.send([Command.echo.rawValue])
        #expect(client.receive() == [1])
        old.sendFrames([[Command.echo.rawValue]])
        #expect(old.receiveFrame() == [1])

        await first.perform { _, ports in for server in [datagrams, streams] { ports.stopServing(server) } }
        client.send([Command.echo.rawValue])
        let new = try PacketClient(.stream, to: "127.0.0.1", in: place.namespace)
        new.sendFrames([[Command.echo.rawValue]])
        // A stream that was there goes on, and is answered after the others would have been.
        old.sendFrames([[Command.echo.rawValue, 5]])
        #expect(old.receiveFrame() == [1, 5])
        #expect(!client.hasReceived())
        #expect(!new.hasReceived())

        await second.perform { _, ports in
            ports.serve(datagrams, .datagram)
            ports.serve(streams, .stream)
        }
        #expect(client.receive() == [2])
        #expect(new.receiveFrame() == [2])
        for bed in [first, second] { await bed.thread.stop() }
    }

    /// The number of a descriptor may be another socket's by then.
    @Test func `a datagram whose socket was given up meanwhile gets no reply by another`() async throws {
        let bed = try PacketTestbed(TestNamespace("packets"))
        let server = try await bed.serve(.datagram, "127.0.0.1")
        let client = try PacketClient(.datagram, to: "127.0.0.1", in: bed.place.namespace)
        client.send([Command.later.rawValue, 1])
        await bed.until { service, _ in service.held.count == 1 }
        await bed.perform { service, ports in
            ports.stopServing(server)
            ports.serve(server, .datagram)
            service.release(ports)
        }
        client.send([Command.echo.rawValue, 2])
        #expect(client.receive() == [0, 2])
        await bed.thread.stop()
    }

    @Test func `an address that another program holds is refused, one that is not there yet is not`() throws {
        let place = try TestNamespace("packets")
        let bed = try PacketTestbed(place)
        let other = try TestSocket.listening(.udp, on: 53, in: place.namespace)
        let error = #expect(throws: SystemCallError.self) { _ = try bed.open(.datagram, "::1") }
        #expect(error?.errno == .addressInUse)
        let holder = try place.namespace.run { SocketHolder.ofPort(53, [127, 0, 0, 1], .datagram) }
        #expect(holder.map { Int32($0.processID) } == ProcessFacts.processID)
        #expect(throws: Never.self) { _ = try bed.open(.datagram, "192.0.2.1", port: 54) }
        withExtendedLifetime(other) {}
    }

    // MARK: - The end

    /// More sockets than the kernel tells at once.
    @Test func `a thread that stops answers what waits at all its sockets`() async throws {
        let bed = try PacketTestbed(TestNamespace("packets"))
        for port in UInt16(1000)..<1100 { try await bed.serve(.datagram, "127.0.0.1", port: port) }
        try await bed.serve(.stream, "127.0.0.1")
        let old = try PacketClient(.stream, to: "127.0.0.1", in: bed.place.namespace)
        old.sendFrames([[Command.echo.rawValue]])
        #expect(old.receiveFrame() == [0])

        let gate = try await bed.hold()
        let clients = try (UInt16(1000)..<1100).map {
            try PacketClient(.datagram, to: "127.0.0.1", port: $0, in: bed.place.namespace)
        }
        for client in clients { client.send([Command.echo.rawValue, 1]) }
        let new = try PacketClient(.stream, to: "127.0.0.1", in: bed.place.namespace)
        for client in [old, new] { client.sendFrames([[Command.echo.rawValue, 2], [Command.echo.rawValue, 3]]) }
        async let stopped: Void = bed.thread.stop()
        // Most likely the thread is told before it goes on; all are answered in any case.
        for _ in 0..<1000 { await Task.yield() }
        gate.open()
        await stopped

        for client in clients { #expect(client.hasReceived() && client.receive() == [0, 1]) }
        for client in [old, new] {
            #expect(client.receiveFrame() == [0, 2])
            #expect(client.receiveFrame() == [0, 3])
            #expect(client.receive() == [])
        }
    }

    @Test func `a thread that stops waits for a client that takes its replies slowly`() async throws {
        let bed = try PacketTestbed(TestNamespace("packets"), limits: .withLongEnd)
        try await bed.serve(.stream, "127.0.0.1")
        let client = try PacketClient(.stream, to: "127.0.0.1", in: bed.place.namespace)
        let large: [UInt8] = [Command.size.rawValue, 0xff, 0xff, 7]
        client.sendFrames(Array(repeating: large, count: 200))
        await bed.until { service, _ in service.answered > 0 }
        async let stopped: Void = bed.thread.stop()
        for _ in 0..<200 { #expect(client.receiveFrame()?.count == 0xffff) }
        #expect(client.receive() == [])
        await stopped
    }

    @Test func `a thread that stops waits for what its exchanges bring`() async throws {
        let place = try TestNamespace("packets")
        let (upstream, bed) = (try PacketTestbed(place, mark: 9), try PacketTestbed(place, limits: .withLongEnd))
        try await upstream.serve(.datagram, "127.0.0.53")
        try await bed.serve(.datagram, "127.0.0.1")
        await bed.perform { service, _ in
            service.upstream = (.datagram, PacketAddress(v4: 0x7f00_0035), 53)
        }
        let client = try PacketClient(.datagram, to: "127.0.0.1", in: place.namespace)
        client.send([Command.ask.rawValue, Command.later.rawValue, 5])
        await upstream.until { service, _ in service.held.count == 1 }
        async let stopped: Void = bed.thread.stop()
        await upstream.perform { service, ports in service.release(ports) }
        await stopped
        #expect(client.receive() == [9, 5])
        await upstream.thread.stop()
    }

    @Test func `a thread stops although others owe it replies`() async throws {
        var limits = PacketLimits()
        limits.longestEnd = .milliseconds(20)
        let bed = try PacketTestbed(TestNamespace("packets"), limits: limits)
        try await bed.serve(.datagram, "127.0.0.1")
        let silent = try bed.open(.datagram, "127.0.0.53")
        await bed.perform { service, _ in
            service.upstream = (.datagram, PacketAddress(v4: 0x7f00_0035), 53)
        }
        let client = try PacketClient(.datagram, to: "127.0.0.1", in: bed.place.namespace)
        client.send([Command.ask.rawValue, Command.echo.rawValue])
        await bed.until { service, _ in service.answered == 1 }
        await bed.thread.stop()
        #expect(!client.hasReceived())
        withExtendedLifetime(silent) {}
    }
}

extension PacketLimits {
    /// So long that only the events that are waited for end a loop.
    fileprivate static var withLongEnd: PacketLimits {
        var limits = PacketLimits()
        limits.longestEnd = .seconds(60)
        return limits
    }
}
