import HTTPWire
import LinuxSystem
import NIOCore
import NetworkTypes

/// How the endpoint of a request is come to.
extension ProxyWorker {
    /// Begins to connect to the endpoint that was chosen, or begins a stream to it on a connection that there is.
    mutating func connect(_ box: ConversationBox, _ ports: StreamPorts) {
        guard let endpoint = box.conversation.exchange.endpoint else { return }
        let generation = box.conversation.exchange.generation
        if box.conversation.exchange.mayBeShared,
            let (multiplexer, number) = shared.openStream(at: endpoint.slot, generation)
        {
            // What comes of it is no more certain than with a connection of the pool.
            let isSafe = box.conversation.exchange.method.isIdempotent
            box.conversation.exchange.isReused = isSafe && multiplexer.isConnected
            return ask(multiplexer, number, for: box, ports)
        }
        do throws(SystemCallError) {
            let peer = StreamPeer(address: PacketAddress(endpoint.address), port: endpoint.port)
            let stream = try ports.connect(to: peer)
            ports.setDeadline(stream, after: bench.limits.connect)
            if endpoint.scheme == .h2c, box.conversation.exchange.mayBeShared {
                let multiplexer = share(stream, to: endpoint, generation, isConnected: false)
                guard let number = multiplexer.connection.openStream() else { return }
                ask(multiplexer, number, for: box, ports)
            } else {
                box.conversation.connecting(stream)
                set(stream, .upstream(box))
            }
        } catch {
            box.conversation.upstreamFailed(error.errno, &bench)
            perform(box, ports)
        }
    }

    /// A connection to an endpoint came about.
    mutating func connected(_ box: ConversationBox, _ stream: StreamID, _ ports: StreamPorts) {
        guard box.conversation.exchange.endpoint?.scheme == .https else { return goOn(box, stream, ports) }
        do {
            let context = box.conversation.exchange.mayBeShared ? trust.any : trust.onlyHTTP1
            let line = SecureLine(try SecureSession(askingWith: context, serverName: nil, peer: nil, in: room))
            lines.set(stream, .secure(line))
            lines.drain(line, stream, ports)
        } catch {
            close(stream, ports)
            set(stream, .nobody)
            box.conversation.upstream = .none
            box.conversation.upstreamFailed(nil, &bench)
            perform(box, ports)
        }
    }

    /// TLS to an endpoint came about.
    mutating func established(
        _ handshake: SecureHandshake,
        _ box: ConversationBox,
        _ stream: StreamID,
        _ ports: StreamPorts
    ) {
        guard handshake.applicationProtocol == "h2", let endpoint = box.conversation.exchange.endpoint else {
            return goOn(box, stream, ports)
        }
        let multiplexer = share(stream, to: endpoint, box.conversation.exchange.generation, isConnected: true)
        guard let number = multiplexer.connection.openStream() else { return }
        ask(multiplexer, number, for: box, ports)
    }

    private mutating func goOn(_ box: ConversationBox, _ stream: StreamID, _ ports: StreamPorts) {
        ports.setDeadline(stream, after: nil)
        box.conversation.connected(&bench)
        perform(box, ports)
    }

    /// Makes a stream one of HTTP/2 that requests share.
    private mutating func share(
        _ stream: StreamID,
        to endpoint: BackendEndpoint,
        _ generation: UInt32,
        isConnected: Bool
    ) -> Multiplexer {
        let multiplexer = Multiplexer(stream, to: endpoint, generation: generation, isConnected: isConnected)
        set(stream, .multiplexed(multiplexer))
        shared.add(multiplexer, at: endpoint.slot)
        return multiplexer
    }

    /// Has a stream of HTTP/2 carry a request.
    private mutating func ask(
        _ multiplexer: Multiplexer,
        _ number: UInt32,
        for box: ConversationBox,
        _ ports: StreamPorts
    ) {
        let scheme = box.conversation.exchange.endpoint?.scheme == .https ? HTTP2Scheme.https : .http
        let line = InnerLine(multiplexer, number, ports.makeInner(), from: .us(scheme))
        multiplexer.lines[number] = line
        lines.set(line.stream, .inner(line))
        set(line.stream, .upstream(box))
        box.conversation.connecting(line.stream)
        guard multiplexer.isConnected else { return }
        ports.setDeadline(multiplexer.wire, after: nil)
        goOn(box, line.stream, ports)
    }

    /// The wire of HTTP/2 to an endpoint is there.
    mutating func connected(_ multiplexer: Multiplexer, _ ports: StreamPorts) {
        multiplexer.isConnected = true
        lines.note(multiplexer)
        ports.setDeadline(multiplexer.wire, after: nil)
        if multiplexer.lines.isEmpty { keepTime(of: multiplexer, ports) }
        // Streams begin in the order of their numbers (RFC 9113 section 5.1.1).
        for line in multiplexer.lines.values.sorted(by: { $0.number < $1.number }) {
            guard case .upstream(let box) = leg(line.stream) else { continue }
            goOn(box, line.stream, ports)
        }
    }
}
