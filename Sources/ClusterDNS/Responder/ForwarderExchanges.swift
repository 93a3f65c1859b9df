import LinuxSystem
import NetworkTypes

/// The packet exchanges of a forwarder's attempts.
struct ForwarderExchanges {
    private var exchanges: [ForwarderAttempt.ID: PacketExchange.ID] = [:]
    private var attempts: [PacketExchange.ID: ForwarderAttempt.ID] = [:]

    /// The attempt that an exchange is of.
    subscript(_ exchange: PacketExchange.ID) -> ForwarderAttempt.ID? { attempts[exchange] }

    /// Sends the packet of an attempt.
    mutating func begin(_ attempt: ForwarderAttempt, _ ports: PacketPorts) throws(SystemCallError) {
        let exchange = try ports.begin(
            attempt.packet,
            with: PacketAddress(attempt.upstream.address),
            port: attempt.upstream.port,
            over: attempt.transport == .stream ? .stream : .datagram,
            scope: try attempt.upstream.zone.map { zone throws(SystemCallError) in try PacketPorts.scope(ofZone: zone) }
                ?? 0
        )
        exchanges[attempt.id] = exchange
        attempts[exchange] = attempt.id
    }

    /// Forgets an attempt. Returns its exchange, which is to be ended.
    mutating func remove(_ attempt: ForwarderAttempt.ID) -> PacketExchange.ID? {
        guard let exchange = exchanges.removeValue(forKey: attempt) else { return nil }
        attempts[exchange] = nil
        return exchange
    }

    /// Forgets an exchange that ended. Returns its attempt.
    mutating func remove(_ exchange: PacketExchange.ID) -> ForwarderAttempt.ID? {
        guard let attempt = attempts.removeValue(forKey: exchange) else { return nil }
        exchanges[attempt] = nil
        return attempt
    }
}
