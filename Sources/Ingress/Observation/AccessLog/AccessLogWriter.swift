import Logging
import Supervision

/// Writes requests to the log of the agent.
struct AccessLogWriter: Sendable {
    /// How often it is told, at most, that requests were dropped.
    private static let interval = Duration.seconds(10)

    /// An object of JSON that were cut would be none.
    private static let whole: Logger.Metadata = [LogKey.wholeMessage.rawValue: "true"]

    let format: AccessLogFormat
    let queue: AccessLogQueue
    let logger: Logger

    /// Writes until the task is cancelled, and then what is left.
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
        dropped += write()
        if dropped > 0 { tell(dropped) }
    }

    private func tell(_ dropped: UInt64) {
        logger.log(.warning, "requests were left out of the access log", [.changes: "\(dropped)"])
    }

    /// Writes what is there. Returns how many requests were dropped since the last call.
    @discardableResult
    func write() -> UInt64 {
        let (entries, former, dropped) = queue.take()
        for (count, entry) in zip((former + 1)..., entries) {
            let line = format == .json ? entry.json(count: count) : entry.commonLog(count: count)
            logger.log(level: .info, Logger.Message(stringLiteral: line), metadata: Self.whole)
        }
        return dropped
    }
}
