import HTTPWire
import LinuxSystem

/// Connections to endpoints that requests share, or may share, and requests that wait for them.
///
/// Nobody knows how many requests a connection takes, or over TLS whether it takes more than one, before the endpoint has
/// said so. Until then all wait for the first connection, and none is sent only to be refused.
extension ProxyWorker {
    // MARK: - Requests

    /// Has a request wait for a place on a connection, for as long as a connection may take to come about.
    mutating func wait(
        on stream: StreamID,
        for endpoint: BackendEndpoint,
        _ box: ConversationBox,
        isFirst: Bool = false,
        _ ports: StreamPorts
    ) {
        set(stream, .upstream(box))
        box.conversation.connecting(stream)
        ports.setDeadline(stream, after: bench.limits.connect)
        shared.wait(stream, for: endpoint, key(of: box), isFirst: isFirst)
    }

    /// Has a stream of HTTP/2 carry a request.
    mutating func ask(
        _ multiplexer: Multiplexer,
        _ number: UInt32,
        on stream: StreamID,
        for box: ConversationBox,
        _ ports: StreamPorts
    ) {
        let scheme = box.conversation.exchange.endpoint?.scheme == .https ? HTTP2Scheme.https : .http
        let line = InnerLine(multiplexer, number, stream, from: .us(scheme))
        multiplexer.lines[number] = line
        lines.set(stream, .inner(line))
        set(stream, .upstream(box))
        box.conversation.connecting(stream)
        // What comes of it is no more certain than with a connection of the pool.
        box.conversation.exchange.isReused = multiplexer.wasAsked && box.conversation.exchange.method.isIdempotent
        multiplexer.pings.ask(at: bench.now)
        watch(multiplexer, ports)
        goOn(box, stream, isKept: multiplexer.wasAsked, ports)
        multiplexer.wasAsked = true
    }

    /// At the end of a round: gives those who wait what places there are, in their order, and begins the connections that
    /// the others need.
    mutating func serveWaiting(_ ports: StreamPorts) {
        while let key = shared.takeNoted() {
            _ = shared.change(key) { $0.learnRoom() }
            while let served = shared.change(key, { $0.serveFirst() }) ?? nil {
                guard case .upstream(let box) = leg(served.waiting) else {
                    served.multiplexer.connection.reset(served.number, .cancel)
                    continue
                }
                ask(served.multiplexer, served.number, on: served.waiting, for: box, ports)
            }
            while let upstream = shared[key], upstream.missingConnections > 0 { beginAttempt(upstream, key, ports) }
            if let upstream = shared[key], upstream.isRetired, upstream.waiting.isEmpty { drain(upstream) }
            shared.forgetIfOver(key)
        }
    }

    /// The endpoint is gone: its connections are over with what is under way on them.
    private mutating func drain(_ upstream: SharedUpstream) {
        for multiplexer in upstream.multiplexers {
            multiplexer.isDraining = true
            guard multiplexer.lines.isEmpty else { continue }
            multiplexer.isClosing = true
            lines.note(multiplexer)
        }
    }

    // MARK: - Connections

    private mutating func beginAttempt(_ upstream: SharedUpstream, _ key: UpstreamKey, _ ports: StreamPorts) {
        do throws(SystemCallError) {
            let stream = try connect(to: upstream.endpoint, ports)
            _ = shared.change(key) { $0.begin(stream) }
            set(stream, .attempt(key))
        } catch {
            fail(shared.change(key) { $0.dismiss() } ?? [], UpstreamFailure(error.errno), ports)
        }
    }

    /// A connection that was begun for whoever waits is there: what the endpoint speaks is to be found out.
    mutating func connected(attempt stream: StreamID, _ key: UpstreamKey, _ ports: StreamPorts) {
        guard let endpoint = shared[key]?.endpoint, endpoint.scheme == .https else {
            return multiplex(stream, to: key, ports)
        }
        if let failure = beginSession(with: endpoint, mayBeShared: true, stream, ports) {
            drop(stream, ports)
            fail(attempt: stream, key, failure, ports)
        }
    }

    /// TLS of such a connection came about.
    mutating func established(
        _ handshake: SecureHandshake,
        attempt stream: StreamID,
        _ key: UpstreamKey,
        _ ports: StreamPorts
    ) {
        guard handshake.applicationProtocol != "h2" else { return multiplex(stream, to: key, ports) }
        let waiting = shared.change(key) { $0.learnHTTP1(from: stream) } ?? []
        var boxes: [ConversationBox] = []
        for waitingStream in waiting {
            guard case .upstream(let box) = leg(waitingStream) else { continue }
            drop(waitingStream, ports)
            box.conversation.upstream = .none
            boxes.append(box)
        }
        if let first = boxes.first {
            first.conversation.connecting(stream)
            set(stream, .upstream(first))
            goOn(first, stream, ports)
            for box in boxes.dropFirst() { connectAlone(box, ports) }
        } else if bench.pools.keep(stream, at: key.slot, key.generation, now: bench.now) {
            set(stream, .idle(slot: key.slot))
            ports.setDeadline(stream, after: bench.limits.upstreamIdle)
        } else {
            set(stream, .nobody)
            closeWhenSent(stream, within: bench.limits.linger, ports)
        }
    }

    /// A connection did not come about: those for whom there is no other have to go elsewhere.
    mutating func fail(attempt stream: StreamID, _ key: UpstreamKey, _ failure: UpstreamFailure, _ ports: StreamPorts) {
        shared.note(key)
        fail(shared.change(key) { $0.fail(stream) } ?? [], failure, ports)
    }

    /// No connection will come about for requests that wait.
    private mutating func fail(_ waiting: [StreamID], _ failure: UpstreamFailure, _ ports: StreamPorts) {
        for waitingStream in waiting {
            guard case .upstream(let box) = leg(waitingStream) else { continue }
            drop(waitingStream, ports)
            box.conversation.upstream = .none
            box.conversation.upstreamFailed(failure, &bench)
            perform(box, ports)
        }
    }

    /// Makes a connection one of HTTP/2. It has come about when the endpoint has sent its SETTINGS.
    mutating func multiplex(_ stream: StreamID, to key: UpstreamKey, _ ports: StreamPorts) {
        let multiplexer = Multiplexer(stream, to: key)
        set(stream, .multiplexed(multiplexer))
        lines.note(multiplexer)
    }

    /// An endpoint has sent something: looks whether its SETTINGS are there, or it went without any, or takes more now.
    mutating func noteRoom(of multiplexer: Multiplexer, _ ports: StreamPorts) {
        guard case .endpoint(let key) = multiplexer.peer else { return }
        if multiplexer.isOpen {
            shared.noteRoom(key)
        } else if multiplexer.isDraining || multiplexer.isClosing {
            fail(attempt: multiplexer.wire, key, multiplexer.failure ?? .closed, ports)
        } else if multiplexer.connection.isOpen {
            multiplexer.isOpen = true
            _ = shared.change(key) { $0.open(multiplexer) }
            shared.note(key)
            keepTime(of: multiplexer, ports)
        }
    }
}
