import Ingress
import LinuxSystem
import NIOSSL
import NetworkNamespaces
import Testing

/// Two loops with one store, asked by OpenSSL.
@Suite struct ResumptionTests {
    /// Greets each client over TLS and closes.
    private struct Greeter: StreamService, SendableMetatype {
        let listener: SharedDescriptor
        let store: CertificateStore
        let loop: LoopEventLoop
        let room: OctetRoom
        var sessions: [StreamID: SecureSession] = [:]
        var isServing = false

        init(_ listener: SharedDescriptor, _ store: CertificateStore) {
            self.listener = listener
            self.store = store
            loop = LoopEventLoop(now: .zero)
            room = OctetRoom(of: loop)
        }

        mutating func begin(_ ports: StreamPorts) {
            loop.runDue(now: ports.now)
            guard !isServing else { return }
            isServing = (try? ports.serve(listener, as: 0)) != nil
        }

        mutating func accept(_ stream: StreamID, from _: StreamPeer, by _: Int, _: StreamPorts) {
            sessions[stream] = try? SecureSession(servingWith: store.context, in: room)
        }

        mutating func received(
            _ octets: Span<UInt8>,
            hasEnded: Bool,
            on stream: StreamID,
            _ ports: StreamPorts
        ) -> Int {
            guard let session = sessions[stream] else { return octets.count }
            session.receive(octets)
            if hasEnded { session.receiveEnd() }
            while let event = session.nextEvent() {
                guard case .established = event else { continue }
                session.sendAll(Array("hello\n".utf8))
                session.close()
            }
            session.channel.drain { output in
                ports.send(output, on: stream)
                return output.count
            }
            if session.channel.isOutputEnded { ports.finish(stream) }
            if hasEnded { end(stream, ports) }
            return octets.count
        }

        mutating func failed(_ stream: StreamID, _: Errno, _ ports: StreamPorts) { end(stream, ports) }

        mutating func stop(_ ports: StreamPorts) {
            for stream in Array(sessions.keys) { end(stream, ports) }
            loop.end()
        }

        private mutating func end(_ stream: StreamID, _ ports: StreamPorts) {
            sessions.removeValue(forKey: stream)?.abandon()
            ports.close(stream)
        }

        func connected(_: StreamID, _: StreamPorts) {}
        func drained(_: StreamID, _: StreamPorts) {}
        func expired(_: StreamID, _: StreamPorts) {}
        func end(_: StreamPorts) {}
        var deadline: Duration? { loop.nextDeadline }
        func isFinished(_: StreamPorts) -> Bool { true }
    }

    /// A loop that greets at a port of its own.
    private func greeter(_ store: CertificateStore) throws -> (port: UInt16, thread: LoopThread) {
        for _ in 0..<20 {
            let port = UInt16.random(in: 20_000..<60_000)
            guard let listener = try? PacketPorts.openServer(.stream, [127, 0, 0, 1], port: port) else { continue }
            return (port, try LoopThread.start(name: "greeter") { Greeter(listener, store) })
        }
        throw SystemCallError(call: "bind", subject: "127.0.0.1", errno: .addressInUse)
    }

    /// What OpenSSL says of a connection.
    private func ask(_ port: UInt16, _ version: String, _ words: String...) throws -> String {
        let client = ["timeout", "20", "openssl", "s_client", "-ign_eof", "-connect", "127.0.0.1:\(port)"]
        return try RunningTool(client + ["-servername", "a.example", version] + words).wait().output
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `a client resumes on one loop what it began on another`(_ version: String) async throws {
        let store = try CertificateStore(standard: TestCertificates.make("a.example"), protocols: ["http/1.1"])
        let loops = [try greeter(store), try greeter(store)]
        let file = "/tmp/linnet-session-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? Files.remove(file) }
        let first = try ask(loops[0].port, version, "-sess_out", file)
        #expect(first.contains("hello") && first.contains("New, TLSv1") && first.contains("CN = a.example"))
        for port in [loops[1].port, loops[0].port] {
            let next = try ask(port, version, "-sess_in", file)
            #expect(next.contains("hello") && next.contains("Reused, TLSv1"))
        }
        // Another store's tickets are another's.
        let stranger = try greeter(
            CertificateStore(standard: TestCertificates.make("a.example"), protocols: ["http/1.1"])
        )
        #expect(try ask(stranger.port, version, "-sess_in", file).contains("New, TLSv1"))
        for thread in loops.map(\.thread) + [stranger.thread] { await thread.stop() }
    }
}
