import LinuxSystem
import NetworkTypes

/// Who may stay where there are more who want to than there may be.
extension ProxyWorker {
    /// Gives a new client a place, or resets its connection. Returns whether it has one.
    ///
    /// - Parameter network: nil for a proxy's, whose clients are many.
    mutating func admit(_ stream: StreamID, _ network: ClientNetwork?, _ ports: StreamPorts) -> Bool {
        // A place may be that of one that was closed a moment ago.
        forgetClosed(ports)
        switch places.enter(stream, from: network, hasRoom: hasRoom(for: 0, ports)) {
        case .admitted(let closing):
            guard let closing else { return true }
            bench.traffic.evictions &+= 1
            dismiss(closing, ports)
            return true
        case .refused(let reason):
            refuse(reason)
            ports.reset(stream)
            return false
        }
    }

    /// Whether a client that a proxy has named may stay.
    mutating func isWithinShare(_ client: AnnouncedClient, _ stream: StreamID) -> Bool {
        let isWithin = places.assign(stream, to: ClientNetwork(PacketAddress(client.address)))
        if !isWithin { refuse(.share) }
        return isWithin
    }

    private mutating func refuse(_ reason: ClientRefusal) {
        bench.traffic.refusals[reason, default: 0] &+= 1
        shortages.note(reason == .full ? .places : .share)
    }

    /// What was closed has a place no more.
    mutating func forgetClosed(_ ports: StreamPorts) {
        ports.takeClosed { places.leave($0) }
    }

    /// Whether there may be so many connections more. One to an endpoint that waits for a request makes room.
    mutating func hasRoom(for count: Int, _ ports: StreamPorts) -> Bool {
        guard ports.streamCount + count > budget.all else { return true }
        guard let idle = bench.pools.removeLongestIdle() else { return false }
        drop(idle, ports)
        return true
    }

    /// Closes a client's connection on which nothing is under way, as its time would have done.
    private mutating func dismiss(_ stream: StreamID, _ ports: StreamPorts) {
        switch leg(stream) {
        case .client(let box):
            box.conversation.close(&bench)
            perform(box, ports)
        case .multiplexed(let multiplexer):
            // It does not linger: what comes late is lost, as the last word says.
            if !ports.isPaused(stream) { expired(multiplexer, ports) }
            for over in lines.flush(ports) { leave(over, ports) }
            lose(multiplexer, .closed, ports)
            // One that takes nothing would keep its descriptor for as long as it is waited for, and so could others.
            guard !ports.isCongested(stream) else { return reset(stream, ports) }
            closeWhenSent(stream, within: bench.limits.stall, ports)
        case .announcing(let client):
            noteEnd(of: client)
            drop(stream, ports)
        case .nobody, .upstream, .attempt, .idle: close(stream, ports)
        }
    }
}
