import HTTPWire
import LinuxSystem

/// Streams of HTTP/2 end, and connections that carry them.
extension ProxyWorker {
    // MARK: - Ends of streams

    /// Ends a stream because of what the peer has sent on it.
    mutating func breakOff(
        _ line: InnerLine,
        _ code: HTTP2ErrorCode,
        _ failure: UpstreamFailure,
        _ ports: StreamPorts
    ) {
        line.multiplexer.connection.reset(line.number, code)
        lose(line, failure, ports)
    }

    /// The peer has ended a stream before its time, or all of them.
    ///
    /// - Parameters:
    ///   - failure: what that is, if the peer is an endpoint.
    ///   - wasLookedAt: false if it says that it has done nothing about the request.
    mutating func lose(
        _ line: InnerLine,
        _ failure: UpstreamFailure,
        wasLookedAt: Bool = true,
        _ ports: StreamPorts
    ) {
        let leg = leg(line.stream)
        remove(line, ports)
        switch leg {
        case .client(let box):
            box.conversation.clientLeft(&bench)
            perform(box, ports)
        case .upstream(let box):
            box.conversation.upstream = .none
            box.conversation.upstreamFailed(failure, wasLookedAt: wasLookedAt, &bench)
            perform(box, ports)
        case .nobody, .attempt, .idle, .multiplexed, .announcing: break
        }
    }

    /// The same, but first the client has what came of the response before, as far as it takes that.
    mutating func cut(
        _ line: InnerLine,
        _ failure: UpstreamFailure,
        wasLookedAt: Bool = true,
        _ ports: StreamPorts
    ) {
        guard case .upstream = leg(line.stream), line.waitingCount > 0 else {
            return lose(line, failure, wasLookedAt: wasLookedAt, ports)
        }
        line.cut(failure)
        give(line, ports)
    }

    /// A stream that nobody has to do with any more is over once all is sent.
    mutating func settle(_ line: InnerLine, _ ports: StreamPorts) {
        guard line.isSent || line.pendingCount == 0 else { return }
        if line.isSent, line.hasEnded { return remove(line, ports) }
        guard line.isOfClient else {
            // RFC 9113 section 8.1: the rest of the response is of no use, or there is none.
            return reset(line, line.isSent ? .noError : .cancel, ports)
        }
        // The last word apart from what came before it: some clients that read both at once look at the last word alone,
        // and have no response (curl 7.88).
        guard !line.isFarewell else { return }
        line.isFarewell = true
        ports.setDeadline(line.stream, after: Self.farewell)
        ports.resume(line.stream)
    }

    private static var farewell: StreamDelay { .milliseconds(100) }

    mutating func reset(_ line: InnerLine, _ code: HTTP2ErrorCode, _ ports: StreamPorts) {
        line.multiplexer.connection.reset(line.number, code)
        remove(line, ports)
    }

    private mutating func remove(_ line: InnerLine, _ ports: StreamPorts) {
        let multiplexer = line.multiplexer
        guard multiplexer.lines.removeValue(forKey: line.number) != nil else { return }
        // Nobody will take it any more, but it counts against the connection's window still.
        line.drop()
        set(line.stream, .nobody)
        lines.set(line.stream, .socket)
        ports.close(line.stream)
        lines.note(multiplexer)
        if case .endpoint(let key) = multiplexer.peer { shared.noteRoom(key) }
        guard multiplexer.lines.isEmpty else { return }
        keepTime(of: multiplexer, ports)
    }

    // MARK: - Ends of connections

    /// Nothing is under way.
    mutating func keepTime(of multiplexer: Multiplexer, _ ports: StreamPorts) {
        if multiplexer.isDraining { multiplexer.isClosing = true }
        switch multiplexer.peer {
        case .client:
            places.rest(multiplexer.wire)
            ports.setDeadline(multiplexer.wire, after: bench.isDraining ? bench.limits.goodbye : bench.limits.idle)
        case .endpoint:
            // One that has not come about yet has its time for that, and so has one to say whether it is still there.
            guard multiplexer.isOpen, !multiplexer.pings.isUnanswered else { return }
            ports.setDeadline(multiplexer.wire, after: bench.limits.upstreamIdle)
        }
    }

    /// The peer takes no further streams, and those of ours above a number it did not look at.
    mutating func leave(
        _ multiplexer: Multiplexer,
        after last: UInt32,
        _ code: HTTP2ErrorCode,
        _ ports: StreamPorts
    ) {
        multiplexer.isDraining = true
        multiplexer.failure = .goAway(code.known)
        if case .endpoint = multiplexer.peer {
            for line in Array(multiplexer.lines.values) where line.number > last {
                lose(line, .goAway(code.known), wasLookedAt: false, ports)
            }
        }
        if multiplexer.lines.isEmpty { keepTime(of: multiplexer, ports) }
    }

    /// Nothing more will come.
    mutating func end(_ multiplexer: Multiplexer, _ failure: UpstreamFailure, _ ports: StreamPorts) {
        multiplexer.isDraining = true
        multiplexer.isClosing = true
        // What it has said of its end says more than the end.
        let failure = multiplexer.failure ?? failure
        multiplexer.failure = failure
        for line in unfinished(multiplexer) { cut(line, failure, ports) }
        lines.note(multiplexer)
    }

    /// Those that are lost with their connection: of a response that has come whole the rest is in the line.
    private func unfinished(_ multiplexer: Multiplexer) -> [InnerLine] {
        multiplexer.lines.values.filter { line in
            if case .upstream = leg(line.stream) { return !line.hasEnded }
            return true
        }
    }

    /// The wire is gone, with all that is on it.
    mutating func lose(_ multiplexer: Multiplexer, _ failure: UpstreamFailure, _ ports: StreamPorts) {
        let failure = multiplexer.failure ?? failure
        multiplexer.isClosing = true
        multiplexer.isDraining = true
        forget(multiplexer)
        if case .endpoint(let key) = multiplexer.peer, !multiplexer.isOpen {
            fail(attempt: multiplexer.wire, key, failure, ports)
        }
        for line in unfinished(multiplexer) { cut(line, failure, ports) }
    }

    /// Its time is over: that of the connection to come about, or of one on which nothing is under way.
    mutating func expired(_ multiplexer: Multiplexer, _ ports: StreamPorts) {
        guard multiplexer.isOpen else {
            lose(multiplexer, .slowSettings, ports)
            return close(multiplexer.wire, ports)
        }
        if ports.isPaused(multiplexer.wire) {
            guard multiplexer.backlog == ports.backlog(of: multiplexer.wire) else {
                return awaitRoom(of: multiplexer, ports)
            }
            lose(multiplexer, .stalled, ports)
            return close(multiplexer.wire, ports)
        }
        if case .endpoint(let key) = multiplexer.peer, probe(multiplexer, to: key, ports) { return }
        guard multiplexer.lines.isEmpty || multiplexer.isDraining || bench.isDraining else { return }
        multiplexer.connection.goAway(.noError, isFinal: true)
        multiplexer.isDraining = true
        if multiplexer.lines.isEmpty { multiplexer.isClosing = true }
        lines.note(multiplexer)
    }

    /// Tells a client to begin nothing more here.
    mutating func drain(_ multiplexer: Multiplexer, _ ports: StreamPorts) {
        guard case .client = multiplexer.peer, !multiplexer.isClosing else { return }
        // Those that are on their way to us are still taken: the end follows when they are there.
        multiplexer.connection.goAway(.noError, isFinal: false)
        lines.note(multiplexer)
        ports.setDeadline(multiplexer.wire, after: bench.limits.goodbye)
    }

    /// It is over, and what there was to send is on its way.
    mutating func leave(_ multiplexer: Multiplexer, _ ports: StreamPorts) {
        guard case .multiplexed = leg(multiplexer.wire) else { return }
        forget(multiplexer)
        let wire = multiplexer.wire
        guard case .client = multiplexer.peer else {
            return closeWhenSent(wire, within: bench.limits.stall, ports)
        }
        // What it still sends would else be answered by the kernel, with the end of all that it has not read yet.
        lines.finish(wire, ports)
        ports.setDeadline(wire, after: ports.isCongested(wire) ? bench.limits.stall : bench.limits.linger)
    }

    /// The wire is nobody's any more.
    private mutating func forget(_ multiplexer: Multiplexer) {
        guard case .multiplexed = leg(multiplexer.wire) else { return }
        set(multiplexer.wire, .nobody)
        switch multiplexer.peer {
        case .client(let client): noteEnd(of: client)
        case .endpoint(let key): shared.remove(multiplexer, key)
        }
    }
}
