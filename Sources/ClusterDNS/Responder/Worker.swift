import DNSWire
import LinuxSystem

/// What one thread of the server does: it answers from a zone table of its own, asks others for what is not the cluster's,
/// and shares nothing with the other threads.
struct Worker: PacketService {
    private let mailbox: WorkerMailbox
    private let others: [WorkerMailbox]
    var responder: Responder
    private var sources: AllowedSources
    /// For names that no rule sends elsewhere.
    private var standard: ForwarderSeat
    var generator = SystemRandomNumberGenerator()
    var rotation: UInt32 = 0
    private var observer = TrafficObserver()
    private var log: QueryLog
    /// What users want done besides; nil if nothing.
    var rules: CustomConfiguration?
    /// Those that are asked for zones of their own.
    var seats: ForwarderSeats

    init(_ place: WorkerPlace, _ start: WorkerStart) {
        mailbox = place.mailbox
        others = place.others
        sources = start.sources
        log = QueryLog(start.queryLog, start.logQueue)
        responder = Responder(start.table, rotation: generator.next())
        standard = ForwarderSeat(
            Forwarder(start.forwarding, hasher: start.table.hasher, loopSecret: start.loopSecret),
            ForwarderExchanges(worker: place.number, place.secure)
        )
        seats = ForwarderSeats(place, start)
    }

    mutating func begin(_ ports: PacketPorts) {
        guard !mailbox.isEmpty, let letter = mailbox.take() else { return }
        letter.heartbeat?.yield()
        if let table = letter.table { responder.table = table }
        if let sources = letter.sources { self.sources = sources }
        if let rules = letter.queryLog { log.rules = rules }
        for socket in letter.opened { ports.serve(socket.descriptor, socket.transport) }
        if let upstreams = letter.upstreams {
            run(ports) { forwarder, generator in
                forwarder.replaceUpstreams(
                    by: upstreams.servers,
                    policy: upstreams.policy,
                    now: ports.now,
                    using: &generator
                )
            }
        }
        if let rules = letter.rules {
            self.rules = rules.isEmpty ? nil : rules
            give(seats.replace(by: rules.forwards, ports, using: &generator), ports)
        }
        for question in letter.questions {
            question.answer(WorkerReport(observer, standard.forwarder, seats, now: ports.now))
        }
        for outcome in letter.outcomes { take(outcome, ports) }
        for handed in letter.learned {
            let age = max(.zero, handed.time.duration(to: ports.instant))
            run(ports) { forwarder, _ in forwarder.take(handed.answer, age: age, now: ports.now) }
        }
    }

    /// Once for all that was answered in this round.
    mutating func end(_ ports: PacketPorts) {
        if observer.hasAnswered { observer.endRound(ports.elapsed) }
        if log.isOwed { log.endRound() }
    }

    /// Takes what came of a packet that was sent over TLS.
    private mutating func take(_ outcome: SecureOutcome, _ ports: PacketPorts) {
        switch outcome.result {
        case .received(let packet): receive(packet.span, on: .secure(outcome.question), ports)
        case .failed(let reason): fail(.secure(outcome.question), reason, ports)
        }
    }

    mutating func answer(
        _ packet: Span<UInt8>,
        from origin: PacketOrigin,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        // A reply to a server's port, or to none, would be a query or an error that comes back.
        guard origin.transport == .stream || origin.port != 0 && origin.port != ServerAddress.port else { return .done }
        let isAllowed = sources.contains(origin.address)
        let asked: Query?
        var answer = PacketAnswer.done
        if isAllowed, rules != nil, let given = answerByRules(packet, from: origin, into: &reply, ports) {
            (asked, answer) = (given.query, given.answer)
        } else {
            switch responder.answer(packet, over: origin.transport, isAllowed: isAllowed, into: &reply) {
            case .done(let query): asked = query
            case .foreign(let query):
                asked = query
                answer = forward(query, packet, from: origin, into: &reply, ports)
            case .leadsOut(let query, let counts):
                asked = query
                let asker = RuleAsker(query: query, origin: origin, arrival: ports.now)
                answer = followAlias(counts, packet, for: asker, into: &reply, ports)
            }
        }
        if case .done = answer {
            observer.note(asked, size: packet.count, reply.span, origin)
            if log.isOn, let asked {
                log.note(asked, packet, size: packet.count, reply.span, origin, elapsed: ports.elapsed)
            }
        }
        return answer
    }

    var deadline: Duration? {
        let own = standard.forwarder.deadline
        guard let other = seats.deadline else { return own }
        return own.map { min($0, other) } ?? other
    }

    mutating func expire(_ ports: PacketPorts) {
        run(ports) { forwarder, generator in forwarder.expire(now: ports.now, using: &generator) }
        give(seats.expire(ports, using: &generator), ports)
    }

    /// Nobody waits for probes of upstreams.
    func owesReplies(_ ports: PacketPorts) -> Bool { standard.forwarder.outstanding + seats.outstanding > 0 }

    mutating func receive(_ packet: Span<UInt8>, on exchange: PacketExchange.ID, _ ports: PacketPorts) {
        receive(packet, on: .own(exchange), ports)
    }

    mutating func fail(_ exchange: PacketExchange.ID, _ reason: Errno, _ ports: PacketPorts) {
        fail(.own(exchange), "\(reason)", ports)
    }

    private mutating func receive(
        _ packet: Span<UInt8>,
        on exchange: ForwarderExchanges.Exchange,
        _ ports: PacketPorts
    ) {
        if standard.owns(exchange) {
            tell(standard.receive(packet, on: exchange, ports, using: &generator), ports)
        } else {
            give(seats.receive(packet, on: exchange, ports, using: &generator), ports)
        }
    }

    private mutating func fail(_ exchange: ForwarderExchanges.Exchange, _ reason: String, _ ports: PacketPorts) {
        if standard.owns(exchange) {
            tell(standard.fail(exchange, reason, ports, using: &generator), ports)
        } else {
            give(seats.fail(exchange, reason, ports, using: &generator), ports)
        }
    }
}

// MARK: - Names of others

extension Worker {
    private mutating func forward(
        _ query: Query,
        _ packet: Span<UInt8>,
        from origin: PacketOrigin,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        let limit = Responder.limit(query, origin.transport)
        rotation &+= 1
        let known = standard.forwarder.answer(
            query,
            responder.folded.span.extracting(0..<query.nameLength),
            nameHash: responder.nameHash,
            rotation: rotation,
            limit: limit - Reply(flags: ServerFlags.own, limit: limit).reserve(for: query),
            now: ports.now,
            into: &reply
        )
        guard let known else {
            reply.removeAll()
            let client = WaitingClient(query, packet, from: origin, at: ports.now)
            return ask(ForwardedQuestion(query, in: packet), for: client, ports)
        }
        Responder.finish(known.reply(to: query, limit: limit), query, known.counts, in: &reply)
        if known.wantsRefresh, let question = ForwardedQuestion(query, in: packet) {
            run(ports) { forwarder, generator in forwarder.refresh(question, now: ports.now, using: &generator) }
        }
        return .done
    }

    /// Makes a reply of what the cluster knows, and has what the alias leads to put behind it.
    mutating func followAlias(
        _ counts: ReplyCounts,
        _ packet: Span<UInt8>,
        for asker: RuleAsker,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        let query = asker.query
        let limit = Responder.limit(query, asker.transport)
        Responder.finish(Reply(flags: ServerFlags.ownAndAuthoritative, limit: limit), query, counts, in: &reply)
        guard query.flags.contains(.recursionDesired) else { return .done }
        let client = WaitingClient(asker, packet, alias: reply.span)
        guard client.target != nil else { return .done }
        reply.removeAll()
        return askTarget(for: client, ports)
    }

    mutating func ask(
        _ question: ForwardedQuestion?,
        for client: WaitingClient,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        guard let question else { return .done }
        run(ports) { forwarder, generator in
            forwarder.resolve(question, for: client, now: ports.now, using: &generator)
        }
        return .later
    }

    /// Lets the forwarder do something, and does what follows from it.
    private mutating func run(
        _ ports: PacketPorts,
        _ event: (inout Forwarder<WaitingClient>, inout SystemRandomNumberGenerator) -> ForwarderActions<WaitingClient>
    ) {
        tell(standard.run(ports, using: &generator, event), ports)
    }

    /// Others learn of answers before clients do: one that asks again may reach another worker.
    private mutating func tell(_ news: ForwarderSeat.News, _ ports: PacketPorts) {
        for answer in news.learned {
            for other in others { other.hand(HandedAnswer(answer: answer, time: ports.instant)) }
        }
        give(news.replies, ports)
    }

    mutating func give(_ replies: [ClientReplies<WaitingClient>], _ ports: PacketPorts) {
        for replies in replies { give(replies, ports) }
    }

    private mutating func give(_ replies: ClientReplies<WaitingClient>, _ ports: PacketPorts) {
        guard replies.answer.leadsHome else { return send(replies, ports) }
        let question = replies.question
        let (answer, leadsOut) = responder.completed(replies.answer, to: question)
        var clients: [WaitingClient] = []
        for client in replies.clients {
            if leadsOut, let led = client.led(by: answer, to: question) {
                _ = askTarget(for: led, ports)
            } else {
                clients.append(client)
            }
        }
        send(ClientReplies(clients: clients, question: question, answer: answer), ports)
    }

    private mutating func send(_ replies: ClientReplies<WaitingClient>, _ ports: PacketPorts) {
        log.complain(replies.question, replies.answer, now: ports.now)
        for client in replies.clients {
            rotation &+= 1
            let packet = client.reply(replies.answer, to: replies.question, rotation: rotation)
            let elapsed = ports.now - client.arrival
            observer.note(client.query, size: client.size, packet.span, client.origin, elapsed: elapsed)
            if log.isOn {
                let (query, question) = client.asked
                log.note(query, question.span, size: client.size, packet.span, client.origin, elapsed: elapsed)
            }
            ports.reply(packet.span, to: client.origin)
        }
    }
}
