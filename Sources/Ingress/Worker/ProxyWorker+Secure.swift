import LinuxSystem

extension ProxyWorker {
    /// Begins TLS with a client: what it says first is the handshake.
    mutating func beginSession(_ box: ConversationBox, _ ports: StreamPorts) {
        let client = box.conversation.client.stream
        do {
            lines.set(client, .secure(SecureLine(try SecureSession(servingWith: certificates, in: room))))
            ports.setDeadline(client, after: bench.limits.handshake)
        } catch {
            _ = forget(box)
            ports.close(client)
        }
    }

    /// Takes what a peer sent over TLS, and what it means.
    mutating func receive(
        _ octets: Span<UInt8>,
        hasEnded: Bool,
        _ line: SecureLine,
        _ stream: StreamID,
        _ ports: StreamPorts
    ) {
        if !octets.isEmpty { line.session.receive(octets) }
        if hasEnded { line.session.receiveEnd() }
        lines.drain(line, stream, ports)
        while let event = line.session.nextEvent() {
            switch event {
            case .established(let handshake):
                line.isEstablished = true
                established(handshake, stream, ports)
            case .plaintext: break
            case .end(let how):
                line.hasEnded = true
                line.isCutOff = how == .cutOff
            case .failed(let reason): return fail(line, .secure(reason), stream, ports)
            case .closed: return fail(line, .closed, stream, ports)
            }
        }
        guard line.isEstablished else {
            if line.hasEnded { fail(line, .secure(.wentAway), stream, ports) }
            return
        }
        give(line, stream, ports)
    }

    private mutating func established(_ handshake: SecureHandshake, _ stream: StreamID, _ ports: StreamPorts) {
        switch leg(stream) {
        case .client(let box):
            box.conversation.client.secure = SecureSuite(handshake)
            if handshake.applicationProtocol == "h2" {
                multiplex(box, ports)
            } else {
                box.conversation.begin(&bench)
                perform(box, ports)
            }
        case .upstream(let box): established(handshake, box, stream, ports)
        case .attempt(let key): established(handshake, attempt: stream, key, ports)
        case .nobody, .idle, .multiplexed, .announcing: break
        }
    }

    /// Gives whose stream it is what came; what it does not take stays in the session.
    private mutating func give(_ line: SecureLine, _ stream: StreamID, _ ports: StreamPorts) {
        let leg = leg(stream)
        // An end that anybody may have made is none of a response that has no other.
        if line.isCutOff, case .upstream = leg {
            line.session.takePlaintext { take($0, hasEnded: false, leg, ports) }
            settle(leg, stream, hasNews: true, ports)
            return fail(line, .cutOff, stream, ports)
        }
        guard line.session.plaintextCount > 0 || line.hasEnded || isAwaitingOctets(leg) else { return }
        if line.session.plaintextCount > 0 {
            let hasEnded = line.hasEnded
            line.session.takePlaintext { take($0, hasEnded: hasEnded, leg, ports) }
        } else {
            _ = take(Span(), hasEnded: line.hasEnded, leg, ports)
        }
        settle(leg, stream, hasNews: true, ports)
    }

    /// Whether it makes a difference to be given nothing: to who has been resumed.
    private func isAwaitingOctets(_ leg: Leg) -> Bool {
        switch leg {
        case .client, .upstream: true
        case .nobody, .attempt, .idle, .multiplexed, .announcing: false
        }
    }

    /// The session cannot go on, or did not come about.
    private mutating func fail(
        _ line: SecureLine,
        _ failure: UpstreamFailure,
        _ stream: StreamID,
        _ ports: StreamPorts
    ) {
        switch leg(stream) {
        case .client(let box):
            if !line.isEstablished { bench.traffic.handshakeFailures &+= 1 }
            box.conversation.clientLeft(&bench)
            perform(box, ports)
        case .upstream(let box):
            set(stream, .nobody)
            close(stream, ports)
            box.conversation.upstream = .none
            box.conversation.upstreamFailed(failure, &bench)
            perform(box, ports)
        case .idle(let slot):
            bench.pools.remove(stream, at: slot)
            drop(stream, ports)
        case .attempt(let key):
            drop(stream, ports)
            fail(attempt: stream, key, failure, ports)
        case .multiplexed(let multiplexer):
            lose(multiplexer, failure, ports)
            close(stream, ports)
        case .nobody, .announcing: break
        }
    }
}
