import HTTPWire
import LinuxSystem

extension Conversation {
    /// The endpoint's connection could not be made, broke, or ended too early.
    ///
    /// - Parameters:
    ///   - reason: nil if it ended.
    ///   - wasLookedAt: false if the endpoint says that it has done nothing about the request.
    mutating func upstreamFailed(_ reason: Errno?, wasLookedAt: Bool = true, _ bench: inout Workbench) {
        switch upstreamPhase {
        case .none: break
        case .connecting where reason?.isShortage == true:
            // Not the endpoint's fault, and with another one it would be the same.
            releaseUpstream(canBeKept: false, &bench)
            answer(LocalAnswer(503, reason: "no descriptor or memory is left"), &bench)
        case .connecting:
            bench.traffic.connectFailures &+= 1
            let end = bench.now + bench.limits.ejection.milliseconds
            bench.pools.eject(exchange.slot, exchange.generation, until: end)
            retry(excluding: exchange.slot, else: reason == .timedOut ? 504 : 502, &bench)
        case .head where !wasLookedAt && exchange.isKept: retry(excluding: nil, else: 502, &bench)
        case .head where exchange.isReused && upstreamScanned == 0 && exchange.isKept:
            // It had waited for this request, and was closed by the other side meanwhile.
            retry(excluding: nil, else: 502, &bench)
        case .head, .body: failResponse(502, &bench)
        case .tunnel:
            releaseUpstream(canBeKept: false, &bench)
            finishExchange(status: exchange.status, &bench)
            // Without a socket of its own a WebSocket has another word for that (RFC 8441 section 5).
            clientPhase = .closed
            bench.effects.actions.insert(client.isMultiplexed ? .cutClient : .closeClient)
        }
    }

    /// It takes nothing of what is sent to it.
    mutating func upstreamStalled(_ bench: inout Workbench) {
        guard upstreamPhase != .none else { return }
        failResponse(504, &bench)
    }

    /// It took too long to connect.
    mutating func upstreamExpired(_ bench: inout Workbench) {
        guard upstreamPhase == .connecting else { return }
        upstreamFailed(.timedOut, &bench)
    }

    private mutating func retry(excluding excluded: Int?, else status: UInt16, _ bench: inout Workbench) {
        releaseUpstream(canBeKept: false, &bench)
        let canWait = exchange.retries < 2 && exchange.isKept
        // Others that waited may have been closed as well.
        guard canWait, reserveEndpoint(excluding: excluded, isFresh: true, &bench) else {
            return answer(LocalAnswer(status, reason: "the endpoint failed"), &bench)
        }
        exchange.retries += 1
    }

    /// No response, or no more of it, will come: the client gets another one if it has had nothing yet.
    mutating func failResponse(_ status: UInt16, _ bench: inout Workbench) {
        releaseUpstream(canBeKept: false, &bench)
        guard exchange.status == 0 else {
            finishExchange(status: exchange.status, &bench)
            return cut(&bench)
        }
        answer(LocalAnswer(status, reason: "the endpoint failed"), &bench)
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
