import DNSWire
import LinuxSystem

/// A client whose answer others are asked for.
struct WaitingClient: Hashable, Sendable {
    let origin: PacketOrigin
    let query: Query
    /// The query's header and question; or the cluster's part of the answer, which ends with an alias: a whole reply.
    private(set) var octets: [UInt8]
    private(set) var isAlias: Bool
    /// Of the packet that it sent, in octets.
    let size: Int
    /// When that came, as `PacketPorts.now` counts.
    let arrival: Duration
    /// If the question is another one than the client's.
    let restoration: QuestionRestoration?

    /// A client that asked for a name of others.
    init(
        _ query: Query,
        _ packet: Span<UInt8>,
        from origin: PacketOrigin,
        at arrival: Duration,
        _ restoration: QuestionRestoration? = nil
    ) {
        self.origin = origin
        self.query = query
        size = packet.count
        self.arrival = arrival
        octets = [UInt8](capacity: query.questionEnd) { question in
            Responder.begin(query, packet, in: &question)
        }
        isAlias = false
        self.restoration = restoration
    }

    /// A client that asked for a name of the cluster that leads to a name of others.
    ///
    /// - Parameter reply: what the cluster has to say.
    init(
        _ query: Query,
        _ packet: Span<UInt8>,
        alias reply: Span<UInt8>,
        from origin: PacketOrigin,
        at arrival: Duration,
        _ restoration: QuestionRestoration? = nil
    ) {
        self.origin = origin
        self.query = query
        size = packet.count
        self.arrival = arrival
        octets = [UInt8](capacity: reply.count) { octets in
            for index in reply.indices { octets.append(reply[index]) }
        }
        isAlias = true
        self.restoration = restoration
    }

    /// One that asks again waits once.
    static func == (client: WaitingClient, other: WaitingClient) -> Bool {
        client.origin == other.origin && client.query == other.query && client.octets == other.octets
            && client.restoration == other.restoration
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(origin)
        hasher.combine(query)
    }

    /// What the client itself asked, and its header and question.
    var asked: (query: Query, octets: [UInt8]) {
        restoration.map { ($0.query, $0.octets) } ?? (query, octets)
    }

    /// What the alias leads to, asked as the client asks.
    var target: ForwardedQuestion? {
        guard let reply = try? Message(decoding: octets), case .cname(let name)? = reply.answers.last?.data else {
            return nil
        }
        return ForwardedQuestion(
            name,
            query.type,
            dnssecOK: query.edns?.dnssecOK ?? false,
            checkingDisabled: query.flags.contains(.checkingDisabled)
        )
    }

    /// The same client, when others led it to the cluster, and the cluster leads it to others: an answer ends with that
    /// alias. Nil if an alias led it to these others already, as names that lead to and fro lead nowhere, or if it wants
    /// nobody asked.
    func led(by answer: ResolvedAnswer, to question: ForwardedQuestion) -> WaitingClient? {
        guard !isAlias, query.flags.contains(.recursionDesired) else { return nil }
        var client = self
        client.octets = reply(answer, to: question, rotation: 0, limit: Int(UInt16.max))
        client.isAlias = true
        return client.target == nil ? nil : client
    }

    /// The reply to the client.
    ///
    /// - Parameter rotation: any number, another one each time: which of several addresses comes first.
    func reply(_ answer: ResolvedAnswer, to question: ForwardedQuestion, rotation: UInt32) -> [UInt8] {
        // Over TCP there is no way left to ask for the rest.
        let isWhole = origin.transport == .datagram || !answer.shape.counts.isCut
        let answer = isWhole ? answer : .failure(ExtendedReason(.networkError))
        guard let restoration else {
            return reply(answer, to: question, rotation: rotation, limit: Responder.limit(query, origin.transport))
        }
        let whole = reply(answer, to: question, rotation: rotation, limit: Int(UInt16.max))
        return restoration.restored(whole, over: origin.transport)
    }

    private func reply(
        _ answer: ResolvedAnswer,
        to question: ForwardedQuestion,
        rotation: UInt32,
        limit: Int
    ) -> [UInt8] {
        if isAlias { return joined(answer, to: question, limit: limit) }
        var reply = [UInt8](capacity: max(limit, octets.count)) { message in
            for octet in octets { message.append(octet) }
            let reserve = Reply(flags: ServerFlags.own, limit: limit).reserve(for: query)
            let written = answer.write(rotation: rotation, limit: limit - reserve, into: &message)
            Responder.finish(written.reply(to: query, limit: limit), query, written.counts, in: &message)
        }
        if query.edns != nil { Reply.addReason(answer.reasonText, to: &reply, limit: limit) }
        return reply
    }

    /// The alias, and behind it what it leads to. That this cannot be found says nothing of the alias.
    private func joined(_ answer: ResolvedAnswer, to question: ForwardedQuestion, limit: Int) -> [UInt8] {
        guard let found = answer.message(to: question), found.code == .noError || found.code == .nameError,
            var reply = try? Message(decoding: octets)
        else { return octets }
        reply.answers.join(found.answers)
        return reply.encoded(limit: limit)
    }
}
