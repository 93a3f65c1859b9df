import DNSWire
import NetworkTypes

/// The questions for a name's addresses of both families, side by side: a machine without sockets or clock, each event of
/// which returns what is to be done. `now` counts from any moment and never goes back.
struct AddressLookup: Sendable {
    private let name: DNSName
    private var questions: [AddressQuestion]
    /// When the answer is what is known by then.
    private var end: Duration?
    private var isPatient = true
    /// Nil until it is known. Then nothing is to be done any more.
    private(set) var answer: LookupAnswer?

    init(_ name: DNSName, of servers: LookupServers) {
        self.name = name
        questions = [RecordType.a, .aaaa].enumerated().map { index, type in
            AddressQuestion(name, type, of: servers, countingFrom: UInt64(index) << 32)
        }
    }

    /// When `expire` is to be called; nil for never.
    var deadline: Duration? {
        answer == nil ? (questions.compactMap(\.deadline) + [end].compactMap { $0 }).min() : nil
    }

    mutating func begin(now: Duration, using generator: inout some RandomNumberGenerator) -> LookupActions {
        var actions = LookupActions()
        end = now + LookupTimes.whole
        for index in questions.indices { questions[index].begin(now: now, &actions, using: &generator) }
        settle(now: now, &actions)
        return actions
    }

    /// An attempt got a packet.
    mutating func receive(
        _ packet: Span<UInt8>,
        on id: ForwarderAttempt.ID,
        now: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> LookupActions {
        var actions = LookupActions()
        guard let index = questions.firstIndex(where: { $0.owns(id) }) else { return actions }
        questions[index].receive(packet, now: now, &actions, using: &generator)
        settle(now: now, &actions)
        return actions
    }

    /// An attempt cannot go on, and is ended.
    ///
    /// - Parameter reason: what the system says, for people.
    mutating func fail(
        _ id: ForwarderAttempt.ID,
        _ reason: String,
        now: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> LookupActions {
        var actions = LookupActions()
        guard let index = questions.firstIndex(where: { $0.owns(id) }) else { return actions }
        questions[index].fail(reason, now: now, &actions, using: &generator)
        settle(now: now, &actions)
        return actions
    }

    /// The deadline is over.
    mutating func expire(now: Duration, using generator: inout some RandomNumberGenerator) -> LookupActions {
        var actions = LookupActions()
        for index in questions.indices { questions[index].expire(now: now, &actions, using: &generator) }
        settle(now: now, &actions)
        return actions
    }

    /// Says the answer once both families are answered, or the time is over.
    private mutating func settle(now: Duration, _ actions: inout LookupActions) {
        guard answer == nil, let end else { return }
        if questions.contains(where: \.hasAddresses), isPatient {
            isPatient = false
            self.end = min(end, now + LookupTimes.patience)
        }
        let isOver = self.end.map { $0 <= now } ?? false
        guard isOver || questions.allSatisfy({ $0.outcome != nil }) else { return }
        for index in questions.indices { questions[index].stop(&actions) }
        answer = LookupAnswer(questions.map { ($0.type, $0.outcome) }, for: name)
    }
}

extension AddressQuestion {
    fileprivate var hasAddresses: Bool {
        if case .found = outcome { true } else { false }
    }
}
