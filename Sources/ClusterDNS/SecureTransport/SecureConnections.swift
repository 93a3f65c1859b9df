/// Connections over TLS, and the questions that share them: a machine without sockets or clock, each event of which returns
/// what is to be done. `now` counts from any moment and never goes back.
struct SecureConnections: Sendable {
    private struct Question: Sendable {
        let question: SecureQuestion
        let connection: SecureConnection.ID
        /// Its number on the way.
        let number: UInt16
        /// Whether a connection was lost already that it waited on.
        let isRepeated: Bool
        /// How many messages came with its number.
        var received = 0
    }

    private(set) var connections: [SecureConnection.ID: SecureConnection] = [:]
    private var questions: [SecureQuestion.ID: Question] = [:]
    /// Upstreams that could not be reached: until when they are not dialled, and why.
    private var rests: [Upstream: (until: Duration, reason: String)] = [:]
    private var lastNumber: UInt64 = 0
    /// What was asked since the upstream came into use.
    private(set) var uses: [Upstream: ConnectionUses] = [:]

    // MARK: - Questions

    /// Sends a question as soon as there is a connection.
    mutating func ask(_ question: SecureQuestion, now: Duration) -> SecureActions {
        var actions = SecureActions()
        let isMessage = question.packet.count >= 12
        if let rest = rests[question.upstream], now < rest.until {
            actions.outcomes.append(SecureOutcome(question: question.id, result: .failed(rest.reason)))
        } else if isMessage, questions[question.id] == nil {
            put(question, isRepeated: false, now: now, &actions)
        }
        return actions
    }

    /// Nobody waits for a question any more.
    mutating func end(_ id: SecureQuestion.ID, now: Duration) -> SecureActions {
        var actions = SecureActions()
        guard let question = questions.removeValue(forKey: id) else { return actions }
        guard var connection = connections[question.connection] else { return actions }
        connection.waiting[question.number] = nil
        if connection.waiting.isEmpty, connection.isOpen {
            if connection.isSilent(at: now) {
                connections[question.connection] = nil
                actions.closes.append(question.connection)
                return actions
            }
            connection.silentSince = nil
            connection.idleSince = now
        }
        connections[question.connection] = connection
        return actions
    }

    private mutating func put(
        _ question: SecureQuestion,
        isRepeated: Bool,
        now: Duration,
        _ actions: inout SecureActions
    ) {
        let (id, isNew) = connection(to: question.upstream, now: now, &actions)
        guard var connection = connections[id], connection.waiting.count < SecureTimes.mostQuestions else {
            let reason = "too many questions wait for it"
            actions.outcomes.append(SecureOutcome(question: question.id, result: .failed(reason)))
            return
        }
        note(isNew, question.upstream)
        let number = connection.add(question.id)
        questions[question.id] = Question(
            question: question,
            connection: id,
            number: number,
            isRepeated: isRepeated
        )
        if connection.isOpen {
            connection.silentSince = connection.silentSince ?? now
            actions.writes.append((id, Self.numbered(question.packet, number)))
        }
        connections[id] = connection
    }

    private mutating func note(_ isDialled: Bool, _ upstream: Upstream) {
        if uses[upstream] == nil, uses.count >= SecureTimes.mostCounted {
            let used = Set(connections.values.map(\.upstream))
            uses = uses.filter { used.contains($0.key) }
        }
        uses[upstream, default: ConnectionUses()].note(isDialled: isDialled)
    }

    /// The connection for the next question: one that is there or to come, unless it is silent. Tells whether it is new.
    private mutating func connection(
        to upstream: Upstream,
        now: Duration,
        _ actions: inout SecureActions
    ) -> (SecureConnection.ID, isNew: Bool) {
        let known = connections.filter { $0.value.upstream == upstream }.keys.sorted()
        if let good = known.first(where: { connections[$0]?.isSilent(at: now) == false }) { return (good, false) }
        if let last = known.last, known.count >= SecureTimes.mostConnections { return (last, false) }
        return (dial(upstream, now: now, &actions), true)
    }

    private mutating func dial(
        _ upstream: Upstream,
        now: Duration,
        _ actions: inout SecureActions
    ) -> SecureConnection.ID {
        lastNumber += 1
        let id = SecureConnection.ID(number: lastNumber)
        connections[id] = SecureConnection(to: upstream, at: now)
        actions.dials.append((id, upstream))
        return id
    }

    private static func numbered(_ packet: [UInt8], _ number: UInt16) -> [UInt8] {
        var packet = packet
        packet[0] = UInt8(number >> 8)
        packet[1] = UInt8(truncatingIfNeeded: number)
        return packet
    }

    // MARK: - Connections

    /// A connection can be used: the certificate is the upstream's.
    mutating func open(_ id: SecureConnection.ID, now: Duration) -> SecureActions {
        var actions = SecureActions()
        guard var connection = connections[id], !connection.isOpen else { return actions }
        rests[connection.upstream] = nil
        actions.notes.append((connection.upstream, nil))
        connection.isOpen = true
        for (number, question) in connection.waiting.sorted(by: { $0.key < $1.key }) {
            guard let packet = questions[question]?.question.packet else { continue }
            actions.writes.append((id, Self.numbered(packet, number)))
        }
        if connection.waiting.isEmpty { connection.idleSince = now } else { connection.silentSince = now }
        connections[id] = connection
        return actions
    }

    /// A message came. Whether it answers the question is for the worker to see.
    mutating func receive(_ packet: [UInt8], on id: SecureConnection.ID, now: Duration) -> SecureActions {
        var actions = SecureActions()
        guard packet.count >= 12, let connection = connections[id] else { return actions }
        connections[id]?.silentSince = connection.waiting.isEmpty ? nil : now
        let number = UInt16(packet[0]) << 8 | UInt16(packet[1])
        guard let question = connection.waiting[number], var found = questions[question],
            found.received < SecureTimes.mostMessages
        else { return actions }
        found.received += 1
        questions[question] = found
        let sent = found.question.packet
        let original = Self.numbered(packet, UInt16(sent[0]) << 8 | UInt16(sent[1]))
        actions.outcomes.append(SecureOutcome(question: question, result: .received(original)))
        return actions
    }

    /// A connection is gone, or never came to be. Those who wait on one that was there are asked for once more, since servers
    /// close connections whenever they like (RFC 7766 section 6.2.4).
    ///
    /// - Parameter reason: for people.
    mutating func close(_ id: SecureConnection.ID, _ reason: String, now: Duration) -> SecureActions {
        var actions = SecureActions()
        guard let connection = connections.removeValue(forKey: id) else { return actions }
        let waiting = connection.waiting.sorted { $0.key < $1.key }.compactMap {
            questions.removeValue(forKey: $0.value)
        }
        for found in waiting {
            if connection.isOpen, !found.isRepeated {
                put(found.question, isRepeated: true, now: now, &actions)
            } else {
                actions.outcomes.append(SecureOutcome(question: found.question.id, result: .failed(reason)))
            }
        }
        if !connection.isOpen || waiting.contains(where: \.isRepeated) {
            rests = rests.filter { $0.value.until > now }
            rests[connection.upstream] = (now + SecureTimes.rest, reason)
            actions.notes.append((connection.upstream, reason))
        }
        return actions
    }

    // MARK: - Time

    /// When `expire` is to be called; nil for never.
    var deadline: Duration? {
        connections.values.compactMap(Self.end).min()
    }

    /// Ends what has lasted too long.
    mutating func expire(now: Duration) -> SecureActions {
        var actions = SecureActions()
        for (id, connection) in connections.sorted(by: { $0.key < $1.key }) {
            guard let end = Self.end(of: connection), end <= now else { continue }
            let others = close(id, "no connection within \(SecureTimes.dial)", now: now)
            actions.closes.append(id)
            actions.outcomes += others.outcomes
            actions.notes += others.notes
        }
        return actions
    }

    private static func end(of connection: SecureConnection) -> Duration? {
        connection.isOpen ? connection.idleSince.map { $0 + SecureTimes.idle } : connection.start + SecureTimes.dial
    }
}
