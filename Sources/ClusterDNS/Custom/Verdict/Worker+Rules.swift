import DNSWire
import LinuxSystem

// What users' rules want done, in the place of or before what is done without them.

extension Worker {
    /// Answers as the rules say; nil if the packet is to go its usual way.
    mutating func answerByRules(
        _ packet: Span<UInt8>,
        from origin: PacketOrigin,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> (query: Query, answer: PacketAnswer)? {
        guard case .query(let query) = ReceivedPacket(packet), query.recordClass == .in, query.type != .axfr,
            query.type != .ixfr, let name = query.name(in: packet),
            let verdict = rules?.verdict(on: name, query.type), !verdict.isUsual
        else { return nil }
        var asker = RuleAsker(query: query, origin: origin, arrival: ports.now)
        guard verdict.isRewritten else { return (query, follow(verdict.step, asker, packet, into: &reply, ports)) }
        asker.restoration = QuestionRestoration(query, in: packet, verdict.answers)
        return (query, followRewritten(verdict, asker, into: &reply, ports))
    }

    /// Asks the other question, and makes the answer one to the client's.
    private mutating func followRewritten(
        _ verdict: CustomVerdict,
        _ asker: RuleAsker,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        guard let restoration = asker.restoration else { return .done }
        let packet = restoration.packet(asking: verdict.name)
        guard case .query(let query) = ReceivedPacket(packet.span) else { return .done }
        var asker = asker
        asker.query = query
        var answer = PacketAnswer.done
        let octets = [UInt8](capacity: Int(UInt16.max)) { message in
            answer = follow(verdict.step, asker, packet.span, into: &message, ports)
        }
        guard case .done = answer else { return answer }
        for octet in restoration.restored(octets, over: asker.origin.transport) { reply.append(octet) }
        return .done
    }

    private mutating func follow(
        _ step: CustomVerdict.Step,
        _ asker: RuleAsker,
        _ packet: Span<UInt8>,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        switch step {
        case .answer(let answer): return give(answer, asker, packet, into: &reply, ports)
        case .fails: break
        case .goesOn(let servesCluster, let servers):
            if servesCluster {
                let transport = asker.transport
                switch responder.answer(packet, over: transport, isAllowed: true, into: &reply) {
                case .done: return .done
                case .leadsOut(_, let counts): return followAlias(counts, packet, for: asker, into: &reply, ports)
                case .foreign: reply.removeAll()
                }
            }
            if servers != .nobody { return ask(servers, asker, packet, into: &reply, ports) }
        }
        return fail(asker, packet, .serverFailure, .other, into: &reply)
    }

    /// A reply without records.
    private func fail(
        _ asker: RuleAsker,
        _ packet: Span<UInt8>,
        _ code: ResponseCode,
        _ reason: ExtendedErrorCode,
        into reply: inout OutputSpan<UInt8>
    ) -> PacketAnswer {
        Responder.begin(asker.query, packet, in: &reply)
        Responder.fail(asker.query, code, reason, over: asker.transport, in: &reply)
        return .done
    }

    private mutating func give(
        _ answer: CustomAnswer,
        _ asker: RuleAsker,
        _ packet: Span<UInt8>,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        rotation &+= 1
        guard let message = answer.message(to: asker.query, in: packet, rotation: rotation) else { return .done }
        let octets = message.encoded(limit: Responder.limit(asker.query, asker.transport))
        guard answer.target != nil, asker.query.flags.contains(.recursionDesired) else {
            for octet in octets { reply.append(octet) }
            return .done
        }
        return askTarget(for: WaitingClient(asker, packet, alias: octets.span), ports)
    }

    private mutating func ask(
        _ servers: CustomVerdict.Servers,
        _ asker: RuleAsker,
        _ packet: Span<UInt8>,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        guard let question = ForwardedQuestion(asker.query, in: packet) else { return .done }
        guard asker.query.flags.contains(.recursionDesired) else {
            return fail(asker, packet, .refused, .notAuthoritative, into: &reply)
        }
        return ask(question, of: servers, for: WaitingClient(asker, packet), ports)
    }

    private mutating func ask(
        _ question: ForwardedQuestion,
        of servers: CustomVerdict.Servers,
        for client: WaitingClient,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        switch servers {
        case .standard: return ask(question, for: client, ports)
        case .own(let rule):
            give(seats.resolve(question, by: rule, for: client, ports, using: &generator), ports)
        case .nobody: give(.failure(ExtendedReason(.other)), to: client, question, ports)
        }
        return .later
    }

    private mutating func give(
        _ answer: ResolvedAnswer,
        to client: WaitingClient,
        _ question: ForwardedQuestion,
        _ ports: PacketPorts
    ) {
        give([ClientReplies(clients: [client], question: question, answer: answer)], ports)
    }

    // MARK: - Aliases

    /// Has the target of an alias looked up, as a question of its own: rules hold for it too, but it is not rewritten.
    mutating func askTarget(for client: WaitingClient, _ ports: PacketPorts) -> PacketAnswer {
        guard let question = client.target, let rules else { return ask(client.target, for: client, ports) }
        switch rules.verdict(on: question.name, question.type, rewrites: false).step {
        case .answer(let answer): give(answer.resolved(to: question.name), to: client, question, ports)
        case .fails: give(.failure(ExtendedReason(.other)), to: client, question, ports)
        case .goesOn(let servesCluster, let servers):
            if servesCluster, let answer = clusterAnswer(to: question) {
                give(answer, to: client, question, ports)
            } else {
                return ask(question, of: servers, for: client, ports)
            }
        }
        return .later
    }

    /// What the cluster has to say; nil if it is not the cluster's.
    private mutating func clusterAnswer(to question: ForwardedQuestion) -> ResolvedAnswer? {
        guard let message = responder.message(answering: question)?.message else { return nil }
        let body = ReplyBody(to: question.name, answers: message.answers, authorities: message.authorities)
        return ResolvedAnswer(message.code, body)
    }
}

/// Who asks, and whether the question is another one than the client's.
struct RuleAsker {
    /// As it is asked, which is not as the client asked if there is a restoration.
    var query: Query
    let origin: PacketOrigin
    /// When the client's packet came, as `PacketPorts.now` counts.
    let arrival: Duration
    var restoration: QuestionRestoration?

    /// What answers are limited by before they are made ones to the client's question.
    var transport: PacketTransport { restoration == nil ? origin.transport : .stream }
}

extension WaitingClient {
    /// A client that asked for a name of others.
    init(_ asker: RuleAsker, _ packet: Span<UInt8>) {
        self.init(asker.query, packet, from: asker.origin, at: asker.arrival, asker.restoration)
    }

    /// A client whose answer begins with an alias.
    init(_ asker: RuleAsker, _ packet: Span<UInt8>, alias reply: Span<UInt8>) {
        self.init(asker.query, packet, alias: reply, from: asker.origin, at: asker.arrival, asker.restoration)
    }
}
