import Logging
import Synchronization
import Systemd

/// The process's log: one level and one destination for all loggers.
package enum LogSystem {
    /// Changed by SIGHUP.
    static let level = LogLevel(.info)

    private static let queue = Mutex<QueuedSink?>(nil)

    /// Directs all loggers. Called once, before the first entry.
    ///
    /// - Parameter journalStream: the variable JOURNAL_STREAM.
    package static func bootstrap(_ configuration: LogConfiguration, journalStream: String?) {
        level.current = configuration.level
        let sink = queued(sink(for: configuration.format, journalStream))
        LoggingSystem.bootstrap { label in StructuredLogHandler(label: label, level: level, sink: sink) }
    }

    /// Waits for a moment until the entries so far are written. To be called before the process ends.
    package static func flush() {
        queue.withLock { $0 }?.flush()
    }

    private static func queued(_ sink: some LogSink) -> QueuedSink {
        let queued = QueuedSink(sink)
        queue.withLock { $0 = queued }
        return queued
    }

    private static func sink(for format: LogFormat, _ journalStream: String?) -> any LogSink {
        switch format {
        case .journald: return JournalSink(identifier: "linnet")
        case .text: return TextSink()
        case .json: return JSONSink()
        case .auto:
            switch LogDestination.ofStandardError(journalStream: journalStream) {
            case .journal: return JournalSink(identifier: "linnet")
            case .terminal: return TextSink()
            case .other: return JSONSink()
            }
        }
    }
}
