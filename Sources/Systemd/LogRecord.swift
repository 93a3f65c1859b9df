package import Logging

/// One log entry with all its metadata, as a sink gets it.
package struct LogRecord: Sendable {
    /// Seconds since 1970.
    package let time: Double
    package let level: Logger.Level
    /// The label of the logger: `linnet.overlay`.
    package let label: String
    package let message: String
    /// In the order of their keys.
    package let metadata: [(key: String, value: String)]
    package let file: String
    package let function: String
    package let line: UInt
    /// How many lines for programs, each an entry of its own, the message has: each ends with a line feed. Nobody waits for
    /// them. Nil if the message is one entry.
    package var lineCount: Int?

    /// The key whose value is for programs alone: it names the event.
    static let messageIDKey = "message.id"
    /// The key that says how many lines for programs a message has.
    static let bulkKey = "bulk"

    package init(
        time: Double,
        level: Logger.Level,
        label: String,
        message: String,
        metadata: [(key: String, value: String)],
        file: String,
        function: String,
        line: UInt
    ) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        self.metadata = metadata
        self.file = file
        self.function = function
        self.line = line
    }
}

/// Where log entries go.
package protocol LogSink: Sendable {
    func write(_ record: LogRecord)
}
