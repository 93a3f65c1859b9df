package import DNSWire

/// Asks other servers what is not the cluster's, and remembers what they say.
///
/// A machine without sockets or clock: each event is a method that returns what is to be done. `now` counts from any
/// moment and never goes back; the generator must be one that nobody can predict. A worker owns one alone.
package struct Forwarder<Client: Hashable & Sendable>: Sendable {
    let configuration: ForwarderConfiguration
    var cache: AnswerCache
    var upstreams = UpstreamSet()
    let mark: LoopMark
    var questions: [OutstandingQuestion<Client>.ID: OutstandingQuestion<Client>] = [:]
    var questionIDs: [ForwardedQuestion: OutstandingQuestion<Client>.ID] = [:]
    var attempts: [ForwarderAttempt.ID: OutstandingAttempt<Client>] = [:]
    /// The attempts without a question.
    var probes: Set<ForwarderAttempt.ID> = []
    var wakeTimes = DeadlineQueue<OutstandingQuestion<Client>.ID>()
    private var lastNumber: UInt64 = 0
    package internal(set) var statistics = ForwarderStatistics()

    /// A forwarder without upstreams. See `replaceUpstreams`.
    ///
    /// - Parameters:
    ///   - hasher: by which names are looked up; its seed is secret.
    ///   - loopSecret: a random number, the same for all workers of the process.
    package init(_ configuration: ForwarderConfiguration, hasher: NameHasher, loopSecret: UInt64) {
        self.configuration = configuration
        cache = AnswerCache(limit: configuration.cacheSize, hasher: hasher)
        mark = LoopMark(secret: loopSecret)
    }

    /// How many questions upstreams are asked right now.
    package var outstanding: Int { questions.count }
    package var cacheCounts: CacheCounts { cache.counts }
    package var cacheBytes: Int { cache.size }

    // MARK: - Answering at once

    /// Answers a query from what is remembered, taking no memory. Nil if the question is to be resolved: also if an answer
    /// is remembered that has to be completed.
    ///
    /// - Parameters:
    ///   - name: the query's name in lower case.
    ///   - nameHash: of the name, by the hasher of the initialiser.
    ///   - rotation: any number, another one each time: which of several addresses comes first.
    ///   - limit: the most octets of the message, without those that are kept for the OPT record.
    ///   - message: header and question.
    package mutating func answer(
        _ query: Query,
        _ name: Span<UInt8>,
        nameHash: UInt64,
        rotation: UInt32,
        limit: Int,
        now: Duration,
        into message: inout OutputSpan<UInt8>
    ) -> ForwardedReply? {
        let key = CacheKey(
            nameHash: nameHash,
            type: query.type.rawValue,
            class: query.recordClass.rawValue,
            dnssecOK: query.edns?.dnssecOK ?? false,
            checkingDisabled: query.flags.contains(.checkingDisabled)
        )
        let time = now.milliseconds
        let place = cache.find(key, name)
        if let place, cache[place].leadsHome, cache[place].use(at: time).answersAlone { return nil }
        guard let place, let use = usable(place, at: time) else {
            if query.flags.contains(.recursionDesired) || isSpecial(name, query) { return nil }
            return refuse()
        }
        let counts = cache.write(place, now: time, rotation: rotation, limit: limit, into: &message)
        let entry = cache[place]
        return ForwardedReply(
            code: entry.code,
            isAuthentic: entry.isAuthentic && use == .current,
            extendedError: ExtendedErrorCode(entry, use),
            counts: counts,
            wantsRefresh: cache.noteUse(place, now: time)
        )
    }

    private func isSpecial(_ name: Span<UInt8>, _ query: Query) -> Bool {
        let octets = name.indices.map { name[$0] }
        guard let name = try? DNSName(wire: octets) else { return false }
        return SpecialNames.answer(ForwardedQuestion(name, query.type)) != nil
    }

    /// The client wants only what we know ourselves.
    private mutating func refuse() -> ForwardedReply {
        statistics.withoutRecursion += 1
        return ForwardedReply(
            code: .refused,
            isAuthentic: false,
            extendedError: .notAuthoritative,
            counts: ReplyCounts()
        )
    }

    /// What an entry is good for without anybody being asked, counted; nil if it is not.
    mutating func usable(_ place: Int, at time: Int64) -> CacheUse? {
        let use = cache[place].use(at: time)
        switch use {
        case .current:
            if cache[place].kind == .answer { statistics.hits += 1 } else { statistics.absenceHits += 1 }
        case .failed: statistics.failureHits += 1
        case .stale: statistics.stale += 1
        case .outdated, .none: return nil
        }
        return use
    }

    // MARK: - Numbers

    mutating func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }
}
