import DNSWire
import LinuxSystem

/// The forwarders of a worker for rules that have servers of their own. Questions that run when a rule goes are answered
/// still.
struct ForwarderSeats {
    /// The octets of memory that the answers of each rule take.
    private static let cacheSize = 1 << 20

    /// Those in use, and those that only have questions to end.
    private var seats: [(rule: ForwardRule, seat: ForwarderSeat)] = []
    private var rules: Set<ForwardRule> = []
    /// How many there were.
    private var count: UInt64 = 0
    private let place: WorkerPlace
    private let hasher: NameHasher
    private let loopSecret: UInt64
    private let home: OwnZones?

    init(_ place: WorkerPlace, _ start: WorkerStart) {
        self.place = place
        hasher = start.table.hasher
        loopSecret = start.loopSecret
        home = start.forwarding.home
    }

    /// How many questions run.
    var outstanding: Int { seats.reduce(0) { $0 + $1.seat.forwarder.outstanding } }

    /// How all their upstreams are doing.
    func status(now: Duration) -> [UpstreamStatus] { seats.flatMap { $0.seat.forwarder.status(now: now) } }

    var deadline: Duration? { seats.compactMap(\.seat.forwarder.deadline).min() }

    /// Takes other rules. Forwarders of rules that stay keep what they remember.
    mutating func replace(
        by wanted: [ForwardRule],
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator
    ) -> [ClientReplies<WaitingClient>] {
        rules = Set(wanted)
        seats.removeAll { !rules.contains($0.rule) && $0.seat.forwarder.outstanding == 0 }
        var replies: [ClientReplies<WaitingClient>] = []
        for rule in wanted where !seats.contains(where: { $0.rule == rule }) {
            guard case .own(let upstreams) = rule.servers else { continue }
            var configuration = ForwarderConfiguration()
            configuration.cacheSize = Self.cacheSize
            configuration.home = home
            configuration.usesStreams = rule.usesStreams
            if let most = rule.mostQuestions { configuration.mostQuestions = most }
            count += 1
            var seat = ForwarderSeat(
                Forwarder(configuration, hasher: hasher, loopSecret: loopSecret),
                ForwarderExchanges(worker: place.number, place.secure, countingFrom: count << 40)
            )
            let news = seat.run(ports, using: &generator) { forwarder, generator in
                forwarder.replaceUpstreams(by: upstreams, policy: rule.policy, now: ports.now, using: &generator)
            }
            replies += news.replies
            seats.append((rule, seat))
        }
        return replies
    }

    /// Has the servers of a rule asked.
    mutating func resolve(
        _ question: ForwardedQuestion,
        by rule: ForwardRule,
        for client: WaitingClient,
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator
    ) -> [ClientReplies<WaitingClient>] {
        guard let index = seats.firstIndex(where: { $0.rule == rule }) else { return [] }
        let news = seats[index].seat.run(ports, using: &generator) { forwarder, generator in
            forwarder.resolve(question, for: client, now: ports.now, using: &generator)
        }
        return news.replies
    }

    mutating func expire(
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator
    ) -> [ClientReplies<WaitingClient>] {
        var replies: [ClientReplies<WaitingClient>] = []
        for index in seats.indices {
            let news = seats[index].seat.run(ports, using: &generator) { forwarder, generator in
                forwarder.expire(now: ports.now, using: &generator)
            }
            replies += news.replies
        }
        return replies
    }

    mutating func receive(
        _ packet: Span<UInt8>,
        on exchange: ForwarderExchanges.Exchange,
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator
    ) -> [ClientReplies<WaitingClient>] {
        guard let index = seats.firstIndex(where: { $0.seat.owns(exchange) }) else {
            if case .own(let id) = exchange { ports.end(id) }
            return []
        }
        return seats[index].seat.receive(packet, on: exchange, ports, using: &generator).replies
    }

    mutating func fail(
        _ exchange: ForwarderExchanges.Exchange,
        _ reason: String,
        _ ports: PacketPorts,
        using generator: inout SystemRandomNumberGenerator
    ) -> [ClientReplies<WaitingClient>] {
        guard let index = seats.firstIndex(where: { $0.seat.owns(exchange) }) else { return [] }
        return seats[index].seat.fail(exchange, reason, ports, using: &generator).replies
    }
}
