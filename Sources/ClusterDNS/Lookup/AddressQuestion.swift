import DNSWire
import NetworkTypes

/// The question for a name's addresses of one family, put to one server after the other: a machine without sockets or
/// clock, each event of which adds to what is to be done. `now` counts from any moment and never goes back.
struct AddressQuestion: Sendable {
    /// How it ended.
    enum Outcome: Sendable, Hashable {
        case found([IPAddress], lifetime: UInt32)
        /// What is absent is said of the last name of the chain of aliases; the lifetime is in seconds.
        case absent(ResponseCode, DNSName, lifetime: UInt32)
        case failed(String)
    }

    private struct Attempt: Sendable {
        let id: ForwarderAttempt.ID
        let query: UpstreamQuery
        let transport: ForwarderAttempt.Transport
        let end: Duration
    }

    /// Nil as long as it goes on.
    private(set) var outcome: Outcome?
    private let servers: LookupServers
    /// For the name that is asked for now: the first one, or one that aliases lead to.
    private var question: ForwardedQuestion
    private var candidates: [Upstream] = []
    /// How many attempts were given up for that name.
    private var turn = 0
    /// What was wrong with each server.
    private var faults: [Upstream: UpstreamFault] = [:]
    /// Those that did not understand EDNS.
    private var withoutExtensions: Set<Upstream> = []
    private var attempt: Attempt?
    private var lastNumber: UInt64
    /// How many aliases were followed beyond an answer, and how long they hold, in seconds.
    private var aliases = 0
    private var aliasLifetime = UInt32.max

    /// - Parameter number: behind which its attempts are counted; those of no other question may follow it.
    init(_ name: DNSName, _ type: RecordType, of servers: LookupServers, countingFrom number: UInt64) {
        question = ForwardedQuestion(name, type)
        self.servers = servers
        lastNumber = number
    }

    /// The type of records that are asked for.
    var type: RecordType { question.type }

    /// When `expire` is to be called; nil for never.
    var deadline: Duration? { attempt?.end }

    /// Whether it waits for what comes of an attempt.
    func owns(_ id: ForwarderAttempt.ID) -> Bool { attempt?.id == id }

    // MARK: - Events

    /// Asks for the name.
    mutating func begin(
        now: Duration,
        _ actions: inout LookupActions,
        using generator: inout some RandomNumberGenerator
    ) {
        if let known = Self.known(question) {
            return take(known, now: now, &actions, using: &generator)
        }
        candidates = servers[question.name]
        turn = 0
        faults = [:]
        if let first = candidates.first {
            start(first, first.transport, now: now, &actions, using: &generator)
        } else {
            outcome = .failed(servers.absence(for: question.name))
        }
    }

    /// The attempt got a packet.
    mutating func receive(
        _ packet: Span<UInt8>,
        now: Duration,
        _ actions: inout LookupActions,
        using generator: inout some RandomNumberGenerator
    ) {
        guard let attempt else { return }
        let upstream = candidates[turn % candidates.count]
        switch UpstreamReply(packet, to: attempt.query, for: question, home: servers.home) {
        case .foreign, .mistrusted: break
        case .answer(let answer):
            end(&actions)
            take(answer, now: now, &actions, using: &generator)
        case .truncated where attempt.transport == .datagram:
            end(&actions)
            start(upstream, .stream, now: now, &actions, using: &generator)
        case .truncated: lose(.truncated, now: now, &actions, using: &generator)
        case .withoutExtensions:
            withoutExtensions.insert(upstream)
            end(&actions)
            start(upstream, attempt.transport, now: now, &actions, using: &generator)
        case .fault(let fault, _, _): lose(fault, now: now, &actions, using: &generator)
        }
    }

    /// The attempt cannot go on, and is ended.
    mutating func fail(
        _ reason: String,
        now: Duration,
        _ actions: inout LookupActions,
        using generator: inout some RandomNumberGenerator
    ) {
        guard attempt != nil else { return }
        attempt = nil
        lose(.unreachable(reason), now: now, &actions, using: &generator)
    }

    /// Gives up an attempt that has lasted too long.
    mutating func expire(
        now: Duration,
        _ actions: inout LookupActions,
        using generator: inout some RandomNumberGenerator
    ) {
        guard let attempt, attempt.end <= now else { return }
        lose(.silent, now: now, &actions, using: &generator)
    }

    /// Nobody waits for it any longer.
    mutating func stop(_ actions: inout LookupActions) {
        guard outcome == nil else { return }
        end(&actions)
        let limit = "no answer within \(LookupTimes.whole.components.seconds) s"
        outcome = .failed(faults.isEmpty ? limit : "\(complaint); \(limit)")
    }

    // MARK: - Attempts

    private mutating func start(
        _ upstream: Upstream,
        _ transport: ForwarderAttempt.Transport,
        now: Duration,
        _ actions: inout LookupActions,
        using generator: inout some RandomNumberGenerator
    ) {
        let query = UpstreamQuery(
            question,
            hasMixedCase: false,
            hasExtensions: !withoutExtensions.contains(upstream),
            isPadded: transport == .tls,
            using: &generator
        )
        lastNumber += 1
        let id = ForwarderAttempt.ID(number: lastNumber)
        attempt = Attempt(id: id, query: query, transport: transport, end: now + LookupTimes.attempt)
        actions.starts.append(
            ForwarderAttempt(id: id, upstream: upstream, transport: transport, packet: query.octets)
        )
    }

    /// Goes on with the next server.
    private mutating func lose(
        _ fault: UpstreamFault,
        now: Duration,
        _ actions: inout LookupActions,
        using generator: inout some RandomNumberGenerator
    ) {
        end(&actions)
        faults[candidates[turn % candidates.count]] = fault
        turn += 1
        guard turn < candidates.count * LookupTimes.rounds else {
            outcome = .failed(complaint)
            return
        }
        let next = candidates[turn % candidates.count]
        start(next, next.transport, now: now, &actions, using: &generator)
    }

    private mutating func end(_ actions: inout LookupActions) {
        guard let id = attempt?.id else { return }
        attempt = nil
        // One that the same event started is never heard of.
        if let index = actions.starts.firstIndex(where: { $0.id == id }) {
            actions.starts.remove(at: index)
        } else {
            actions.ends.append(id)
        }
    }

    /// What was wrong with each server, in their order.
    private var complaint: String {
        candidates.compactMap { server in faults[server].map { "\(server): \($0)" } }.joined(separator: "; ")
    }

    // MARK: - Answers

    /// What is said of names that others are never asked for.
    private static func known(_ question: ForwardedQuestion) -> UpstreamAnswer? {
        guard let message = SpecialNames.answer(question)?.message(to: question) else { return nil }
        return try? UpstreamAnswer(message, to: question)
    }

    private mutating func take(
        _ answer: UpstreamAnswer,
        now: Duration,
        _ actions: inout LookupActions,
        using generator: inout some RandomNumberGenerator
    ) {
        let addresses = answer.code == .noError ? answer.answers.compactMap(\.data.address) : []
        let ownLifetime = answer.answers.map(\.ttl).min() ?? .max
        let lifetime = min(aliasLifetime, ownLifetime)
        guard addresses.isEmpty else {
            outcome = .found(addresses, lifetime: lifetime)
            return
        }
        var chain = AliasChain(question, home: servers.home)
        _ = chain.walk(answer.answers)
        let isProven = answer.authorities.contains { $0.type == .soa }
        guard answer.code == .noError, !isProven, chain.name != question.name else {
            let absence = isProven ? answer.lifetime : LookupTimes.absence
            outcome = .absent(answer.code, chain.name, lifetime: min(lifetime, absence))
            return
        }
        follow(chain.name, lifetime: lifetime, now: now, &actions, using: &generator)
    }

    /// Asks for the name that an alias leads to, of which the answer did not say anything.
    private mutating func follow(
        _ target: DNSName,
        lifetime: UInt32,
        now: Duration,
        _ actions: inout LookupActions,
        using generator: inout some RandomNumberGenerator
    ) {
        aliases += 1
        aliasLifetime = lifetime
        guard aliases <= LookupTimes.mostAliases else {
            outcome = .failed("its aliases do not end: the last one leads to \(target)")
            return
        }
        question = question.asking(target)
        begin(now: now, &actions, using: &generator)
    }
}

extension RecordData {
    /// The address of an A or AAAA record; nil for others.
    fileprivate var address: IPAddress? {
        switch self {
        case .a(let address): .v4(address)
        case .aaaa(let address): .v6(address)
        default: nil
        }
    }
}
