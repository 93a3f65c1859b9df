import HTTPWire
import LinuxSystem

extension Conversation {
    /// The endpoint's connection could not be made, broke, or ended too early.
    ///
    /// - Parameter wasLookedAt: false if the endpoint says that it has done nothing about the request.
    mutating func upstreamFailed(_ failure: UpstreamFailure, wasLookedAt: Bool = true, _ bench: inout Workbench) {
        switch upstreamPhase {
        case .none: break
        // Not the endpoint's fault, and with another one it would be the same.
        case .connecting where failure == .shortage: failResponse(failure, &bench)
        case .connecting:
            let end = bench.now + bench.limits.ejection.milliseconds
            bench.pools.eject(exchange.slot, exchange.generation, until: end)
            retry(excluding: exchange.slot, isNoted: true, after: failure, &bench)
        case .head where !wasLookedAt && exchange.isKept: retry(excluding: nil, after: failure, &bench)
        case .head where isUnheard(failure): retry(excluding: nil, after: failure, &bench)
        case .head, .body: failResponse(failure, &bench)
        case .tunnel:
            releaseUpstream(canBeKept: false, &bench)
            noteCut(failure)
            finishExchange(status: exchange.status, &bench)
            // Without a socket of its own a WebSocket has another word for that (RFC 8441 section 5).
            clientPhase = .closed
            bench.effects.actions.insert(client.isMultiplexed ? .cutClient : .closeClient)
        }
    }

    /// Whether the request may be sent again, since the connection was at its end: it had waited for this request, and was
    /// closed by the other side meanwhile, or nobody is there any more.
    private func isUnheard(_ failure: UpstreamFailure) -> Bool {
        guard failure.isEndOfConnection, upstreamScanned == 0, exchange.isKept else { return false }
        return exchange.isReused || failure == .silent && exchange.method.isIdempotent
    }

    /// It takes nothing of what is sent to it.
    mutating func upstreamStalled(_ bench: inout Workbench) {
        guard upstreamPhase != .none else { return }
        failResponse(.stalled, &bench)
    }

    /// It took too long to connect.
    mutating func upstreamExpired(_ failure: UpstreamFailure, _ bench: inout Workbench) {
        guard upstreamPhase == .connecting else { return }
        upstreamFailed(failure, &bench)
    }

    /// - Parameter isNoted: whether the failure counts even if another endpoint answers.
    private mutating func retry(
        excluding excluded: Int?,
        isNoted: Bool = false,
        after failure: UpstreamFailure,
        _ bench: inout Workbench
    ) {
        releaseUpstream(canBeKept: false, &bench)
        if isNoted { note(failure, &bench) }
        let canWait = exchange.retries < 2 && exchange.isKept
        // Others that waited may have been closed as well.
        guard canWait, reserveEndpoint(excluding: excluded, isFresh: true, &bench) else {
            if !isNoted { note(failure, &bench) }
            return answer(LocalAnswer(failure), &bench)
        }
        exchange.retries += 1
    }

    /// No response, or no more of it, will come: the client gets another one if it has had nothing yet.
    mutating func failResponse(_ failure: UpstreamFailure, _ bench: inout Workbench) {
        releaseUpstream(canBeKept: false, &bench)
        note(failure, &bench)
        guard exchange.status == 0 else {
            noteCut(failure)
            finishExchange(status: exchange.status, &bench)
            return cut(&bench)
        }
        answer(LocalAnswer(failure), &bench)
    }

    /// Counts a failure of the endpoint at hand, and has it told.
    private func note(_ failure: UpstreamFailure, _ bench: inout Workbench) {
        guard let kind = failure.kind else { return }
        bench.traffic.failures[kind, default: 0] &+= 1
        guard let backend = exchange.backend, let endpoint = exchange.endpoint else { return }
        bench.troubles?.note(EndpointTrouble(service: backend.key, endpoint: endpoint, failure: failure))
    }

    /// Has the access log say why there is no more of a response.
    private mutating func noteCut(_ failure: UpstreamFailure) {
        guard exchange.logged != nil else { return }
        noteCut("the response breaks off: \(failure)")
    }

    /// Has the access log say why there is no response, or no more of it.
    mutating func noteCut(_ reason: String) {
        exchange.isCut = exchange.status != 0
        exchange.reason = reason
    }

    /// Answers the request at hand in place of an endpoint.
    mutating func answer(_ local: LocalAnswer, _ bench: inout Workbench) {
        dropUpstream(&bench)
        exchange.status = local.status
        exchange.reason = local.reason
        // As with a response of an endpoint: whether the body comes is not known.
        if exchange.awaitsContinue, clientPhase == .body { isPersistent = false }
        closeIfTooMuchIsLeft(bench)
        exchange.responseOctets = bench.writeAnswer(local, isPersistent: isPersistent, to: exchange)
        finishExchange(status: local.status, &bench)
        afterResponse(&bench)
    }

    /// Closes the endpoint's connection, if there is one, in the middle of whatever it does.
    mutating func dropUpstream(_ bench: inout Workbench) {
        guard upstreamPhase != .none else { return }
        releaseUpstream(canBeKept: false, &bench)
    }

    mutating func releaseUpstream(canBeKept: Bool, _ bench: inout Workbench) {
        bench.pools.end(at: exchange.slot, exchange.generation)
        upstreamPhase = .none
        bench.effects.actions.remove([.connect, .bindUpstream])
        if !canBeKept { bench.effects.toUpstream.removeAll() }
        guard upstream != .none else { return }
        bench.effects.formerUpstream = upstream
        bench.effects.formerSlot = exchange.slot
        bench.effects.formerGeneration = exchange.generation
        bench.effects.actions.insert(canBeKept ? .keepUpstream : .closeUpstream)
        upstream = .none
    }

    mutating func finishExchange(status: UInt16, _ bench: inout Workbench) {
        guard exchange.isOpen else { return }
        bench.traffic.note(exchange, status: status, client, now: bench.now)
        if let head = exchange.logged {
            bench.log?.add(AccessEntry(head, exchange, status: status, now: bench.now))
        }
        exchange.end()
    }
}

extension LocalAnswer {
    /// What a client gets in place of a response of the endpoint's.
    init(_ failure: UpstreamFailure) {
        self.init(failure.status, reason: failure.description)
    }
}
