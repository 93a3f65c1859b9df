import HTTPWire
import LinuxSystem

/// Ends of streams, whatever carries them.
extension ProxyWorker {
    /// Closes a stream when all is sent. Nobody has to do with it any more.
    ///
    /// - Parameter limit: for how long it may take.
    mutating func closeWhenSent(_ stream: StreamID, within limit: StreamDelay, _ ports: StreamPorts) {
        switch lines[stream] {
        case .socket: break
        case .secure(let line):
            line.session.close()
            lines.drain(line, stream, ports)
            lines.forget(stream)
        case .inner(let line):
            line.isLeft = true
            lines.finish(stream, ports)
            line.rest = lines.backlog(of: stream, ports)
            ports.setDeadline(stream, after: limit)
            return settle(line, ports)
        }
        ports.closeWhenSent(stream)
        ports.setDeadline(stream, after: limit)
    }

    /// The time is over of a stream that is closed when all is sent: it has more for as long as its peer takes some.
    mutating func expired(closing stream: StreamID, _ ports: StreamPorts) {
        guard isTakingRest(stream, ports) else { return close(stream, ports) }
        ports.setDeadline(stream, after: bench.limits.stall)
    }

    private func isTakingRest(_ stream: StreamID, _ ports: StreamPorts) -> Bool {
        guard case .inner(let line) = lines[stream] else { return ports.isTakingRest(stream) }
        guard line.pendingCount > 0 else { return false }
        let rest = lines.backlog(of: stream, ports)
        defer { line.rest = rest }
        return rest < line.rest
    }

    /// Closes a stream. What waits to be sent is lost.
    mutating func close(_ stream: StreamID, _ ports: StreamPorts) {
        if case .inner(let line) = lines[stream] { return reset(line, line.lastWord, ports) }
        lines.forget(stream)
        ports.close(stream)
    }

    /// Closes a stream so that the peer sees that something is missing.
    mutating func reset(_ stream: StreamID, _ ports: StreamPorts) {
        if case .inner(let line) = lines[stream] {
            // RFC 8441 section 5.
            return reset(line, line.isTunnel ? .cancel : .internalError, ports)
        }
        lines.forget(stream)
        ports.reset(stream)
    }
}
