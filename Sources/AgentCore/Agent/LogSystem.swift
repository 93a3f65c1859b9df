import Logging
import Systemd

/// The process's log: one level and one destination for all loggers.
package enum LogSystem {
    /// Changed by SIGHUP.
    static let level = LogLevel(.info)

    /// Directs all loggers. Called once, before the first entry.
    ///
    /// - Parameter journalStream: the variable JOURNAL_STREAM.
    package static func bootstrap(_ configuration: LogConfiguration, journalStream: String?) {
        level.current = configuration.level
        let sink = sink(for: configuration.format, journalStream)
        LoggingSystem.bootstrap { label in StructuredLogHandler(label: label, level: level, sink: sink) }
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
