import DNSWire

// How an outstanding question goes on, and how it ends.

extension Forwarder {
    /// Does what is due for a question: fails it, gives clients an old answer, asks another upstream.
    mutating func advance(
        _ id: OutstandingQuestion<Client>.ID,
        now: Duration,
        _ actions: inout ForwarderActions<Client>,
        using generator: inout some RandomNumberGenerator
    ) {
        guard let found = questions[id] else { return }
        if found.end <= now { return conclude(id, now: now, &actions) }
        if let staleTime = found.staleTime, staleTime <= now { giveStale(id, now: now, &actions) }
        if found.attempts.isEmpty || found.nextAttempt.map({ $0 <= now }) ?? false {
            let next = upstreams.choose(tried: found.tried, spent: found.spent, now: now)
            guard let next else {
                if found.attempts.isEmpty { return conclude(id, now: now, &actions) }
                questions[id]?.nextAttempt = nil
                return schedule(id)
            }
            let usual = next.upstream.transport
            let transport = usual == .datagram && configuration.usesStreams ? .stream : usual
            start(next, transport, for: id, now: now, &actions, using: &generator)
            questions[id]?.tried.append(next.number)
            // The same one again only when its answer is more likely lost than late.
            let hasOthers = upstreams.hasUsable(besides: found.tried + [next.number], found.spent)
            questions[id]?.nextAttempt = now + (hasOthers ? next.patience : UpstreamTimes.patience)
        }
        schedule(id)
    }

    /// Answers those who wait, with what an attempt brought that has ended.
    mutating func finish(
        _ id: OutstandingQuestion<Client>.ID,
        _ answer: UpstreamAnswer,
        by attempt: OutstandingAttempt<Client>,
        now: Duration,
        _ actions: inout ForwarderActions<Client>
    ) {
        guard let found = questions[id] else { return }
        let resolved = ResolvedAnswer(answer, to: found.question)
        if !resolved.shape.counts.isCut, answer.lifetime > 0 {
            cache.store(resolved, to: found.question, lifetime: answer.lifetime, now: now.milliseconds)
            let content = LearnedAnswer.Content.answer(resolved, lifetime: answer.lifetime)
            actions.learned.append(LearnedAnswer(question: found.question, content: content))
        }
        for other in found.attempts.compactMap({ attempts[$0] })
        where other.upstream != attempt.upstream && other.start <= attempt.start {
            upstreams.update(other.upstream) { $0.noteOutpaced(after: now - other.start) }
        }
        close(id, &actions)
        actions.reply(found.clients, found.question, resolved)
    }

    /// Nobody answered: those who wait get an old answer, or the start of one, or none.
    private mutating func conclude(
        _ id: OutstandingQuestion<Client>.ID,
        now: Duration,
        _ actions: inout ForwarderActions<Client>
    ) {
        guard let found = questions[id] else { return }
        for silent in found.attempts.compactMap({ attempts[$0] }) where now - silent.start >= UpstreamTimes.patience {
            upstreams.update(silent.upstream) { $0.noteFailure(.silent) }
        }
        // A loop shows by this, too.
        for number in Set(found.tried) { upstreams.update(number) { $0.wantProbe(at: now) } }
        close(id, &actions)
        statistics.failures += 1
        if let partial = found.partial {
            actions.reply(found.clients, found.question, ResolvedAnswer(partial, to: found.question, isCut: true))
            return
        }
        // Without anybody to ask there is nothing to be spared by remembering.
        if !found.tried.isEmpty {
            cache.storeFailure(of: found.question, found.reason?.code, now: now.milliseconds)
            let content = LearnedAnswer.Content.failure(found.reason?.code)
            actions.learned.append(LearnedAnswer(question: found.question, content: content))
        }
        if giveStale(found.question, to: found.clients, now: now, &actions) { return }
        let hasReply = !found.spent.isEmpty || found.tried.isEmpty
        let own = ExtendedReason(hasReply ? .noReachableAuthority : .networkError)
        actions.reply(found.clients, found.question, .failure(found.reason ?? own))
    }

    private mutating func giveStale(
        _ id: OutstandingQuestion<Client>.ID,
        now: Duration,
        _ actions: inout ForwarderActions<Client>
    ) {
        guard let found = questions[id], !found.clients.isEmpty else { return }
        if giveStale(found.question, to: found.clients, now: now, &actions) {
            questions[id]?.clients = []
        } else {
            // Others needed its room.
            questions[id]?.staleTime = nil
        }
    }

    mutating func close(_ id: OutstandingQuestion<Client>.ID, _ actions: inout ForwarderActions<Client>) {
        guard let found = questions.removeValue(forKey: id) else { return }
        questionIDs[found.question] = nil
        for attempt in found.attempts {
            attempts[attempt] = nil
            actions.ends.append(attempt)
        }
    }

    /// Notes when a question is to be looked at again.
    mutating func schedule(_ id: OutstandingQuestion<Client>.ID) {
        guard let found = questions[id] else { return }
        var time = min(found.end, found.nextAttempt ?? found.end)
        if let staleTime = found.staleTime, !found.clients.isEmpty { time = min(time, staleTime) }
        for attempt in found.attempts { time = min(time, attempts[attempt]?.end ?? time) }
        guard time != found.wakeTime else { return }
        questions[id]?.wakeTime = time
        wakeTimes.insert(id, at: time)
        // What was answered before its time leaves entries behind.
        if wakeTimes.count > 4 * questions.count + 256 {
            wakeTimes.keep { time, id in questions[id]?.wakeTime == time }
        }
    }
}
