import Logging
import Supervision

/// Writes the lines of queries to the log of the agent.
struct QueryLogWriter: Sendable {
    /// How often it is told, at most, that lines were dropped.
    private static let interval = Duration.seconds(10)

    let queue: QueryLogQueue
    let logger: Logger

    /// Writes until the task is cancelled.
    func run() async {
        var dropped: UInt64 = 0
        var lastTold: ContinuousClock.Instant?
        for await _ in queue.wakes {
            dropped += write()
            guard dropped > 0, lastTold.map({ $0.duration(to: .now) >= Self.interval }) ?? true else { continue }
            tell(dropped)
            dropped = 0
            lastTold = .now
        }
        if dropped > 0 { tell(dropped) }
    }

    private func tell(_ dropped: UInt64) {
        logger.log(.warning, "lines about queries were dropped", [.changes: "\(dropped)"])
    }

    /// Writes what is there. Returns how many lines were dropped since the last call.
    @discardableResult
    func write() -> UInt64 {
        let (lines, dropped) = queue.take()
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            logger.log(level: text.hasPrefix("[ERROR]") ? .error : .info, Logger.Message(stringLiteral: text))
        }
        return dropped
    }
}
