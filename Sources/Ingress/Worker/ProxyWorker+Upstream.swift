import HTTPWire
import LinuxSystem
import NetworkTypes

/// How the endpoint of a request is come to.
extension ProxyWorker {
    /// Begins a stream to the endpoint that was chosen on a connection that there is, or has the request wait for one.
    mutating func connect(_ box: ConversationBox, _ ports: StreamPorts) {
        guard let endpoint = box.conversation.exchange.endpoint else { return }
        let key = key(of: box)
        guard box.conversation.exchange.mayBeShared, shared[key]?.isOfHTTP1 != true else {
            return connectAlone(box, ports)
        }
        let stream = ports.makeInner()
        if let (multiplexer, number) = shared.openStream(at: key) {
            ask(multiplexer, number, on: stream, for: box, ports)
        } else {
            wait(on: stream, for: endpoint, box, ports)
        }
    }

    /// Begins to connect to the endpoint for one request.
    mutating func connectAlone(_ box: ConversationBox, _ ports: StreamPorts) {
        guard let endpoint = box.conversation.exchange.endpoint else { return }
        do throws(SystemCallError) {
            let stream = try connect(to: endpoint, ports)
            box.conversation.connecting(stream)
            set(stream, .upstream(box))
        } catch {
            box.conversation.upstreamFailed(UpstreamFailure(error.errno), &bench)
            perform(box, ports)
        }
    }

    mutating func connect(to endpoint: BackendEndpoint, _ ports: StreamPorts) throws(SystemCallError) -> StreamID {
        do throws(SystemCallError) {
            guard hasRoom(for: 1, ports) else {
                throw SystemCallError(call: "connect", subject: "\(endpoint)", errno: .tooManyOpenFiles)
            }
            let peer = StreamPeer(address: PacketAddress(endpoint.address), port: endpoint.port)
            let stream = try ports.connect(to: peer)
            ports.setDeadline(stream, after: bench.limits.connect)
            return stream
        } catch {
            if error.errno.isShortage { shortages.note(.endpoints) }
            throw error
        }
    }

    /// A connection to an endpoint came about, for one request.
    mutating func connected(_ box: ConversationBox, _ stream: StreamID, _ ports: StreamPorts) {
        guard let endpoint = box.conversation.exchange.endpoint, endpoint.scheme == .https else {
            return goOn(box, stream, ports)
        }
        let mayBeShared = box.conversation.exchange.mayBeShared
        if let failure = beginSession(with: endpoint, mayBeShared: mayBeShared, stream, ports) {
            close(stream, ports)
            set(stream, .nobody)
            box.conversation.upstream = .none
            box.conversation.upstreamFailed(failure, &bench)
            perform(box, ports)
        }
    }

    /// Begins TLS with an endpoint. Returns why that cannot be done; nil if it is.
    mutating func beginSession(
        with endpoint: BackendEndpoint,
        mayBeShared: Bool,
        _ stream: StreamID,
        _ ports: StreamPorts
    ) -> UpstreamFailure? {
        do {
            let line = SecureLine(try trust.session(with: endpoint, mayBeShared: mayBeShared, in: room))
            lines.set(stream, .secure(line))
            lines.drain(line, stream, ports)
            return nil
        } catch {
            return .secure(SecureFailure(error))
        }
    }

    /// TLS to an endpoint came about, for one request.
    mutating func established(
        _ handshake: SecureHandshake,
        _ box: ConversationBox,
        _ stream: StreamID,
        _ ports: StreamPorts
    ) {
        guard handshake.applicationProtocol == "h2", let endpoint = box.conversation.exchange.endpoint else {
            return goOn(box, stream, ports)
        }
        // It did not speak HTTP/2 when it was asked last.
        let key = key(of: box)
        wait(on: ports.makeInner(), for: endpoint, box, isFirst: true, ports)
        _ = shared.change(key) { upstream in
            upstream.isOfHTTP1 = false
            upstream.begin(stream)
        }
        multiplex(stream, to: key, ports)
    }

    /// What was waited for on a stream to an endpoint until the time was over.
    func lateness(of stream: StreamID, _ key: UpstreamKey) -> UpstreamFailure {
        if let failure = lateness(of: stream) { return failure }
        guard let upstream = shared[key], upstream.isAwaited(by: stream) else { return .slowConnection }
        guard upstream.multiplexers.isEmpty else { return .busy }
        for attempt in upstream.attempts {
            if let failure = lateness(of: attempt) { return failure }
        }
        return .slowConnection
    }

    /// Nil if its connection has not come about.
    private func lateness(of stream: StreamID) -> UpstreamFailure? {
        if case .multiplexed = leg(stream) { return .slowSettings }
        if case .secure(let line) = lines[stream], !line.isEstablished { return .slowHandshake }
        return nil
    }

    /// What carries the request to the endpoint is there.
    ///
    /// - Parameter isKept: whether it is a connection that carried requests before.
    mutating func goOn(_ box: ConversationBox, _ stream: StreamID, isKept: Bool = false, _ ports: StreamPorts) {
        ports.setDeadline(stream, after: nil)
        box.conversation.connected(isKept: isKept, &bench)
        perform(box, ports)
    }

    func key(of box: ConversationBox) -> UpstreamKey {
        UpstreamKey(slot: box.conversation.exchange.slot, generation: box.conversation.exchange.generation)
    }
}
