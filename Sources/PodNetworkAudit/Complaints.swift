import Logging
import Supervision
import Synchronization

/// Warns of things that last, each once until it is over or another.
final class Complaints: Sendable {
    private let logger: Logger
    /// What was said last, by message.
    private let said = Mutex<[String: String]>([:])

    init(logger: Logger) {
        self.logger = logger
    }

    /// - Parameters:
    ///   - what: what it is this time; nil if it is over, or never was.
    ///   - key: under which it is logged.
    func tell(
        _ message: String,
        _ what: String?,
        _ key: LogKey,
        _ values: [LogKey: String] = [:],
        event: Supervision.LogEvent? = nil
    ) {
        let isNew = said.withLock { said in
            defer { said[message] = what }
            return what != nil && said[message] != what
        }
        guard isNew, let what else { return }
        logger.log(.warning, "\(message)", values.merging([key: what]) { $1 }, event: event)
    }
}
