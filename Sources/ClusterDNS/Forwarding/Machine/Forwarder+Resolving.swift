import DNSWire

extension Forwarder {
    /// Answers a client, or asks upstreams for it. A client that waits for the same already waits on.
    package mutating func resolve(
        _ question: ForwardedQuestion,
        for client: Client,
        now: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> ForwarderActions<Client> {
        var actions = ForwarderActions<Client>()
        if let answer = known(question, now: now, &actions, using: &generator) {
            actions.reply([client], question, answer)
            return actions
        }
        statistics.misses += 1
        if let id = questionIDs[question] {
            join(client, id, now: now, &actions)
        } else if questions.count >= configuration.mostQuestions {
            reject(client, question, &actions)
        } else {
            open(question, [client], now: now, &actions, using: &generator)
        }
        return actions
    }

    /// Asks for an answer again whose time is nearly over.
    package mutating func refresh(
        _ question: ForwardedQuestion,
        now: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> ForwarderActions<Client> {
        var actions = ForwarderActions<Client>()
        prefetch(question, now: now, &actions, using: &generator)
        return actions
    }

    private mutating func prefetch(
        _ question: ForwardedQuestion,
        now: Duration,
        _ actions: inout ForwarderActions<Client>,
        using generator: inout some RandomNumberGenerator
    ) {
        // Clients that wait for an answer go first.
        guard questionIDs[question] == nil, questions.count < configuration.mostQuestions / 2 else { return }
        statistics.prefetches += 1
        open(question, [], now: now, &actions, using: &generator)
    }

    /// What is answered without anybody being asked.
    private mutating func known(
        _ question: ForwardedQuestion,
        now: Duration,
        _ actions: inout ForwarderActions<Client>,
        using generator: inout some RandomNumberGenerator
    ) -> ResolvedAnswer? {
        if let answer = SpecialNames.answer(question) ?? mark.answer(question) {
            statistics.special += 1
            return answer
        }
        let time = now.milliseconds
        guard let place = cache.find(question), usable(place, at: time) != nil else { return nil }
        let answer = ResolvedAnswer(cache, at: place, now: time)
        if cache.noteUse(place, now: time) { prefetch(question, now: now, &actions, using: &generator) }
        return answer
    }

    private mutating func join(
        _ client: Client,
        _ id: OutstandingQuestion<Client>.ID,
        now: Duration,
        _ actions: inout ForwarderActions<Client>
    ) {
        guard let found = questions[id] else { return }
        statistics.joined += 1
        if found.clients.contains(client) { return }
        let isOverdue = found.staleTime.map { $0 <= now } ?? false
        if isOverdue, giveStale(found.question, to: [client], now: now, &actions) { return }
        if found.clients.count >= configuration.mostClients {
            reject(client, found.question, &actions)
        } else {
            // An answer that was current when it was asked for again may not be so any more.
            if found.staleTime == nil, staleAnswer(found.question, now: now) != nil {
                questions[id]?.staleTime = now + ForwarderTimes.staleClient
            }
            questions[id]?.clients.append(client)
            schedule(id)
        }
    }

    /// Too much is outstanding. Nothing is remembered: the next moment may be a better one.
    private mutating func reject(
        _ client: Client,
        _ question: ForwardedQuestion,
        _ actions: inout ForwarderActions<Client>
    ) {
        statistics.rejects += 1
        actions.reply([client], question, .failure(ExtendedReason(.other)))
    }

    private mutating func open(
        _ question: ForwardedQuestion,
        _ clients: [Client],
        now: Duration,
        _ actions: inout ForwarderActions<Client>,
        using generator: inout some RandomNumberGenerator
    ) {
        let id = OutstandingQuestion<Client>.ID(number: nextNumber())
        var outstanding = OutstandingQuestion(question, clients: clients, start: now)
        if staleAnswer(question, now: now) != nil { outstanding.staleTime = now + ForwarderTimes.staleClient }
        questions[id] = outstanding
        questionIDs[question] = id
        advance(id, now: now, &actions, using: &generator)
    }

    /// Answers clients with what is remembered behind its time. False if there is nothing.
    mutating func giveStale(
        _ question: ForwardedQuestion,
        to clients: [Client],
        now: Duration,
        _ actions: inout ForwarderActions<Client>
    ) -> Bool {
        guard let answer = staleAnswer(question, now: now) else { return false }
        statistics.stale += UInt64(clients.count)
        actions.reply(clients, question, answer)
        return true
    }

    /// What is remembered of a question, behind its time.
    private func staleAnswer(_ question: ForwardedQuestion, now: Duration) -> ResolvedAnswer? {
        let time = now.milliseconds
        guard let place = cache.find(question) else { return nil }
        switch cache[place].use(at: time) {
        case .stale, .outdated: return ResolvedAnswer(cache, at: place, now: time)
        case .current, .failed, .none: return nil
        }
    }
}

extension ForwarderActions {
    mutating func reply(_ clients: [Client], _ question: ForwardedQuestion, _ answer: ResolvedAnswer) {
        if !clients.isEmpty { replies.append(ClientReplies(clients: clients, question: question, answer: answer)) }
    }
}
