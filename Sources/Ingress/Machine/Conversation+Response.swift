import HTTPWire
import LinuxSystem

// MARK: - Events of the endpoint's connection

extension Conversation {
    /// - Returns: how many of the octets were taken.
    mutating func receiveFromUpstream(_ octets: Span<UInt8>, hasEnded: Bool, _ bench: inout Workbench) -> Int {
        var taken = 0
        while true {
            let rest = octets.extracting(taken..<octets.count)
            switch upstreamPhase {
            case .none, .connecting:
                return octets.count
            case .head:
                guard !rest.isEmpty else {
                    if hasEnded { upstreamFailed(.closed, &bench) }
                    return taken
                }
                guard let length = readResponseHead(rest, hasEnded: hasEnded, &bench) else { return taken }
                taken += length
                // A response without a body ends with its head: what follows belongs to nobody.
                if upstreamPhase == .none { return settle(octets.count - taken, hasEnded, &bench) + taken }
            case .body:
                taken += relayResponseBody(rest, hasEnded: hasEnded, &bench)
                if upstreamPhase == .none { return settle(octets.count - taken, hasEnded, &bench) + taken }
                if hasEnded { upstreamFailed(.closed, &bench) }
                return taken
            case .tunnel:
                bench.effects.toClient.append(rest)
                exchange.responseOctets += UInt64(rest.count)
                if hasEnded { end(.upstream, of: .finishClient, &bench) }
                return octets.count
            }
        }
    }

    /// An endpoint that sends more than was asked for, or ends, has no further request.
    private mutating func settle(_ rest: Int, _ hasEnded: Bool, _ bench: inout Workbench) -> Int {
        if rest > 0 || hasEnded, bench.effects.actions.contains(.keepUpstream) {
            bench.effects.actions.remove(.keepUpstream)
            bench.effects.actions.insert(.closeUpstream)
        }
        return rest
    }

    /// Reads the head of a response. Returns its length; nil if it is not complete, or refused.
    private mutating func readResponseHead(
        _ octets: Span<UInt8>,
        hasEnded: Bool,
        _ bench: inout Workbench
    ) -> Int? {
        let progress = bench.responseParser.parse(octets, resumingAt: &upstreamScanned, to: exchange.method)
        switch progress {
        case .complete(let length): return takeResponseHead(octets.extracting(0..<length), &bench) ? length : nil
        case .refused(let fault): failResponse(.malformed(fault), &bench)
        case .incomplete: if hasEnded { failResponse(.closed, &bench) }
        // It is what a client says.
        case .http2Preface: failResponse(.malformed(.statusLine), &bench)
        }
        return nil
    }

    /// Acts on a head that was read. Returns false if it is refused.
    private mutating func takeResponseHead(_ head: Span<UInt8>, _ bench: inout Workbench) -> Bool {
        upstreamScanned = 0
        if bench.responseParser.head.isInterim {
            if bench.responseParser.head.status == 100 { exchange.awaitsContinue = false }
            if exchange.isModern { bench.writeInterimResponse(head) }
        } else if bench.responseParser.head.status == 101 {
            guard exchange.offersUpgrade, bench.responseParser.head.upgradeProtocol != nil else {
                failResponse(.unaskedUpgrade, &bench)
                return false
            }
            guard exchange.webSocketKey?.isAccepted(by: bench.responseParser.head, in: head) ?? true else {
                failResponse(.unclearWebSocket, &bench)
                return false
            }
            beginTunnel(head, &bench)
        } else if exchange.webSocketKey != nil, (200..<300).contains(bench.responseParser.head.status) {
            // The client would take it for a WebSocket, and what follows for what is said on it.
            failResponse(.unclearWebSocket, &bench)
            return false
        } else {
            beginResponse(head, &bench)
        }
        return true
    }

    private mutating func beginResponse(_ octets: Span<UInt8>, _ bench: inout Workbench) {
        exchange.status = bench.responseParser.head.status
        exchange.forget()
        framing = ResponseFraming(bench.responseParser.head.body, isModern: exchange.isModern)
        // A client that was not told to go on may go on all the same, or not: nobody knows what its next octets are.
        if framing == .untilClose || exchange.awaitsContinue && clientPhase == .body { isPersistent = false }
        // An endpoint whose response of success goes on may take the body for as long.
        if clientPhase == .body, exchange.status >= 300 || framing == .none || framing == .octets(0) {
            closeIfTooMuchIsLeft(bench)
        }
        if exchange.method != .head, exchange.status == 204 || exchange.status == 304 { framing = .none }
        bench.writeResponse(octets, framing, isPersistent: isPersistent, exchange)
        isUpstreamPersistent = bench.responseParser.head.isPersistent
        upstreamPhase = .body
        switch bench.responseParser.head.body {
        case .none, .octets(0): endResponse(&bench)
        case .octets(let count): responseBody = .octets(count)
        case .chunked: responseBody = .chunked(ChunkedReader())
        case .untilClose: responseBody = .untilClose
        }
    }

    private mutating func beginTunnel(_ octets: Span<UInt8>, _ bench: inout Workbench) {
        exchange.status = 101
        exchange.forget()
        isPersistent = false
        bench.writeUpgradeResponse(octets)
        clientPhase = .tunnel
        upstreamPhase = .tunnel
        bench.effects.actions.insert(.resumeClient)
        bench.effects.clientDeadline = .clear
    }
}

// MARK: - Bodies of responses

extension Conversation {
    private mutating func relayResponseBody(
        _ octets: Span<UInt8>,
        hasEnded: Bool,
        _ bench: inout Workbench
    ) -> Int {
        switch responseBody {
        case .none:
            endResponse(&bench)
            return 0
        case .octets(let left):
            let taken = Int(min(left, UInt64(octets.count)))
            bench.effects.toClient.append(octets.extracting(0..<taken))
            exchange.responseOctets += UInt64(taken)
            responseBody = .octets(left - UInt64(taken))
            if left == UInt64(taken) { endResponse(&bench) }
            return taken
        case .untilClose:
            passResponse(octets, &bench)
            if hasEnded {
                if framing == .chunked { bench.effects.toClient.append("0\r\n\r\n" as StaticString) }
                endResponse(&bench)
            }
            return octets.count
        case .chunked(var reader):
            responseBody = .none
            return relayResponseChunks(octets, &reader, &bench)
        }
    }

    private mutating func relayResponseChunks(
        _ octets: Span<UInt8>,
        _ reader: inout ChunkedReader,
        _ bench: inout Workbench
    ) -> Int {
        var offset = 0
        while true {
            switch reader.next(octets, from: &offset) {
            case .data(let range): passResponse(octets.extracting(range), &bench)
            case .needsMore:
                responseBody = .chunked(reader)
                return offset
            case .end:
                if framing == .chunked { bench.writeLastChunk(reader, withTrailers: exchange.takesTrailers) }
                endResponse(&bench)
                return offset
            case .refused(let fault):
                failResponse(.malformed(fault), &bench)
                return octets.count
            }
        }
    }

    private mutating func passResponse(_ octets: Span<UInt8>, _ bench: inout Workbench) {
        guard !octets.isEmpty else { return }
        exchange.responseOctets += UInt64(octets.count)
        if framing == .chunked {
            bench.effects.toClient.appendChunkHeader(octets.count)
            bench.effects.toClient.append(octets)
            bench.effects.toClient.append("\r\n" as StaticString)
        } else {
            bench.effects.toClient.append(octets)
        }
    }

    private mutating func endResponse(_ bench: inout Workbench) {
        responseBody = .none
        let isRequestComplete = clientPhase == .waiting
        releaseUpstream(canBeKept: isUpstreamPersistent && isRequestComplete, &bench)
        finishExchange(status: exchange.status, &bench)
        afterResponse(&bench)
    }

    /// The request is answered before it has come whole: has the response say that the connection ends with it, if more is
    /// known to be left than is taken for nothing.
    mutating func closeIfTooMuchIsLeft(_ bench: borrowing Workbench) {
        guard clientPhase == .body, case .octets(let left) = requestBody, left > bench.limits.discarded else { return }
        isPersistent = false
    }

    /// The response is complete: what comes next.
    mutating func afterResponse(_ bench: inout Workbench) {
        if clientPhase == .body, isPersistent {
            // The client still sends: it may come to an end soon enough.
            clientPhase = .discarding
            discardable = bench.limits.discarded
            bench.effects.clientDeadline = .set(bench.limits.linger)
            bench.effects.actions.insert(.resumeClient)
        } else {
            awaitNextRequest(&bench)
        }
    }

    mutating func awaitNextRequest(_ bench: inout Workbench) {
        guard isPersistent else { return isLastOfClient ? close(&bench) : beginClosing(&bench) }
        clientPhase = .head
        bench.effects.clientDeadline = .set(bench.limits.idle)
        bench.effects.actions.insert(.resumeClient)
    }
}
