package import DNSWire

/// What a forwarder has just come to remember, for others to remember it too.
package struct LearnedAnswer: Sendable {
    package enum Content: Sendable {
        /// For so many seconds.
        case answer(ResolvedAnswer, lifetime: UInt32)
        /// Nobody could tell, and what one of them had to say of it.
        case failure(ExtendedErrorCode?)
    }

    package let question: ForwardedQuestion
    package let content: Content
}

extension Forwarder {
    /// Remembers what another forwarder learned, unless something newer is known. Who waits for it here gets it.
    ///
    /// - Parameter age: how long ago it was learned.
    package mutating func take(_ learned: LearnedAnswer, age: Duration, now: Duration) -> ForwarderActions<Client> {
        var actions = ForwarderActions<Client>()
        let question = learned.question
        let time = (now - age).milliseconds
        if let place = cache.find(question), cache[place].arrival > time { return actions }
        switch learned.content {
        case .failure(let reason): cache.storeFailure(of: question, reason, now: time)
        case .answer(let answer, let lifetime):
            cache.store(answer, to: question, lifetime: lifetime, now: time)
            guard let id = questionIDs[question], let found = questions[id], let place = cache.find(question),
                cache[place].use(at: now.milliseconds) == .current
            else { break }
            close(id, &actions)
            actions.reply(found.clients, question, ResolvedAnswer(cache, at: place, now: now.milliseconds))
        }
        return actions
    }
}
