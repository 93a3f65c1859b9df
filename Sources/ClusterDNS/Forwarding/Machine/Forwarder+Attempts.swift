import DNSWire

extension Forwarder {
    /// An attempt got a packet.
    package mutating func receive(
        _ packet: Span<UInt8>,
        on id: ForwarderAttempt.ID,
        now: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> ForwarderActions<Client> {
        var actions = ForwarderActions<Client>()
        guard let attempt = attempts[id] else { return actions }
        let reply = UpstreamReply(packet, to: attempt.query, for: attempt.question, home: configuration.home)
        guard let owner = attempt.owner else {
            receiveProbe(reply, id, attempt, now: now, &actions)
            return actions
        }
        switch reply {
        case .foreign:
            statistics.strays += 1
            attempts[id]?.strays += 1
            // Somebody guesses at the reply: over a connection that is no use.
            if attempt.strays + 1 >= ForwarderTimes.mostStrays, attempt.transport == .datagram {
                repeatOverStream(id, attempt, owner, now: now, &actions, using: &generator)
            }
        case .mistrusted where attempt.transport == .datagram:
            repeatOverStream(id, attempt, owner, now: now, &actions, using: &generator)
        case .truncated(let partial):
            note(.noError, attempt, now: now)
            if let partial { questions[owner]?.partial = partial }
            if attempt.transport == .datagram {
                repeatOverStream(id, attempt, owner, now: now, &actions, using: &generator)
            } else {
                lose(id, .truncated, now: now, &actions, using: &generator)
            }
        case .withoutExtensions(let code):
            note(code, attempt, now: now)
            repeatWithoutExtensions(id, attempt, owner, now: now, &actions, using: &generator)
        case .fault(let fault, let code, let reason):
            note(code, attempt, now: now)
            if let reason { questions[owner]?.reason = reason }
            lose(id, fault, now: now, &actions, using: &generator)
        case .answer(let answer):
            note(answer.code, attempt, now: now)
            end(id, &actions)
            noteWorse(owner)
            noteExtensions(attempt, owner, now: now)
            finish(owner, answer, by: attempt, now: now, &actions)
        // Over a connection nobody can have guessed anything.
        case .mistrusted: lose(id, .malformed, now: now, &actions, using: &generator)
        }
        return actions
    }

    /// An attempt cannot go on, and is ended.
    ///
    /// - Parameter reason: what the system says, for people.
    package mutating func fail(
        _ id: ForwarderAttempt.ID,
        _ reason: String,
        now: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> ForwarderActions<Client> {
        var actions = ForwarderActions<Client>()
        if probes.remove(id) != nil {
            attempts[id] = nil
        } else {
            lose(id, .unreachable(reason), now: now, &actions, using: &generator)
        }
        // The caller has ended it already.
        actions.ends.removeAll { $0 == id }
        return actions
    }

    /// Sends a question to an upstream.
    mutating func start(
        _ upstream: UpstreamState,
        _ transport: ForwarderAttempt.Transport,
        for owner: OutstandingQuestion<Client>.ID?,
        _ question: ForwardedQuestion? = nil,
        now: Duration,
        _ actions: inout ForwarderActions<Client>,
        using generator: inout some RandomNumberGenerator
    ) {
        guard let question = question ?? owner.flatMap({ questions[$0]?.question }) else { return }
        let lacksExtensions = owner.flatMap { questions[$0]?.withoutExtensions.contains(upstream.number) } ?? false
        let query = UpstreamQuery(
            question,
            hasMixedCase: configuration.usesMixedCase && transport == .datagram,
            hasExtensions: !lacksExtensions && upstream.withoutExtensionsUntil.map { $0 <= now } ?? true,
            isPadded: transport == .tls,
            using: &generator
        )
        let id = ForwarderAttempt.ID(number: nextNumber())
        attempts[id] = OutstandingAttempt(
            owner: owner,
            question: question,
            upstream: upstream.number,
            transport: transport,
            query: query,
            start: now
        )
        if let owner {
            questions[owner]?.attempts.append(id)
            upstreams.noteStart(upstream.number, now: now)
            if transport == .stream { upstreams.update(upstream.number) { $0.noteStream() } }
        } else {
            probes.insert(id)
        }
        let upstream = upstream.upstream
        actions.starts.append(
            ForwarderAttempt(id: id, upstream: upstream, transport: transport, packet: query.octets)
        )
    }

    /// Ends an attempt that was of no use, and goes on without it.
    mutating func lose(
        _ id: ForwarderAttempt.ID,
        _ fault: UpstreamFault,
        now: Duration,
        _ actions: inout ForwarderActions<Client>,
        using generator: inout some RandomNumberGenerator
    ) {
        guard let attempt = attempts[id], let owner = attempt.owner else { return }
        end(id, &actions)
        switch fault {
        case .silent: upstreams.update(attempt.upstream) { $0.noteFailure(fault) }
        case .unreachable:
            upstreams.update(attempt.upstream) { $0.noteFailure(fault) }
            questions[owner]?.spent.insert(attempt.upstream)
        // It may be the fault of the question: that is known when another one answers.
        case .refused, .malformed, .notRecursive, .endlessChain, .truncated:
            questions[owner]?.spent.insert(attempt.upstream)
            questions[owner]?.faults[attempt.upstream] = fault
        }
        advance(owner, now: now, &actions, using: &generator)
    }

    mutating func end(_ id: ForwarderAttempt.ID, _ actions: inout ForwarderActions<Client>) {
        guard let attempt = attempts.removeValue(forKey: id) else { return }
        probes.remove(id)
        if let owner = attempt.owner { questions[owner]?.attempts.removeAll { $0 == id } }
        actions.ends.append(id)
    }

    private mutating func note(_ code: ResponseCode, _ attempt: OutstandingAttempt<Client>, now: Duration) {
        let isMeasure = attempt.transport != .stream
        upstreams.update(attempt.upstream) { $0.noteReply(code, after: now - attempt.start, isMeasure: isMeasure) }
    }

    /// One upstream answered: it was not the question's fault that others did not.
    private mutating func noteWorse(_ owner: OutstandingQuestion<Client>.ID) {
        for (number, fault) in questions[owner]?.faults ?? [:] {
            upstreams.update(number) { $0.noteFailure(fault) }
        }
    }

    /// Without EDNS the question was answered that was not with it: that is remembered.
    private mutating func noteExtensions(
        _ attempt: OutstandingAttempt<Client>,
        _ owner: OutstandingQuestion<Client>.ID,
        now: Duration
    ) {
        guard questions[owner]?.withoutExtensions.contains(attempt.upstream) == true else { return }
        upstreams.update(attempt.upstream) { $0.withoutExtensionsUntil = now + UpstreamTimes.withoutExtensions }
    }

    private mutating func repeatOverStream(
        _ id: ForwarderAttempt.ID,
        _ attempt: OutstandingAttempt<Client>,
        _ owner: OutstandingQuestion<Client>.ID,
        now: Duration,
        _ actions: inout ForwarderActions<Client>,
        using generator: inout some RandomNumberGenerator
    ) {
        end(id, &actions)
        statistics.streams += 1
        if let index = upstreams.index(of: attempt.upstream) {
            start(upstreams.states[index], .stream, for: owner, now: now, &actions, using: &generator)
        }
        // What another one says over UDP would be cut too.
        questions[owner]?.nextAttempt = now + UpstreamTimes.patience
        advance(owner, now: now, &actions, using: &generator)
    }

    private mutating func repeatWithoutExtensions(
        _ id: ForwarderAttempt.ID,
        _ attempt: OutstandingAttempt<Client>,
        _ owner: OutstandingQuestion<Client>.ID,
        now: Duration,
        _ actions: inout ForwarderActions<Client>,
        using generator: inout some RandomNumberGenerator
    ) {
        end(id, &actions)
        questions[owner]?.withoutExtensions.insert(attempt.upstream)
        if let index = upstreams.index(of: attempt.upstream) {
            start(upstreams.states[index], attempt.transport, for: owner, now: now, &actions, using: &generator)
        }
        advance(owner, now: now, &actions, using: &generator)
    }
}
