extension Forwarder {
    /// Takes other upstreams into use. Questions that wait for those that are gone are asked again.
    package mutating func replaceUpstreams(
        by wanted: [Upstream],
        policy: UpstreamPolicy = .quickest,
        now: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> ForwarderActions<Client> {
        var actions = ForwarderActions<Client>()
        let former = upstreams.states.map(\.upstream)
        let gone = upstreams.replace(by: wanted, policy: policy, now: now)
        if former != wanted { cache.forgetFailures() }
        for id in attempts.keys.filter({ attempts[$0].map { gone.contains($0.upstream) } ?? false }) {
            let owner = attempts[id]?.owner
            end(id, &actions)
            if let owner { advance(owner, now: now, &actions, using: &generator) }
        }
        return actions
    }

    /// How the upstreams are doing, in the order in which they were given.
    package func status(now: Duration) -> [UpstreamStatus] {
        upstreams.states.map { UpstreamStatus($0, now: now) }
    }

    // MARK: - Probes for loops

    /// Probes those upstreams that it is time for.
    mutating func probe(
        now: Duration,
        _ actions: inout ForwarderActions<Client>,
        using generator: inout some RandomNumberGenerator
    ) {
        for state in upstreams.states {
            guard let time = state.probeTime, time <= now else { continue }
            upstreams.update(state.number) { $0.noteProbe(at: now) }
            let question = mark.question(using: &generator)
            start(state, state.upstream.transport, for: nil, question, now: now, &actions, using: &generator)
        }
    }

    /// A probe got a packet.
    mutating func receiveProbe(
        _ reply: UpstreamReply,
        _ id: ForwarderAttempt.ID,
        _ attempt: OutstandingAttempt<Client>,
        now: Duration,
        _ actions: inout ForwarderActions<Client>
    ) {
        var isLoop = false
        switch reply {
        case .foreign:
            statistics.strays += 1
            return
        case .answer(let answer): isLoop = mark.isOwn(answer)
        case .mistrusted, .truncated, .withoutExtensions, .fault: break
        }
        end(id, &actions)
        if isLoop { statistics.loops += 1 }
        noteProbe(attempt.upstream, isLoop: isLoop, now: now)
    }

    /// Ends the probes that were not answered.
    mutating func expireProbes(now: Duration, _ actions: inout ForwarderActions<Client>) {
        for id in probes.filter({ attempts[$0].map { $0.end <= now } ?? true }) {
            guard let attempt = attempts[id] else { continue }
            end(id, &actions)
            noteProbe(attempt.upstream, isLoop: false, now: now)
        }
    }

    private mutating func noteProbe(_ number: Int, isLoop: Bool, now: Duration) {
        upstreams.update(number) { state in
            state.loop = isLoop ? .found : .none
            if isLoop { state.probeTime = now + UpstreamTimes.reprobe }
        }
    }
}
