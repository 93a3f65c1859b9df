import HTTPWire
import LinuxSystem

/// Shared connections to endpoints on which nothing comes any more.
extension ProxyWorker {
    /// Looks after a connection on which something is under way.
    mutating func watch(_ multiplexer: Multiplexer, _ ports: StreamPorts) {
        setDeadline(of: multiplexer, at: multiplexer.pings.next(bench.limits), ports)
    }

    private func setDeadline(of multiplexer: Multiplexer, at time: Int64, _ ports: StreamPorts) {
        ports.setDeadline(multiplexer.wire, after: .milliseconds(time - bench.now))
    }

    /// An endpoint has sent octets.
    mutating func noteLife(of multiplexer: Multiplexer, _ ports: StreamPorts) {
        let wasUnanswered = multiplexer.pings.isUnanswered
        multiplexer.pings.hear(at: bench.now)
        if wasUnanswered, multiplexer.lines.isEmpty { keepTime(of: multiplexer, ports) }
    }

    /// Does what is due on a connection to an endpoint. Returns false if it is at rest.
    mutating func probe(_ multiplexer: Multiplexer, to key: UpstreamKey, _ ports: StreamPorts) -> Bool {
        guard multiplexer.connection.streamCount > 0 || multiplexer.pings.isUnanswered else {
            // What came of streams that are over may still be on its way to clients.
            return !multiplexer.lines.isEmpty
        }
        let isMoving = ports.isMoving(multiplexer.wire, within: bench.limits.upstreamSign)
        switch multiplexer.pings.step(at: bench.now, isMoving: isMoving, bench.limits) {
        case .wait(let time): setDeadline(of: multiplexer, at: time, ports)
        case .ping:
            multiplexer.connection.ping()
            lines.note(multiplexer)
            watch(multiplexer, ports)
            // Who waits for room on it has another one begun.
            shared.noteRoom(key)
        case .giveUp:
            // Before its requests choose where they go next.
            bench.pools.eject(key.slot, key.generation, until: bench.now + bench.limits.ejection.milliseconds)
            lose(multiplexer, .silent, ports)
            close(multiplexer.wire, ports)
        }
        return true
    }
}
