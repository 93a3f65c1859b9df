import LinuxSystem

extension ProxyWorker {
    /// Begins TLS with a client: what it says first is the handshake.
    mutating func beginSession(_ box: ConversationBox, _ ports: StreamPorts) {
        let client = box.conversation.client.stream
        do {
            box.session = try SecureSession(servingWith: certificates, in: room)
            box.isEstablished = false
            ports.setDeadline(client, after: bench.limits.handshake)
        } catch {
            _ = forget(box)
            ports.close(client)
        }
    }

    /// Takes what a client sent over TLS, and what it means.
    mutating func receive(
        _ octets: Span<UInt8>,
        hasEnded: Bool,
        _ session: SecureSession,
        _ box: ConversationBox,
        _ ports: StreamPorts
    ) {
        if !octets.isEmpty { session.receive(octets) }
        if hasEnded { session.receiveEnd() }
        drain(session, box, ports)
        while let event = session.nextEvent() {
            switch event {
            case .established(let handshake):
                box.isEstablished = true
                box.conversation.client.secure = SecureSuite(handshake)
                box.conversation.begin(&bench)
                perform(box, ports)
            case .plaintext: break
            case .end: box.hasSessionEnded = true
            case .failed, .closed:
                if !box.isEstablished { bench.traffic.handshakeFailures &+= 1 }
                box.conversation.clientLeft(&bench)
                return perform(box, ports)
            }
        }
        give(session, box, ports)
    }

    /// Gives the conversation what came; what it does not take stays in the session.
    private mutating func give(_ session: SecureSession, _ box: ConversationBox, _ ports: StreamPorts) {
        guard box.isEstablished else {
            if box.hasSessionEnded {
                box.conversation.clientLeft(&bench)
                perform(box, ports)
            }
            return
        }
        if session.plaintextCount > 0 {
            let hasEnded = box.hasSessionEnded
            session.takePlaintext { box.conversation.receive($0, hasEnded: hasEnded, &bench) }
        } else {
            _ = box.conversation.receive(Span(), hasEnded: box.hasSessionEnded, &bench)
        }
        perform(box, ports)
    }

    /// Sends what the session has for the client.
    func drain(_ session: SecureSession, _ box: ConversationBox, _ ports: StreamPorts) {
        session.channel.drain { octets in
            ports.send(octets, on: box.conversation.client.stream)
            return octets.count
        }
    }
}
