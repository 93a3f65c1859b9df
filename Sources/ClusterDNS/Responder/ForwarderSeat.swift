import LinuxSystem

/// A forwarder of a worker, with the packet exchanges of its attempts.
struct ForwarderSeat {
    /// What came of an event.
    struct News {
        /// Answers to be given.
        var replies: [ClientReplies<WaitingClient>] = []
        /// What other workers may like to know.
        var learned: [LearnedAnswer] = []
    }

    var forwarder: Forwarder<WaitingClient>
    private var exchanges: ForwarderExchanges

    init(_ forwarder: Forwarder<WaitingClient>, _ exchanges: ForwarderExchanges) {
        self.forwarder = forwarder
        self.exchanges = exchanges
    }

    /// Whether an exchange is one of this forwarder's.
    func owns(_ exchange: ForwarderExchanges.Exchange) -> Bool { exchanges[exchange] != nil }

    /// Lets the forwarder do something, and does what it then wants done until there is nothing more to do.
    mutating func run(
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator,
        _ event: (inout Forwarder<WaitingClient>, inout SystemRandomNumberGenerator) -> ForwarderActions<WaitingClient>
    ) -> News {
        perform(event(&forwarder, &generator), ports, using: &generator)
    }

    mutating func receive(
        _ packet: Span<UInt8>,
        on exchange: ForwarderExchanges.Exchange,
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator
    ) -> News {
        guard let attempt = exchanges[exchange] else { return News() }
        let actions = forwarder.receive(packet, on: attempt, now: ports.now, using: &generator)
        return perform(actions, ports, using: &generator)
    }

    mutating func fail(
        _ exchange: ForwarderExchanges.Exchange,
        _ reason: String,
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator
    ) -> News {
        guard let attempt = exchanges.remove(exchange) else { return News() }
        let actions = forwarder.fail(attempt, reason, now: ports.now, using: &generator)
        return perform(actions, ports, using: &generator)
    }

    private mutating func perform(
        _ actions: ForwarderActions<WaitingClient>,
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator
    ) -> News {
        var news = News()
        var pending = [actions]
        while let current = pending.popLast() {
            for failed in exchanges.perform(ends: current.ends, starts: current.starts, ports) {
                pending.append(forwarder.fail(failed.attempt, failed.reason, now: ports.now, using: &generator))
            }
            news.replies += current.replies
            news.learned += current.learned
        }
        return news
    }
}
