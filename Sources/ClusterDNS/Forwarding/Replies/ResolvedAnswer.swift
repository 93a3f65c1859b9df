package import DNSWire

/// An answer to be given to who waited for it.
package struct ResolvedAnswer: Hashable, Sendable {
    package let code: ResponseCode
    /// AD: validated by the server that was asked.
    package let isAuthentic: Bool
    package let extendedError: ExtendedErrorCode?
    /// A text beside it, in UTF-8; empty if there is none.
    let reasonText: [UInt8]
    /// The octets of a `ReplyBody` for the question's name.
    let body: [UInt8]
    let shape: ReplyShape
    let age: AnswerAge
    /// Whether the last alias leads to a name of ours: what we have to say of that is to be put behind it.
    let leadsHome: Bool

    init(
        _ code: ResponseCode,
        _ body: ReplyBody?,
        isAuthentic: Bool = false,
        reason: ExtendedReason? = nil
    ) {
        self.code = code
        self.isAuthentic = isAuthentic
        extendedError = reason?.code
        reasonText = reason?.text ?? []
        self.body = body?.octets ?? []
        shape = body?.shape ?? .empty
        age = .none
        leadsHome = false
    }

    /// What an upstream said.
    ///
    /// - Parameter isCut: more answers belong to it.
    init(_ answer: UpstreamAnswer, to question: ForwardedQuestion, isCut: Bool = false) {
        let body = ReplyBody(to: question.name, answers: answer.answers, authorities: answer.authorities)
        var counts = body.shape.counts
        counts.isCut = counts.isCut || isCut
        code = answer.code
        isAuthentic = answer.isAuthentic
        extendedError = nil
        reasonText = []
        self.body = body.octets
        shape = ReplyShape(counts: counts, rotation: body.shape.rotation)
        age = .none
        leadsHome = answer.leadsHome
    }

    /// What is in the cache.
    init(_ cache: AnswerCache, at place: Int, now: Int64) {
        let entry = cache[place]
        let use = entry.use(at: now)
        code = entry.code
        isAuthentic = entry.isAuthentic && use == .current
        extendedError = .init(entry, use)
        reasonText = []
        body = cache.body(place)
        shape = entry.shape
        age = entry.age(at: now)
        leadsHome = entry.leadsHome
    }

    /// Nobody could tell.
    static func failure(_ reason: ExtendedReason) -> ResolvedAnswer {
        ResolvedAnswer(.serverFailure, nil, reason: reason)
    }

    /// Writes the records behind the question that is in `message`.
    ///
    /// - Parameters:
    ///   - rotation: any number, another one each time: which of several addresses comes first.
    ///   - limit: the most octets of the message, without those that are kept for the OPT record.
    package func write(rotation: UInt32, limit: Int, into message: inout OutputSpan<UInt8>) -> ForwardedReply {
        let start = message.count
        let counts = message.append(body.span, shape, rotation: rotation, limit: limit)
        age.apply(to: &message, from: start)
        return ForwardedReply(code: code, isAuthentic: isAuthentic, extendedError: extendedError, counts: counts)
    }

    /// The answer as a message of its own, for what is to be joined with other records.
    package func message(to question: ForwardedQuestion) -> Message? {
        let query = Message(id: 0, questions: [Question(question.name, question.type, class: question.recordClass)])
        let question = query.encoded()
        var counts = ReplyCounts()
        var octets = [UInt8](capacity: question.count + body.count) { message in
            for octet in question { message.append(octet) }
            counts = write(rotation: 0, limit: Int(UInt16.max), into: &message).counts
        }
        for (offset, count) in [(6, counts.answers), (8, counts.authorities), (10, counts.additionals)] {
            octets[offset] = UInt8(count >> 8)
            octets[offset + 1] = UInt8(truncatingIfNeeded: count)
        }
        var message = try? Message(decoding: octets)
        message?.code = code
        return message
    }
}

extension ExtendedErrorCode {
    /// What is said of an entry that is not current.
    init?(_ entry: CacheEntry, _ use: CacheUse) {
        switch use {
        case .current: return nil
        case .failed: self = entry.reason ?? .cachedError
        case .stale, .outdated, .none: self = entry.code == .nameError ? .staleNameError : .staleAnswer
        }
    }
}
