import Logging
import Supervision

/// Writes the lines of queries to the log of the agent.
struct QueryLogWriter: Sendable {
    let queue: QueryLogQueue
    let logger: Logger

    /// Writes until the task is cancelled, and then what is left.
    func run() async {
        let drain = LogDrain(logger, complaint: "lines about queries were dropped")
        await drain.run(on: queue.wakes, writing: write)
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
