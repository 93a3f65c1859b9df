import HTTPWire
import LinuxSystem

extension Conversation {
    /// Takes a request whose head the parser of the workbench has just read from `octets`.
    mutating func beginExchange(_ octets: Span<UInt8>, _ bench: inout Workbench) {
        exchange.begin(at: bench.now)
        if bench.log != nil {
            exchange.logged = AccessHead(bench.requestParser.head, in: octets, of: client, at: bench.wallTime)
        }
        exchange.method = bench.requestParser.head.method
        exchange.isModern = bench.requestParser.head.minorVersion > 0
        exchange.takesTrailers = client.isMultiplexed || bench.requestParser.head.options.contains(.acceptsTrailers)
        exchange.awaitsContinue = bench.requestParser.head.expectsContinue
        exchange.offersUpgrade = bench.requestParser.head.upgradeProtocol != nil
        if client.isMultiplexed, exchange.offersUpgrade {
            exchange.webSocketKey = WebSocketKey(of: bench.requestParser.head, in: octets)
        }
        isLastOfClient = !bench.requestParser.head.isPersistent
        isPersistent =
            bench.requestParser.head.isPersistent && !bench.isDraining && !client.isMultiplexed
            && requests < bench.limits.requestsOfConnection
        exchange.isRemoteCall = client.isMultiplexed && !exchange.offersUpgrade && bench.isRemoteCall(octets)
        beginRequestBody(&bench)
        switch bench.requestParser.head.method {
        // RFC 9110 section 9.3.8 has it in no proxy's interest to echo what it adds; nobody is to tunnel through here.
        case .trace: return answer(LocalAnswer(405, reason: "not to be traced"), &bench)
        case .connect: return answer(LocalAnswer(501, reason: "no tunnels here"), &bench)
        default: break
        }
        switch bench.place(of: octets, over: client.entryPoint) {
        case .refused: answer(LocalAnswer(400, reason: "malformed path"), &bench)
        case .nowhere: answer(LocalAnswer(404, reason: "no route"), &bench)
        case .found(let route): take(route, octets, &bench)
        }
    }

    private mutating func beginRequestBody(_ bench: inout Workbench) {
        switch bench.requestParser.head.body {
        case .none, .octets(0):
            requestBody = .none
            clientPhase = .waiting
            bench.effects.clientDeadline = .clear
        case .octets(let count):
            requestBody = .octets(count)
            beginWindow(&bench)
        case .chunked:
            requestBody = .chunked(ChunkedReader())
            beginWindow(&bench)
        }
    }

    private mutating func beginWindow(_ bench: inout Workbench) {
        clientPhase = .body
        windowOctets = 0
        bench.effects.clientDeadline = bodyDeadline(bench)
    }

    /// Until when something of the body has to come. A call may be silent for as long as both sides like.
    func bodyDeadline(_ bench: borrowing Workbench) -> Effects.DeadlineChange {
        exchange.isRemoteCall ? .clear : .set(bench.limits.bodyWindow)
    }

    private mutating func take(_ route: Route, _ octets: Span<UInt8>, _ bench: inout Workbench) {
        exchange.route = route
        exchange.tableNumber = bench.tableNumber
        guard route.rules.isEmpty else { return applyRules(of: route, octets, &bench) }
        forward(route, octets, nil, &bench)
    }

    /// Sends the request whose head was parsed last to an endpoint of its route.
    mutating func forward(_ route: Route, _ octets: Span<UInt8>, _ edits: HeadEdits?, _ bench: inout Workbench) {
        exchange.responseEdits = edits?.response
        exchange.isForService = true
        let backend: Backend
        switch route.outcome {
        case .backend(let found): backend = found
        case .unavailable(let reason): return answer(LocalAnswer(503, reason: reason.description), &bench)
        }
        if backend.isOutside, bench.timesSentOutside(octets) >= LoopMark.most {
            return answer(LocalAnswer(508, reason: "it goes in a circle by names outside the cluster"), &bench)
        }
        exchange.backend = backend
        // Upgrades are of HTTP/1 alone.
        exchange.mayBeShared = backend.scheme != .http && !exchange.offersUpgrade
        if let seats = backend.seats { exchange.seat = bench.seat(in: octets, of: seats) }
        guard reserveEndpoint(excluding: nil, &bench) else {
            return answer(LocalAnswer(503, reason: "no endpoint"), &bench)
        }
        bench.writeRequest(octets, client, exchange, edits)
        startRequest(&bench)
    }

    /// Chooses an endpoint, and takes a connection to it if one waits. Returns false if there is no endpoint.
    ///
    /// - Parameter isFresh: whether only a new connection will do.
    mutating func reserveEndpoint(
        excluding excluded: Int?,
        isFresh: Bool = false,
        _ bench: inout Workbench
    ) -> Bool {
        guard let backend = exchange.backend,
            let place = chooseEndpoint(of: backend, excluding: excluded, &bench)
        else { return false }
        let endpoint = backend.endpoints[place]
        // Another one may have its slot, if the table has changed since the route was found.
        guard exchange.tableNumber == bench.tableNumber || bench.table.has(endpoint) else { return false }
        let longest = exchange.method.isIdempotent ? bench.limits.upstreamIdle : bench.limits.upstreamIdleOnce
        let earliest = isFresh ? Int64.max : bench.now - longest.milliseconds
        let stream = bench.pools.begin(at: endpoint, since: earliest)
        exchange.slot = endpoint.slot
        exchange.place = place
        exchange.generation = bench.pools.generation(of: endpoint.slot)
        if exchange.forwardedAt == nil { exchange.forwardedAt = bench.now }
        upstreamScanned = 0
        if let stream {
            upstream = stream
            exchange.isReused = true
            bench.traffic.reuses &+= 1
            upstreamPhase = .head
            bench.effects.actions.insert(.bindUpstream)
        } else {
            exchange.isReused = false
            upstreamPhase = .connecting
            bench.effects.actions.insert(.connect)
        }
        return true
    }

    /// The client's own endpoint, else the one that is best off.
    private func chooseEndpoint(of backend: Backend, excluding excluded: Int?, _ bench: inout Workbench) -> Int? {
        if let seat = exchange.seat, backend.endpoints[seat.endpoint].slot != excluded { return seat.endpoint }
        return bench.pools.choose(
            among: backend.endpoints,
            preferring: backend.preferredCount,
            excluding: excluded,
            now: bench.now,
            using: &bench.random
        )
    }

    /// Has the head, which stands in the effects, sent or kept until there is a connection.
    private mutating func startRequest(_ bench: inout Workbench) {
        exchange.isKept = upstreamPhase == .connecting || exchange.method.isIdempotent
        guard exchange.isKept else { return }
        exchange.keep(bench.effects.toUpstream.octets.span)
        if upstreamPhase == .connecting { bench.effects.toUpstream.removeAll() }
    }

    /// The worker has begun to connect.
    mutating func connecting(_ stream: StreamID) {
        upstream = stream
    }

    /// There is a connection to the endpoint.
    ///
    /// - Parameter isKept: whether it carried requests before.
    mutating func connected(isKept: Bool = false, _ bench: inout Workbench) {
        if isKept { bench.traffic.reuses &+= 1 } else { bench.traffic.connects &+= 1 }
        upstreamPhase = .head
        bench.effects.toUpstream.append(exchange.kept.octets.span)
        // It can go to another endpoint no more, unless it may be repeated, or the endpoint can say that it did not look.
        if !exchange.method.isIdempotent, !exchange.mayBeShared { exchange.forget() }
        if clientPhase == .body { bench.effects.actions.insert(.resumeClient) }
    }
}

// MARK: - Bodies of requests

extension Conversation {
    /// Takes as much of the body as there is and may be taken. Returns how many octets that is.
    mutating func relayRequestBody(_ octets: Span<UInt8>, _ bench: inout Workbench) -> Int {
        // As much as is kept for the case that the endpoint cannot be reached is all that may wait for it.
        if upstreamPhase == .connecting, exchange.kept.count >= bench.limits.kept {
            bench.effects.actions.insert(.pauseClient)
            return 0
        }
        var taken = 0
        switch requestBody {
        case .none, .untilClose:
            endRequestBody(&bench)
        case .octets(let left):
            taken = Int(min(left, UInt64(octets.count)))
            passRequest(octets.extracting(0..<taken), asChunk: false, &bench)
            requestBody = .octets(left - UInt64(taken))
            if left == UInt64(taken) { endRequestBody(&bench) }
        case .chunked(var reader):
            requestBody = .none
            taken = relayChunks(octets, &reader, &bench)
        }
        windowOctets += UInt64(taken)
        exchange.requestOctets += UInt64(taken)
        if clientPhase == .discarding, discardable == 0 { beginClosing(&bench) }
        return taken
    }

    private mutating func relayChunks(
        _ octets: Span<UInt8>,
        _ reader: inout ChunkedReader,
        _ bench: inout Workbench
    ) -> Int {
        var offset = 0
        while true {
            switch reader.next(octets, from: &offset) {
            case .data(let range): passRequest(octets.extracting(range), asChunk: true, &bench)
            case .needsMore:
                requestBody = .chunked(reader)
                return offset
            case .end:
                passLastChunk(reader, &bench)
                endRequestBody(&bench)
                return offset
            case .refused(let fault):
                // What was sent of it must not look complete.
                dropUpstream(&bench)
                if exchange.status == 0 { refuseBody(fault, &bench) } else { clientLeft(because: fault.reason, &bench) }
                return octets.count
            }
        }
    }

    private static let lastChunk: [UInt8] = Array("0\r\n\r\n".utf8)

    /// Sends the end of a body in chunks, with the fields behind it, of which none may say who the client is.
    private mutating func passLastChunk(_ reader: borrowing ChunkedReader, _ bench: inout Workbench) {
        guard !reader.trailers.isEmpty else { return passRequest(Self.lastChunk.span, asChunk: false, &bench) }
        let octets = reader.trailerOctets
        var end = OctetBuffer()
        end.appendLastChunk(reader) { field in
            guard !field.name.isHopByHop, !ForwardedFields.drops(field.name, ofTrusted: false) else { return false }
            return field.name != .other
                || !ForwardedFields.drops(otherName: octets.span.extracting(field.nameRange), ofTrusted: false)
        }
        passRequest(end.octets.span, asChunk: false, &bench)
    }

    private mutating func refuseBody(_ fault: HeadFault, _ bench: inout Workbench) {
        isPersistent = false
        requestBody = .none
        answer(LocalAnswer(fault.status, reason: fault.reason), &bench)
    }

    /// Sends octets of the request on, or keeps them until there is a connection, or drops them if nobody wants them.
    private mutating func passRequest(_ octets: Span<UInt8>, asChunk isChunk: Bool, _ bench: inout Workbench) {
        switch upstreamPhase {
        case .none:
            let count = UInt64(octets.count)
            discardable = count > discardable ? 0 : discardable - count
        case .connecting: Self.append(octets, asChunk: isChunk, to: &exchange.kept)
        case .head, .body, .tunnel:
            Self.append(octets, asChunk: isChunk, to: &bench.effects.toUpstream)
            guard exchange.isKept else { return }
            if exchange.kept.count + octets.count > bench.limits.kept || exchange.status != 0 {
                exchange.forget()
            } else {
                Self.append(octets, asChunk: isChunk, to: &exchange.kept)
            }
        }
    }

    private static func append(_ octets: Span<UInt8>, asChunk isChunk: Bool, to buffer: inout OctetBuffer) {
        guard isChunk else { return buffer.append(octets) }
        buffer.appendChunkHeader(octets.count)
        buffer.append(octets)
        buffer.append("\r\n" as StaticString)
    }

    private mutating func endRequestBody(_ bench: inout Workbench) {
        requestBody = .none
        let wasDiscarding = clientPhase == .discarding
        clientPhase = .waiting
        bench.effects.clientDeadline = .clear
        if wasDiscarding { awaitNextRequest(&bench) }
    }
}
