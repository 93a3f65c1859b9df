import HTTPWire
import LinuxSystem

/// What streams tell: each event goes to whose stream it is.
extension ProxyWorker {
    mutating func connected(_ stream: StreamID, _ ports: StreamPorts) {
        switch leg(stream) {
        case .upstream(let box): connected(box, stream, ports)
        case .attempt(let key): connected(attempt: stream, key, ports)
        case .nobody, .client, .idle, .multiplexed, .announcing: break
        }
    }

    mutating func received(
        _ octets: Span<UInt8>,
        hasEnded: Bool,
        on stream: StreamID,
        _ ports: StreamPorts
    ) -> Int {
        switch lines[stream] {
        case .socket: break
        case .secure(let line):
            receive(octets, hasEnded: hasEnded, line, stream, ports)
            return octets.count
        case .inner(let line):
            give(line, ports)
            return 0
        }
        let leg = leg(stream)
        if case .announcing(let client) = leg {
            return announce(client, octets, hasEnded: hasEnded, on: stream, ports)
        }
        let taken = take(octets, hasEnded: hasEnded, leg, ports)
        if case .client(let box) = leg, bench.effects.actions.contains(.multiplex) {
            bench.effects.reset()
            return run(multiplex(box, ports), octets, hasEnded: hasEnded, ports)
        }
        settle(leg, stream, hasNews: hasEnded || !octets.isEmpty, ports)
        return taken
    }

    /// Gives whose stream it is what came. Returns how many octets are taken.
    mutating func take(_ octets: Span<UInt8>, hasEnded: Bool, _ leg: Leg, _ ports: StreamPorts) -> Int {
        switch leg {
        case .client(let box): box.conversation.receive(octets, hasEnded: hasEnded, &bench)
        case .upstream(let box): box.conversation.receiveFromUpstream(octets, hasEnded: hasEnded, &bench)
        case .multiplexed(let multiplexer): run(multiplexer, octets, hasEnded: hasEnded, ports)
        case .attempt, .idle, .nobody, .announcing: octets.count
        }
    }

    /// Does what follows from what was taken.
    mutating func settle(_ leg: Leg, _ stream: StreamID, hasNews: Bool, _ ports: StreamPorts) {
        switch leg {
        case .client(let box), .upstream(let box): perform(box, ports)
        case .idle(let slot):
            guard hasNews else { return }
            // Nobody asked for anything: what comes now would be taken for the answer to the next request.
            bench.pools.remove(stream, at: slot)
            drop(stream, ports)
        case .attempt, .multiplexed, .nobody, .announcing: break
        }
    }

    mutating func drained(_ stream: StreamID, _ ports: StreamPorts) {
        switch leg(stream) {
        case .client(let box):
            box.conversation.drained(&bench)
            ports.resume(box.conversation.upstream)
            perform(box, ports)
        case .upstream(let box):
            ports.setDeadline(stream, after: nil)
            ports.resume(box.conversation.client.stream)
        case .multiplexed(let multiplexer): drained(multiplexer, ports)
        case .attempt, .idle, .nobody, .announcing: break
        }
    }

    mutating func failed(_ stream: StreamID, _ reason: Errno, _ ports: StreamPorts) {
        let leg = leg(stream)
        let failure = UpstreamFailure(reason)
        lines.forget(stream)
        switch leg {
        case .client(let box):
            set(stream, .nobody)
            noteEnd(of: box.conversation.client)
            box.conversation.clientLeft(&bench)
            perform(box, ports)
        case .upstream(let box):
            set(stream, .nobody)
            box.conversation.upstream = .none
            box.conversation.upstreamFailed(failure, &bench)
            perform(box, ports)
        case .attempt(let key):
            set(stream, .nobody)
            fail(attempt: stream, key, failure, ports)
        case .idle(let slot):
            set(stream, .nobody)
            bench.pools.remove(stream, at: slot)
        case .multiplexed(let multiplexer): lose(multiplexer, failure, ports)
        case .announcing(let client):
            set(stream, .nobody)
            noteEnd(of: client)
        case .nobody: break
        }
    }

    mutating func expired(_ stream: StreamID, _ ports: StreamPorts) {
        switch leg(stream) {
        case .client(let box):
            if lines.isCongested(stream, ports) {
                let backlog = lines.backlog(of: stream, ports)
                if box.backlog == backlog { box.conversation.clientLeft(because: "the client takes nothing", &bench) }
                box.backlog = backlog
                ports.setDeadline(stream, after: bench.limits.stall)
            } else if lines.isCongested(box.conversation.upstream, ports) {
                // It would send, if the endpoint took it.
                ports.setDeadline(stream, after: bench.limits.bodyWindow)
            } else if case .secure(let line) = lines[stream], !line.isEstablished {
                box.conversation.clientLeft(&bench)
            } else {
                box.conversation.clientExpired(&bench)
            }
            perform(box, ports)
        case .upstream(let box):
            if lines.isCongested(stream, ports), box.conversation.upstreamPhase != .connecting {
                let backlog = lines.backlog(of: stream, ports)
                if box.upstreamBacklog == backlog { box.conversation.upstreamStalled(&bench) }
                box.upstreamBacklog = backlog
                ports.setDeadline(stream, after: bench.limits.stall)
            } else {
                let failure = lateness(of: stream, key(of: box))
                box.conversation.upstreamExpired(failure, &bench)
            }
            perform(box, ports)
        case .attempt(let key):
            let failure = lateness(of: stream, key)
            drop(stream, ports)
            fail(attempt: stream, key, failure, ports)
        case .idle(let slot):
            bench.pools.remove(stream, at: slot)
            drop(stream, ports)
        case .multiplexed(let multiplexer): expired(multiplexer, ports)
        case .announcing(let client):
            noteEnd(of: client)
            drop(stream, ports)
        case .nobody: expired(closing: stream, ports)
        }
    }
}
