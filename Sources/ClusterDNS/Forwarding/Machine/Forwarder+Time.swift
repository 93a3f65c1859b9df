extension Forwarder {
    /// When `expire` is to be called at the latest; nil for never. It may be too early, never too late.
    package var deadline: Duration? {
        var earliest = wakeTimes.first?.time
        for id in probes { earliest = Self.earlier(earliest, attempts[id]?.end) }
        for state in upstreams.states { earliest = Self.earlier(earliest, state.probeTime) }
        return earliest
    }

    /// The deadline is over.
    package mutating func expire(
        now: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> ForwarderActions<Client> {
        var actions = ForwarderActions<Client>()
        while let first = wakeTimes.first, first.time <= now {
            wakeTimes.removeFirst()
            guard let found = questions[first.id], found.wakeTime == first.time else { continue }
            questions[first.id]?.wakeTime = nil
            let silent = found.attempts.filter { attempts[$0].map { $0.end <= now } ?? false }
            for attempt in silent { lose(attempt, .silent, now: now, &actions, using: &generator) }
            if silent.isEmpty { advance(first.id, now: now, &actions, using: &generator) }
        }
        expireProbes(now: now, &actions)
        probe(now: now, &actions, using: &generator)
        return actions
    }

    private static func earlier(_ left: Duration?, _ right: Duration?) -> Duration? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }
}
