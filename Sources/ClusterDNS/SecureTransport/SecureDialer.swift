import LinuxSystem
import NIOCore
import NIOPosix
import NIOSSL
import TLSTrust

/// Does what `SecureConnections` wants done. Everything of it happens on one event loop.
final class SecureDialer {
    private let trust: UpstreamTrust
    private let loop: any EventLoop
    private let deliver: (SecureOutcome) -> Void
    private let note: (Upstream, String?) -> Void
    private var machine = SecureConnections()
    private var channels: [SecureConnection.ID: any Channel] = [:]
    private var alarm: (time: Duration, task: Scheduled<Void>)?
    private var isStopped = false
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(
        _ trust: UpstreamTrust,
        on loop: any EventLoop,
        delivering deliver: @escaping @Sendable (SecureOutcome) -> Void,
        noting note: @escaping @Sendable (Upstream, String?) -> Void
    ) {
        self.trust = trust
        self.loop = loop
        self.deliver = deliver
        self.note = note
        start = clock.now
    }

    private var now: Duration { start.duration(to: clock.now) }

    func ask(_ question: SecureQuestion) { perform(machine.ask(question, now: now)) }

    /// How upstreams were asked.
    var uses: [Upstream: ConnectionUses] { machine.uses }

    func end(_ id: SecureQuestion.ID) { perform(machine.end(id, now: now)) }

    /// A connection's certificate is verified.
    func open(_ id: SecureConnection.ID) { perform(machine.open(id, now: now)) }

    func receive(_ packet: [UInt8], on id: SecureConnection.ID) { perform(machine.receive(packet, on: id, now: now)) }

    /// A connection is gone, or never came to be.
    ///
    /// - Parameter error: nil if the upstream closed it.
    func close(_ id: SecureConnection.ID, _ error: (any Error)?) {
        channels[id] = nil
        guard !isStopped, let connection = machine.connections[id] else { return }
        let upstream = connection.upstream
        let trouble = SecureTrouble(error, with: upstream)
        guard case .refusedCertificate = trouble else {
            return perform(machine.close(id, trouble.description, now: now))
        }
        // Those who wait hear of it with the reason.
        let (bound, trust, loop) = (NIOLoopBound(self, eventLoop: loop), trust, loop)
        loop.makeFutureWithTask { await trust.problem(with: upstream, on: loop) }.whenSuccess { reason in
            bound.value.perform(bound.value.machine.close(id, reason, now: bound.value.now))
        }
    }

    /// Closes all connections, and does nothing from then on.
    func stop() {
        isStopped = true
        alarm?.task.cancel()
        for channel in channels.values { channel.close(promise: nil) }
        channels = [:]
    }

    private func perform(_ actions: SecureActions) {
        guard !isStopped else { return }
        for id in actions.closes { channels.removeValue(forKey: id)?.close(promise: nil) }
        for write in actions.writes {
            guard let channel = channels[write.connection] else { continue }
            var buffer = channel.allocator.buffer(capacity: write.packet.count + 2)
            // In one piece with its length (RFC 7766 section 8).
            buffer.writeInteger(UInt16(write.packet.count))
            buffer.writeBytes(write.packet)
            channel.writeAndFlush(buffer, promise: nil)
        }
        for outcome in actions.outcomes { deliver(outcome) }
        for (upstream, trouble) in actions.notes { note(upstream, trouble) }
        for (id, upstream) in actions.dials { dial(upstream, id) }
        keepTime()
    }

    private func dial(_ upstream: Upstream, _ id: SecureConnection.ID) {
        let context: NIOSSLContext
        do throws(CertificateFileError) {
            context = try trust.context()
        } catch {
            return perform(machine.close(id, "\(error)", now: now))
        }
        let bound = NIOLoopBound(self, eventLoop: loop)
        let name = upstream.serverName
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.nanoseconds(Int64(SecureTimes.dial / .nanoseconds(1))))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                    try pipeline.addHandler(SecureStream(id, of: bound.value))
                }
            }
        bootstrap.connect(host: upstream.host, port: Int(upstream.port)).hop(to: loop).whenComplete { result in
            switch result {
            case .success(let channel): bound.value.note(channel, of: id)
            case .failure(let error): bound.value.close(id, error)
            }
        }
    }

    private func note(_ channel: any Channel, of id: SecureConnection.ID) {
        if isStopped || machine.connections[id] == nil { channel.close(promise: nil) } else { channels[id] = channel }
    }

    private func keepTime() {
        let deadline = machine.deadline
        guard alarm?.time != deadline else { return }
        alarm?.task.cancel()
        alarm = nil
        guard let deadline else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        let task = loop.scheduleTask(in: .nanoseconds(Int64(max(.zero, deadline - now) / .nanoseconds(1)))) {
            bound.value.alarm = nil
            bound.value.perform(bound.value.machine.expire(now: bound.value.now))
        }
        alarm = (deadline, task)
    }
}

extension Upstream {
    /// Its address as getaddrinfo takes it.
    var host: String { "\(address)" + (zone.map { "%\($0)" } ?? "") }

    /// What its certificate has to name; nil for the address.
    var serverName: String? {
        if case .tls(let name) = security { name } else { nil }
    }
}
