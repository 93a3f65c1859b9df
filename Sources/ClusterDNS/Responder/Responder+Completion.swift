import DNSWire
import LinuxSystem

// Answers of others that lead to a name of the cluster.

extension Responder {
    /// Puts what the cluster has to say behind the alias of others that leads here.
    ///
    /// - Returns: the answer, and whether it ends with an alias that leads out again.
    mutating func completed(
        _ answer: ResolvedAnswer,
        to question: ForwardedQuestion
    ) -> (answer: ResolvedAnswer, leadsOut: Bool) {
        guard let aliases = answer.message(to: question)?.answers,
            case .cname(let target)? = aliases.last(where: { $0.type == .cname })?.data,
            let (found, leadsOut) = message(answering: question.asking(target)), found.code != .serverFailure
        else { return (.failure(ExtendedReason(.notReady)), false) }
        var answers = aliases
        answers.join(found.answers)
        let body = ReplyBody(to: question.name, answers: answers, authorities: found.authorities)
        let reason = answer.extendedError.map { ExtendedReason($0) }
        return (ResolvedAnswer(found.code, body, reason: reason), leadsOut)
    }

    /// What the cluster has to say to a question that is no client's, and whether it ends with an alias that leads out. Nil
    /// if the name is not the cluster's.
    mutating func message(answering question: ForwardedQuestion) -> (message: Message, leadsOut: Bool)? {
        let asked = Question(question.name, question.type, class: question.recordClass)
        let packet = Message(id: 0, questions: [asked]).encoded()
        var (isForeign, leadsOut) = (false, false)
        let reply = [UInt8](capacity: Int(UInt16.max)) { message in
            switch answer(packet.span, over: .stream, isAllowed: true, into: &message) {
            case .done: break
            case .foreign: isForeign = true
            case .leadsOut(let query, let counts):
                leadsOut = true
                let reply = Reply(flags: ServerFlags.ownAndAuthoritative, limit: Int(UInt16.max))
                Self.finish(reply, query, counts, in: &message)
            }
        }
        guard !isForeign, let message = try? Message(decoding: reply) else { return nil }
        return (message, leadsOut)
    }
}
