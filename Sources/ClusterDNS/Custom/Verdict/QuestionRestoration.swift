import DNSWire
import LinuxSystem

/// Makes the answer to a rewritten question one to the question that the client asked.
struct QuestionRestoration: Hashable, Sendable {
    /// As the client asked.
    let query: Query
    /// Header and question.
    let octets: [UInt8]
    private let question: Question
    /// How records are changed, the last first.
    private let answers: [AnswerRewriting]

    /// Nil if this is not the packet of the query.
    init?(_ query: Query, in packet: Span<UInt8>, _ answers: [AnswerRewriting]) {
        guard let name = query.name(in: packet) else { return nil }
        self.query = query
        self.answers = answers
        octets = [UInt8](capacity: query.questionEnd) { question in
            Responder.begin(query, packet, in: &question)
        }
        question = Question(name, query.type, class: query.recordClass)
    }

    /// The packet of the question that is asked instead.
    func packet(asking name: DNSName) -> [UInt8] {
        Message(
            id: query.id,
            flags: query.flags,
            questions: [Question(name, query.type, class: query.recordClass)],
            edns: query.edns.map { EDNS(payloadSize: .max, dnssecOK: $0.dnssecOK) }
        ).encoded()
    }

    /// The reply to the client, as much of it as the client takes.
    func restored(_ reply: [UInt8], over transport: PacketTransport) -> [UInt8] {
        guard var message = try? Message(decoding: reply) else { return reply }
        message.questions = [question]
        message.answers = message.answers.map(restored)
        message.authorities = message.authorities.map(restored)
        message.additionals = message.additionals.map(restored)
        return message.encoded(limit: Responder.limit(query, transport))
    }

    private func restored(_ record: ResourceRecord) -> ResourceRecord {
        var record = record
        for rewriting in answers.reversed() { rewriting.apply(to: &record) }
        return record
    }
}
