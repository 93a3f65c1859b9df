import HTTPWire
import LinuxSystem

/// Connections of HTTP/2: each of their streams is a stream of the worker's with a leg of its own.
extension ProxyWorker {
    // MARK: - What comes

    /// Takes what came on the wire. Returns how many octets that is.
    mutating func run(
        _ multiplexer: Multiplexer,
        _ octets: Span<UInt8>,
        hasEnded: Bool,
        _ ports: StreamPorts
    ) -> Int {
        lines.note(multiplexer)
        guard !multiplexer.isClosing else { return octets.count }
        let taken = take(octets, hasEnded: hasEnded, multiplexer, ports)
        noteRoom(of: multiplexer, ports)
        return taken
    }

    private mutating func take(
        _ octets: Span<UInt8>,
        hasEnded: Bool,
        _ multiplexer: Multiplexer,
        _ ports: StreamPorts
    ) -> Int {
        var offset = 0
        while true {
            if isFull(multiplexer, ports) {
                awaitRoom(of: multiplexer, ports)
                return offset
            }
            let event = multiplexer.connection.next(octets, from: &offset, now: bench.now)
            switch event {
            case .needsMore:
                if hasEnded { end(multiplexer, ports) }
                return hasEnded ? octets.count : offset
            case .failed:
                end(multiplexer, ports)
                return octets.count
            case .goAway(let last, _): leave(multiplexer, after: last, ports)
            case .writable(let number): resume(multiplexer, number, ports)
            case .head(let number, let isEnd): begin(number, isEnd: isEnd, multiplexer, ports)
            case .data(let number, let range, let isEnd):
                guard let line = multiplexer.lines[number] else {
                    multiplexer.connection.credit(number, range.count)
                    continue
                }
                guard line.receive(octets.extracting(range), isEnd: isEnd) else {
                    breakOff(line, .protocolError, ports)
                    continue
                }
                give(line, ports)
            case .trailers(let number):
                guard let line = multiplexer.lines[number] else { continue }
                do throws(HTTP2HeadFault) {
                    try line.receiveTrailers()
                    give(line, ports)
                } catch {
                    breakOff(line, .protocolError, ports)
                }
            case .reset(let number, let code):
                guard let line = multiplexer.lines[number] else { continue }
                lose(line, wasLookedAt: code != .refusedStream, ports)
            }
        }
    }

    private mutating func begin(_ number: UInt32, isEnd: Bool, _ multiplexer: Multiplexer, _ ports: StreamPorts) {
        switch multiplexer.peer {
        case .client(let client): accept(number, isEnd: isEnd, from: client, multiplexer, ports)
        case .endpoint:
            guard let line = multiplexer.lines[number] else { return }
            // Interim responses count against no window, and a few octets may stand for long ones.
            guard line.waitingCount <= bench.limits.multiplexedInput else {
                return breakOff(line, .enhanceYourCalm, ports)
            }
            do throws(HTTP2HeadFault) {
                try line.begin(isEnd: isEnd, bench.limits.heads)
                give(line, ports)
            } catch {
                breakOff(line, .protocolError, ports)
            }
        }
    }

    /// A client begins a request.
    private mutating func accept(
        _ number: UInt32,
        isEnd: Bool,
        from client: ClientConnection,
        _ multiplexer: Multiplexer,
        _ ports: StreamPorts
    ) {
        let line = InnerLine(multiplexer, number, ports.makeInner(), from: .client)
        let box = ConversationBox(ClientConnection(line.stream, within: client))
        multiplexer.lines[number] = line
        lines.set(line.stream, .inner(line))
        set(line.stream, .client(box))
        places.begin(multiplexer.wire)
        if !bench.isDraining { ports.setDeadline(multiplexer.wire, after: nil) }
        do throws(HTTP2HeadFault) {
            try line.begin(isEnd: isEnd, bench.limits.heads)
            give(line, ports)
        } catch {
            guard error == .tooLarge else { return breakOff(line, .protocolError, ports) }
            box.conversation.refuse(431, "fields too long", &bench)
            perform(box, ports)
        }
    }

    /// The conversation has done with a stream to an endpoint.
    mutating func letGo(_ line: InnerLine, _ ports: StreamPorts) {
        guard line.isSent else { return reset(line, .cancel, ports) }
        if line.hasEnded { return settle(line, ports) }
        guard bench.effects.actions.contains(.keepUpstream) else { return reset(line, .cancel, ports) }
        // The response is complete, and only the word that it is may be missing.
        line.isLeft = true
        ports.setDeadline(line.stream, after: bench.limits.linger)
    }

    /// Gives whose stream it is what came and was not taken yet.
    mutating func give(_ line: InnerLine, _ ports: StreamPorts) {
        guard !ports.isPaused(line.stream) else { return }
        // What is taken is credited to the peer.
        lines.note(line.multiplexer)
        switch leg(line.stream) {
        case .client(let box):
            line.take { box.conversation.receive($0, hasEnded: false, &bench) }
            perform(box, ports)
        case .upstream(let box):
            line.take { box.conversation.receiveFromUpstream($0, hasEnded: false, &bench) }
            perform(box, ports)
        case .nobody, .attempt, .idle, .multiplexed, .announcing:
            line.drop()
            if line.isLeft, line.hasEnded { settle(line, ports) }
        }
    }

    /// The windows are open again: of one stream, or of the connection.
    private mutating func resume(_ multiplexer: Multiplexer, _ number: UInt32, _ ports: StreamPorts) {
        if number > 0 {
            if let line = multiplexer.lines[number] { resume(line, ports) }
        } else {
            resumeAll(multiplexer, ports)
        }
    }

    /// Whether the client takes so little that nothing more is done for it: heads of responses count against no window.
    private func isFull(_ multiplexer: Multiplexer, _ ports: StreamPorts) -> Bool {
        guard case .client = multiplexer.peer else { return false }
        let count = multiplexer.connection.output.count
        return count > bench.limits.multiplexedOutput && ports.isCongested(multiplexer.wire)
    }

    private func awaitRoom(of multiplexer: Multiplexer, _ ports: StreamPorts) {
        ports.pause(multiplexer.wire)
        multiplexer.backlog = ports.backlog(of: multiplexer.wire)
        ports.setDeadline(multiplexer.wire, after: bench.limits.stall)
    }

    /// What carries the connection takes octets again.
    mutating func drained(_ multiplexer: Multiplexer, _ ports: StreamPorts) {
        lines.note(multiplexer)
        resumeAll(multiplexer, ports)
        guard ports.isPaused(multiplexer.wire) else { return }
        ports.setDeadline(multiplexer.wire, after: nil)
        if multiplexer.lines.isEmpty { keepTime(of: multiplexer, ports) }
        ports.resume(multiplexer.wire)
    }

    /// Whoever had a turn last has the next one last: the connection's window may not be enough for all.
    private mutating func resumeAll(_ multiplexer: Multiplexer, _ ports: StreamPorts) {
        let lines = multiplexer.lines.values.sorted { $0.number < $1.number }
        let next = lines.firstIndex { $0.number > multiplexer.lastResumed } ?? 0
        for line in lines[next...] + lines[..<next] {
            let pending = line.pendingCount
            line.flush()
            if line.pendingCount < pending { multiplexer.lastResumed = line.number }
            resume(line, ports)
        }
    }

    private mutating func resume(_ line: InnerLine, _ ports: StreamPorts) {
        line.flush()
        lines.note(line.multiplexer)
        if line.isLeft { return settle(line, ports) }
        guard line.isAwaited, !lines.isCongested(line.stream, ports) else { return }
        line.isAwaited = false
        drained(line.stream, ports)
    }

    // MARK: - Ends of streams

    /// Ends a stream because of what the peer has sent on it.
    private mutating func breakOff(_ line: InnerLine, _ code: HTTP2ErrorCode, _ ports: StreamPorts) {
        line.multiplexer.connection.reset(line.number, code)
        lose(line, wasLookedAt: true, ports)
    }

    /// The peer has ended a stream before its time, or all of them.
    ///
    /// - Parameter wasLookedAt: false if it says that it has done nothing about the request.
    mutating func lose(_ line: InnerLine, wasLookedAt: Bool, _ ports: StreamPorts) {
        let leg = leg(line.stream)
        remove(line, ports)
        switch leg {
        case .client(let box):
            box.conversation.clientLeft(&bench)
            perform(box, ports)
        case .upstream(let box):
            box.conversation.upstream = .none
            box.conversation.upstreamFailed(nil, wasLookedAt: wasLookedAt, &bench)
            perform(box, ports)
        case .nobody, .attempt, .idle, .multiplexed, .announcing: break
        }
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
            // One that has not come about yet has its time for that.
            if multiplexer.isOpen { ports.setDeadline(multiplexer.wire, after: bench.limits.upstreamIdle) }
        }
    }

    /// The peer takes no further streams, and those of ours above a number it did not look at.
    private mutating func leave(_ multiplexer: Multiplexer, after last: UInt32, _ ports: StreamPorts) {
        multiplexer.isDraining = true
        if case .endpoint = multiplexer.peer {
            for line in Array(multiplexer.lines.values) where line.number > last {
                lose(line, wasLookedAt: false, ports)
            }
        }
        if multiplexer.lines.isEmpty { keepTime(of: multiplexer, ports) }
    }

    /// Nothing more will come.
    private mutating func end(_ multiplexer: Multiplexer, _ ports: StreamPorts) {
        multiplexer.isDraining = true
        multiplexer.isClosing = true
        for line in unfinished(multiplexer) { lose(line, wasLookedAt: true, ports) }
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
    mutating func lose(_ multiplexer: Multiplexer, _ reason: Errno?, _ ports: StreamPorts) {
        multiplexer.isClosing = true
        multiplexer.isDraining = true
        forget(multiplexer)
        if case .endpoint(let key) = multiplexer.peer, !multiplexer.isOpen {
            fail(attempt: multiplexer.wire, key, reason, ports)
        }
        for line in unfinished(multiplexer) { lose(line, wasLookedAt: true, ports) }
    }

    /// Its time is over: that of the connection to come about, or of one on which nothing is under way.
    mutating func expired(_ multiplexer: Multiplexer, _ ports: StreamPorts) {
        guard multiplexer.isOpen else {
            lose(multiplexer, .timedOut, ports)
            return close(multiplexer.wire, ports)
        }
        if ports.isPaused(multiplexer.wire) {
            guard multiplexer.backlog == ports.backlog(of: multiplexer.wire) else {
                return awaitRoom(of: multiplexer, ports)
            }
            lose(multiplexer, nil, ports)
            return close(multiplexer.wire, ports)
        }
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
