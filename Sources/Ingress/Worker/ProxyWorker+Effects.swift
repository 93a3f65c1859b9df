import HTTPWire
import LinuxSystem

extension ProxyWorker {
    /// Does what an event of a conversation asks for.
    mutating func perform(_ box: ConversationBox, _ ports: StreamPorts) {
        let client = box.conversation.client.stream
        letGo(ports)
        let actions = bench.effects.actions
        let upstream = box.conversation.upstream
        if actions.contains(.bindUpstream) {
            set(upstream, .upstream(box))
            ports.setDeadline(upstream, after: nil)
        }
        if !bench.effects.toUpstream.isEmpty {
            lines.send(&bench.effects.toUpstream, on: upstream, ports)
            if lines.isCongested(upstream, ports) { wait(for: upstream, box, ports) }
        }
        if !bench.effects.toClient.isEmpty { lines.send(&bench.effects.toClient, on: client, ports) }
        if lines.isCongested(client, ports) {
            ports.pause(upstream)
            lines.awaitRoom(on: client)
        }
        if actions.contains(.finishUpstream) { lines.finish(upstream, ports) }
        keepTime(of: client, box, ports)
        noteUse(of: box, ports)
        if actions.contains(.pauseClient) { ports.pause(client) }
        if actions.contains(.resumeClient), !lines.isCongested(upstream, ports) { ports.resume(client) }
        if actions.contains(.finishClient) { finish(box, ports) }
        if actions.contains(.cutClient) { cut(box, ports) }
        if actions.contains(.closeClient) { close(box, ports) }
        bench.effects.reset()
        if actions.contains(.connect) { connect(box, ports) }
        if actions.contains(.check) { check(box, ports) }
    }

    /// Takes nothing more of the client until the endpoint has taken what there is.
    private func wait(for upstream: StreamID, _ box: ConversationBox, _ ports: StreamPorts) {
        ports.pause(box.conversation.client.stream)
        lines.awaitRoom(on: upstream)
        guard box.conversation.upstreamPhase != .connecting else { return }
        box.upstreamBacklog = lines.backlog(of: upstream, ports)
        ports.setDeadline(upstream, after: bench.limits.stall)
    }

    /// Deals with the connection to an endpoint that the conversation has let go of.
    private mutating func letGo(_ ports: StreamPorts) {
        let former = bench.effects.formerUpstream
        guard former != .none else { return }
        set(former, .nobody)
        let (slot, generation) = (bench.effects.formerSlot, bench.effects.formerGeneration)
        if case .inner(let line) = lines[former] { return letGo(line, ports) }
        if shared.leave(former, UpstreamKey(slot: slot, generation: generation)) { return ports.close(former) }
        if bench.effects.actions.contains(.keepUpstream),
            bench.pools.keep(former, at: slot, generation, now: bench.now)
        {
            set(former, .idle(slot: slot))
            ports.resume(former)
            ports.setDeadline(former, after: bench.limits.upstreamIdle)
        } else {
            // It closes when what was under way has left, or the endpoint took nothing for too long.
            closeWhenSent(former, within: bench.limits.linger, ports)
        }
    }

    private mutating func keepTime(of client: StreamID, _ box: ConversationBox, _ ports: StreamPorts) {
        if lines.isCongested(client, ports) {
            box.backlog = lines.backlog(of: client, ports)
            ports.setDeadline(client, after: bench.limits.stall)
            return
        }
        switch bench.effects.clientDeadline {
        case .keep: break
        case .set(let duration): ports.setDeadline(client, after: duration)
        case .clear: ports.setDeadline(client, after: nil)
        }
    }

    /// Notes whether the client's connection could make room for another one.
    private mutating func noteUse(of box: ConversationBox, _ ports: StreamPorts) {
        // Those of HTTP/2 are at rest when all their streams are over.
        guard !box.conversation.client.isMultiplexed else { return }
        let client = box.conversation.client.stream
        let isBusy = box.conversation.clientPhase != .head || lines.isCongested(client, ports)
        let use = isBusy ? ClientUse.busy : box.conversation.isInHead ? .reading : .waiting
        // One that is answered at once is over before it is seen.
        guard use != box.use || box.conversation.requests != box.requests else { return }
        box.use = use
        box.requests = box.conversation.requests
        if use == .busy { places.begin(client) } else { places.rest(client) }
    }

    /// Has a password compared on another thread.
    private mutating func check(_ box: ConversationBox, _ ports: StreamPorts) {
        guard let check = box.conversation.pending?.check else { return }
        let isTaken = passwords.compare(check, for: box.conversation.client.stream, answering: mailbox)
        guard !isTaken else { return }
        box.conversation.pending = nil
        box.conversation.clientPhase = box.conversation.phaseAfterCheck
        box.conversation.answer(LocalAnswer(503, reason: "too many passwords wait"), &bench)
        perform(box, ports)
    }

    // MARK: - Ends of the client's connection

    private mutating func finish(_ box: ConversationBox, _ ports: StreamPorts) {
        let client = box.conversation.client.stream
        // A stream of HTTP/2 ends with its response, if that does not make it a tunnel.
        if case .inner = lines[client], box.conversation.clientPhase != .tunnel { return close(box, ports) }
        lines.finish(client, ports)
    }

    private mutating func close(_ box: ConversationBox, _ ports: StreamPorts) {
        guard forget(box) else { return }
        closeWhenSent(box.conversation.client.stream, within: bench.limits.stall, ports)
    }

    private mutating func cut(_ box: ConversationBox, _ ports: StreamPorts) {
        guard forget(box) else { return }
        reset(box.conversation.client.stream, ports)
    }
}
