import HTTPWire
import LinuxSystem

/// What carries the streams of a worker, and how they are sent on, whatever it is.
///
/// Apart from the rest of the worker, so that what the worker has for a stream can be lent to it.
struct ProxyLines: ~Copyable {
    /// By the places of the streams.
    private var all: [(stream: StreamID, line: ProxyLine)] = []
    private var parsers: InnerParsers
    /// Those that may have something to send.
    private var dirty: [Multiplexer] = []
    /// Those that were given what makes no message.
    private var broken: [InnerLine] = []

    init(_ limits: HeadLimits) {
        parsers = InnerParsers(limits)
    }

    deinit {
        for case (_, .secure(let line)) in all { line.session.abandon() }
    }

    /// Of one that is closed a socket, of which the loop knows that it is closed.
    subscript(stream: StreamID) -> ProxyLine {
        let index = Int(stream.index)
        guard index >= 0, index < all.count, all[index].stream == stream else { return .socket }
        return all[index].line
    }

    mutating func set(_ stream: StreamID, _ line: ProxyLine) {
        guard stream != .none else { return }
        let index = Int(stream.index)
        if index >= all.count {
            all.append(contentsOf: repeatElement((.none, .socket), count: index + 1 - all.count))
        }
        // Another one may have the place by now.
        if case .socket = line, all[index].stream != stream { return }
        all[index] = (stream, line)
    }

    /// Nothing but a socket carries the stream from now on. A session is given up.
    mutating func forget(_ stream: StreamID) {
        switch self[stream] {
        case .socket: return
        case .secure(let line): line.session.abandon()
        case .inner: break
        }
        set(stream, .socket)
    }

    /// Sends what is in a buffer, and empties it.
    mutating func send(_ buffer: inout OctetBuffer, on stream: StreamID, _ ports: StreamPorts) {
        switch self[stream] {
        case .socket: ports.send(buffer.octets.span, on: stream)
        case .secure(let line):
            line.session.send(buffer.octets.span)
            line.session.flush()
            drain(line, stream, ports)
        case .inner(let line):
            if !line.send(buffer.octets.span, &parsers) {
                line.multiplexer.connection.reset(line.number, .internalError)
                broken.append(line)
            }
            note(line.multiplexer)
        }
        buffer.removeAll()
    }

    /// Whether what was sent waits, so that no more should be.
    func isCongested(_ stream: StreamID, _ ports: StreamPorts) -> Bool {
        guard case .inner(let line) = self[stream] else { return ports.isCongested(stream) }
        return line.pendingCount > 0 || ports.isCongested(line.multiplexer.wire)
    }

    /// What changes as long as the peer takes something.
    func backlog(of stream: StreamID, _ ports: StreamPorts) -> Int {
        guard case .inner(let line) = self[stream] else { return ports.backlog(of: stream) }
        return line.pendingCount &+ ports.backlog(of: line.multiplexer.wire)
    }

    /// Has `drained` follow when what waits has left.
    func awaitRoom(on stream: StreamID) {
        if case .inner(let line) = self[stream] { line.isAwaited = true }
    }

    /// Ends the own side when all is sent.
    mutating func finish(_ stream: StreamID, _ ports: StreamPorts) {
        switch self[stream] {
        case .socket: ports.finish(stream)
        case .secure(let line):
            line.session.sendEnd()
            drain(line, stream, ports)
            ports.finish(stream)
        case .inner(let line):
            line.finish()
            note(line.multiplexer)
        }
    }

    /// Sends what the session has for the peer.
    func drain(_ line: SecureLine, _ stream: StreamID, _ ports: StreamPorts) {
        line.session.channel.drain { octets in
            ports.send(octets, on: stream)
            return octets.count
        }
    }

    // MARK: - HTTP/2

    /// Has what is there sent at the end of the round: what many streams have to say leaves together.
    mutating func note(_ multiplexer: Multiplexer) {
        guard !multiplexer.isDirty else { return }
        multiplexer.isDirty = true
        dirty.append(multiplexer)
    }

    /// Those that cannot go on, since the last call.
    mutating func takeBroken() -> [InnerLine] {
        guard !broken.isEmpty else { return [] }
        defer { broken = [] }
        return broken
    }

    /// Sends what the connections of HTTP/2 have. Returns those that are over.
    mutating func flush(_ ports: StreamPorts) -> [Multiplexer] {
        guard !dirty.isEmpty else { return [] }
        var closing: [Multiplexer] = []
        var dirty: [Multiplexer] = []
        swap(&dirty, &self.dirty)
        for multiplexer in dirty {
            multiplexer.isDirty = false
            // What the peer does not take stays where it is counted.
            let isTaken = multiplexer.isClosing || !ports.isCongested(multiplexer.wire)
            if !multiplexer.connection.output.isEmpty, isTaken {
                send(&multiplexer.connection.output, on: multiplexer.wire, ports)
            }
            if multiplexer.isClosing { closing.append(multiplexer) }
        }
        dirty.removeAll(keepingCapacity: true)
        swap(&dirty, &self.dirty)
        return closing
    }
}
