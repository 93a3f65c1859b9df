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
            box.conversation.upstreamFailed(error.errno, &bench)
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
        guard !beginSession(with: endpoint, mayBeShared: mayBeShared, stream, ports) else { return }
        close(stream, ports)
        set(stream, .nobody)
        box.conversation.upstream = .none
        box.conversation.upstreamFailed(nil, &bench)
        perform(box, ports)
    }

    /// Begins TLS with an endpoint. Returns false if that cannot be done.
    mutating func beginSession(
        with endpoint: BackendEndpoint,
        mayBeShared: Bool,
        _ stream: StreamID,
        _ ports: StreamPorts
    ) -> Bool {
        guard let session = try? trust.session(with: endpoint, mayBeShared: mayBeShared, in: room) else { return false }
        let line = SecureLine(session)
        lines.set(stream, .secure(line))
        lines.drain(line, stream, ports)
        return true
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
