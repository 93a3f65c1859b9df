import LinuxSystem

/// A forwarder of a worker for the zones of one rule, with the packet exchanges of its attempts.
struct ForwarderSeat {
    let rule: ForwardRule
    private(set) var forwarder: Forwarder<WaitingClient>
    private var exchanges: ForwarderExchanges

    init(_ rule: ForwardRule, _ forwarder: Forwarder<WaitingClient>, _ exchanges: ForwarderExchanges) {
        self.rule = rule
        self.forwarder = forwarder
        self.exchanges = exchanges
    }

    /// Whether an exchange is one of this forwarder's.
    func owns(_ exchange: ForwarderExchanges.Exchange) -> Bool { exchanges[exchange] != nil }

    /// Lets the forwarder do something, and does what it then wants done until there is nothing more to do. Returns the
    /// answers to be given.
    mutating func run(
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator,
        _ event: (inout Forwarder<WaitingClient>, inout SystemRandomNumberGenerator) -> ForwarderActions<WaitingClient>
    ) -> [ClientReplies<WaitingClient>] {
        var replies: [ClientReplies<WaitingClient>] = []
        var pending = [event(&forwarder, &generator)]
        while let current = pending.popLast() {
            for attempt in current.ends { exchanges.end(attempt, ports) }
            for attempt in current.starts {
                do throws(SystemCallError) {
                    try exchanges.begin(attempt, ports)
                } catch {
                    let reason = "\(error.errno)"
                    pending.append(forwarder.fail(attempt.id, reason, now: ports.now, using: &generator))
                }
            }
            replies += current.replies
        }
        return replies
    }

    mutating func receive(
        _ packet: Span<UInt8>,
        on exchange: ForwarderExchanges.Exchange,
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator
    ) -> [ClientReplies<WaitingClient>] {
        guard let attempt = exchanges[exchange] else { return [] }
        let actions = forwarder.receive(packet, on: attempt, now: ports.now, using: &generator)
        return run(ports, using: &generator) { _, _ in actions }
    }

    mutating func fail(
        _ exchange: ForwarderExchanges.Exchange,
        _ reason: String,
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator
    ) -> [ClientReplies<WaitingClient>] {
        guard let attempt = exchanges.remove(exchange) else { return [] }
        let actions = forwarder.fail(attempt, reason, now: ports.now, using: &generator)
        return run(ports, using: &generator) { _, _ in actions }
    }
}
