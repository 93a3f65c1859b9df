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
        if !octets.isEmpty, case .endpoint = multiplexer.peer { noteLife(of: multiplexer, ports) }
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
                if hasEnded { end(multiplexer, .closed, ports) }
                return hasEnded ? octets.count : offset
            case .failed(let code):
                end(multiplexer, multiplexer.isOpen ? .brokenConnection(code) : .notHTTP2, ports)
                return octets.count
            case .goAway(let last, let code): leave(multiplexer, after: last, code, ports)
            case .writable(let number): resume(multiplexer, number, ports)
            case .head(let number, let isEnd): begin(number, isEnd: isEnd, multiplexer, ports)
            case .data(let number, let range, let isEnd):
                multiplexer.noteMessage()
                guard let line = multiplexer.lines[number] else {
                    multiplexer.connection.credit(number, range.count)
                    continue
                }
                guard line.receive(octets.extracting(range), isEnd: isEnd) else {
                    breakOff(line, .protocolError, .wrongLength, ports)
                    continue
                }
                give(line, ports)
            case .trailers(let number):
                multiplexer.noteMessage()
                guard let line = multiplexer.lines[number] else { continue }
                do throws(HTTP2HeadFault) {
                    try line.receiveTrailers()
                    give(line, ports)
                } catch {
                    breakOff(line, .protocolError, .malformedFields(error), ports)
                }
            case .reset(let number, let code):
                guard let line = multiplexer.lines[number] else { continue }
                cut(line, .streamReset(code.known), wasLookedAt: code != .refusedStream, ports)
            }
        }
    }

    private mutating func begin(_ number: UInt32, isEnd: Bool, _ multiplexer: Multiplexer, _ ports: StreamPorts) {
        switch multiplexer.peer {
        case .client(let client): accept(number, isEnd: isEnd, from: client, multiplexer, ports)
        case .endpoint:
            multiplexer.noteMessage()
            guard let line = multiplexer.lines[number] else { return }
            // Interim responses count against no window, and a few octets may stand for long ones.
            guard line.waitingCount <= bench.limits.multiplexedInput else {
                return breakOff(line, .enhanceYourCalm, .tooMany, ports)
            }
            do throws(HTTP2HeadFault) {
                try line.begin(isEnd: isEnd, bench.limits.heads)
                give(line, ports)
            } catch {
                breakOff(line, .protocolError, .malformedFields(error), ports)
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
            switch error {
            case .tooLarge: box.conversation.refuse(431, "fields too long", &bench)
            case .unknownProtocol: box.conversation.refuse(501, "an unknown protocol", &bench)
            default: return breakOff(line, .protocolError, .malformedFields(error), ports)
            }
            perform(box, ports)
        }
    }

    /// The conversation has done with a stream to an endpoint.
    mutating func letGo(_ line: InnerLine, _ ports: StreamPorts) {
        guard line.isSent, line.failure == nil else { return reset(line, .cancel, ports) }
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
            // Of a request the end is seen from its head and its body.
            let hasEnded = line.isTunnel && line.hasEnded
            line.take { box.conversation.receive($0, hasEnded: hasEnded, &bench) }
            perform(box, ports)
        case .upstream(let box):
            line.take { box.conversation.receiveFromUpstream($0, hasEnded: false, &bench) }
            perform(box, ports)
            // As long as the client has not taken it, an end of its connection could overtake it.
            if let failure = line.failure, line.waitingCount == 0, !ports.isPaused(line.stream) {
                lose(line, failure, ports)
            }
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

    func awaitRoom(of multiplexer: Multiplexer, _ ports: StreamPorts) {
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
}
