package import Logging
import Synchronization

/// Keeps what is logged, for tests that read it.
package final class RecordedLog: Sendable {
    private let entries = Mutex<[String]>([])

    package init() {}

    /// What was logged so far: of each event its message, followed by the values of its metadata in the order of their
    /// keys, with a blank between.
    package var lines: [String] { entries.withLock { $0 } }

    /// A logger whose events of any level are kept here.
    package var logger: Logger {
        Logger(label: "test") { _ in Handler(record: self) }
    }

    private func add(_ line: String) { entries.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let record: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: Logging.LogEvent) {
            let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.value)" }
            record.add(([event.message.description] + values).joined(separator: " "))
        }
    }
}
