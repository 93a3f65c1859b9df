package import Logging
import Supervision
import Synchronization

/// Keeps what is logged, for tests that read it.
package final class RecordedLog: Sendable {
    private let events = Mutex<[(message: String, metadata: Logger.Metadata)]>([])

    package init() {}

    /// What was logged so far: of each event its message, followed by the values of its metadata in the order of their
    /// keys, with a blank between.
    package var lines: [String] {
        events.withLock(\.self).map { event in
            let values = event.metadata.sorted { $0.key < $1.key }.map { "\($0.value)" }
            return ([event.message] + values).joined(separator: " ")
        }
    }

    /// Of each event its message and, behind a colon, the error in its metadata if there is one.
    package var complaints: [String] {
        events.withLock(\.self).map { event in
            event.message + (event.metadata[LogKey.error.rawValue].map { ": \($0)" } ?? "")
        }
    }

    /// A logger whose events of any level are kept here.
    package var logger: Logger {
        Logger(label: "test") { _ in Handler(record: self) }
    }

    private func add(_ event: Logging.LogEvent) {
        events.withLock { $0.append((event.message.description, event.metadata ?? [:])) }
    }

    private struct Handler: LogHandler {
        let record: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: Logging.LogEvent) { record.add(event) }
    }
}
