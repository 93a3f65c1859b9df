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
            ports.send(bench.effects.toUpstream.octets.span, on: upstream)
            if ports.isCongested(upstream) { wait(for: upstream, box, ports) }
        }
        sendToClient(box, ports)
        if ports.isCongested(client) { ports.pause(upstream) }
        if actions.contains(.finishUpstream) { ports.finish(upstream) }
        keepTime(of: client, box, ports)
        if actions.contains(.pauseClient) { ports.pause(client) }
        if actions.contains(.resumeClient), !ports.isCongested(upstream) { ports.resume(client) }
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
        guard box.conversation.upstreamPhase != .connecting else { return }
        box.upstreamBacklog = ports.backlog(of: upstream)
        ports.setDeadline(upstream, after: bench.limits.stall)
    }

    private mutating func sendToClient(_ box: ConversationBox, _ ports: StreamPorts) {
        guard !bench.effects.toClient.isEmpty else { return }
        if let session = box.session {
            session.send(bench.effects.toClient.octets.span)
            session.flush()
            drain(session, box, ports)
        } else {
            ports.send(bench.effects.toClient.octets.span, on: box.conversation.client.stream)
        }
    }

    /// Deals with the connection to an endpoint that the conversation has let go of.
    private mutating func letGo(_ ports: StreamPorts) {
        let former = bench.effects.formerUpstream
        guard former != .none else { return }
        let (slot, generation) = (bench.effects.formerSlot, bench.effects.formerGeneration)
        if bench.effects.actions.contains(.keepUpstream),
            bench.pools.keep(former, at: slot, generation, now: bench.now)
        {
            set(former, .idle(slot: slot))
            ports.resume(former)
            ports.setDeadline(former, after: bench.limits.upstreamIdle)
        } else {
            set(former, .nobody)
            // It closes when what was under way has left, or the endpoint took nothing for too long.
            ports.closeWhenSent(former)
            ports.setDeadline(former, after: bench.limits.linger)
        }
    }

    private mutating func keepTime(of client: StreamID, _ box: ConversationBox, _ ports: StreamPorts) {
        if ports.isCongested(client) {
            box.backlog = ports.backlog(of: client)
            ports.setDeadline(client, after: bench.limits.stall)
            return
        }
        switch bench.effects.clientDeadline {
        case .keep: break
        case .set(let duration): ports.setDeadline(client, after: duration)
        case .clear: ports.setDeadline(client, after: nil)
        }
    }

    private mutating func connect(_ box: ConversationBox, _ ports: StreamPorts) {
        guard let endpoint = box.conversation.exchange.endpoint else { return }
        do throws(SystemCallError) {
            let stream = try ports.connect(
                to: StreamPeer(address: PacketAddress(endpoint.address), port: endpoint.port)
            )
            box.conversation.connecting(stream)
            set(stream, .upstream(box))
            ports.setDeadline(stream, after: bench.limits.connect)
        } catch {
            box.conversation.upstreamFailed(error.errno, &bench)
            perform(box, ports)
        }
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
        if let session = box.session {
            session.sendEnd()
            drain(session, box, ports)
        }
        ports.finish(box.conversation.client.stream)
    }

    private mutating func close(_ box: ConversationBox, _ ports: StreamPorts) {
        guard forget(box) else { return }
        let client = box.conversation.client.stream
        if let session = box.session {
            session.close()
            drain(session, box, ports)
            session.abandon()
        }
        ports.closeWhenSent(client)
        ports.setDeadline(client, after: bench.limits.stall)
    }

    private mutating func cut(_ box: ConversationBox, _ ports: StreamPorts) {
        guard forget(box) else { return }
        box.session?.abandon()
        ports.reset(box.conversation.client.stream)
    }
}
