import LinuxSystem
import NetworkTypes

/// How the packets of a forwarder's attempts travel.
struct ForwarderExchanges {
    /// The way of one attempt.
    enum Exchange: Hashable {
        /// Over the worker's own sockets.
        case own(PacketExchange.ID)
        /// Over connections that all workers share.
        case secure(SecureQuestion.ID)
    }

    private var exchanges: [ForwarderAttempt.ID: Exchange] = [:]
    private var attempts: [Exchange: ForwarderAttempt.ID] = [:]
    private let worker: Int
    private let secure: SecureTransport
    private var lastNumber: UInt64

    /// - Parameters:
    ///   - worker: the number of the worker.
    ///   - number: behind which questions over TLS are counted, so that no two forwarders of a worker have the same.
    init(worker: Int, _ secure: SecureTransport, countingFrom number: UInt64 = 0) {
        self.worker = worker
        self.secure = secure
        lastNumber = number
    }

    /// The attempt that an exchange is of.
    subscript(_ exchange: Exchange) -> ForwarderAttempt.ID? { attempts[exchange] }

    /// Ends attempts, then sends the packets of others. Returns those that could not begin, and why.
    mutating func perform(
        ends: [ForwarderAttempt.ID],
        starts: [ForwarderAttempt],
        _ ports: PacketPorts
    ) -> [(attempt: ForwarderAttempt.ID, reason: String)] {
        for attempt in ends { end(attempt, ports) }
        var failed: [(attempt: ForwarderAttempt.ID, reason: String)] = []
        for attempt in starts {
            do throws(SystemCallError) {
                try begin(attempt, ports)
            } catch {
                failed.append((attempt.id, "\(error.errno)"))
            }
        }
        return failed
    }

    private mutating func begin(_ attempt: ForwarderAttempt, _ ports: PacketPorts) throws(SystemCallError) {
        let exchange: Exchange =
            switch attempt.transport {
            case .datagram: .own(try Self.begin(attempt, over: .datagram, ports))
            case .stream: .own(try Self.begin(attempt, over: .stream, ports))
            case .tls: .secure(beginSecure(attempt))
            }
        exchanges[attempt.id] = exchange
        attempts[exchange] = attempt.id
    }

    private static func begin(
        _ attempt: ForwarderAttempt,
        over transport: PacketTransport,
        _ ports: PacketPorts
    ) throws(SystemCallError) -> PacketExchange.ID {
        try ports.begin(
            attempt.packet,
            with: PacketAddress(attempt.upstream.address),
            port: attempt.upstream.port,
            over: transport,
            scope: try attempt.upstream.zone.map { zone throws(SystemCallError) in try PacketPorts.scope(ofZone: zone) }
                ?? 0
        )
    }

    private mutating func beginSecure(_ attempt: ForwarderAttempt) -> SecureQuestion.ID {
        lastNumber += 1
        let id = SecureQuestion.ID(worker: worker, number: lastNumber)
        secure.ask(SecureQuestion(id: id, upstream: attempt.upstream, packet: attempt.packet))
        return id
    }

    /// Waits no longer for packets of an attempt.
    private mutating func end(_ attempt: ForwarderAttempt.ID, _ ports: PacketPorts) {
        guard let exchange = exchanges.removeValue(forKey: attempt) else { return }
        attempts[exchange] = nil
        switch exchange {
        case .own(let id): ports.end(id)
        case .secure(let id): secure.end(id)
        }
    }

    /// Forgets an exchange that ended. Returns its attempt.
    mutating func remove(_ exchange: Exchange) -> ForwarderAttempt.ID? {
        guard let attempt = attempts.removeValue(forKey: exchange) else { return nil }
        exchanges[attempt] = nil
        return attempt
    }
}
