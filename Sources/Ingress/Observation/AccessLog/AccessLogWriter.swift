import Logging
import Supervision

/// Writes requests to the log of the agent.
struct AccessLogWriter: Sendable {
    let queue: AccessLogQueue
    let logger: Logger

    /// Begins to write. The caller cancels and awaits it behind the last request: it is no part of the caller's own task,
    /// which is cancelled before.
    func begin() -> Task<Void, Never> { Task { await run() } }

    /// Writes until the task is cancelled, and then what is left.
    private func run() async {
        let drain = LogDrain(logger, complaint: "requests were left out of the access log")
        await drain.run(on: queue.wakes, writing: write)
    }

    /// Writes what is there. Returns how many requests were dropped since the last call.
    @discardableResult
    private func write() -> UInt64 {
        let (batches, dropped) = queue.take()
        for lines in batches {
            logger.log(
                level: .info,
                Logger.Message(stringLiteral: String(decoding: lines.octets, as: UTF8.self)),
                metadata: [LogKey.bulk.rawValue: .string(String(lines.count))]
            )
        }
        return dropped
    }
}
