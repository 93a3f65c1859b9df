import JSONText
import LinuxSystem
package import Logging
import Synchronization

/// The level of all loggers of the process, which SIGHUP may change while they are in use.
package final class LogLevel: Sendable {
    private let level: Mutex<Logger.Level>

    package init(_ level: Logger.Level) {
        self.level = Mutex(level)
    }

    package var current: Logger.Level {
        get { level.withLock { $0 } }
        set { level.withLock { $0 = newValue } }
    }
}

/// Gathers what belongs to an entry and hands it to a sink. Whatever others wrote is printable from here on, and bounded, but
/// for lines for programs.
package struct StructuredLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let level: LogLevel
    private let sink: any LogSink

    package init(label: String, level: LogLevel, sink: any LogSink) {
        self.label = label
        self.level = level
        self.sink = sink
    }

    /// The level of the whole process: a single logger cannot have another.
    package var logLevel: Logger.Level {
        get { level.current }
        set { level.current = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        // What is nearest to the entry wins.
        var all = metadataProvider?.get() ?? [:]
        all.merge(metadata) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        all.merge(event.metadata ?? [:]) { $1 }
        let lineCount = all.removeValue(forKey: LogRecord.bulkKey).flatMap { Int("\($0)") }
        let message = event.message.description
        var record = LogRecord(
            time: SystemTime.now(),
            level: event.level,
            label: label,
            message: lineCount == nil ? PrintableText.of(message) : message,
            metadata: all.sorted { $0.key < $1.key }.map { (key: $0.key, value: PrintableText.of("\($0.value)")) },
            file: event.file,
            function: event.function,
            line: event.line
        )
        record.lineCount = lineCount
        sink.write(record)
    }
}
