import JSONText
import LinuxSystem
import Logging

/// Writes an object a line to standard error, for programs that collect logs.
package struct JSONSink: LogSink {
    private let output: @Sendable (String) -> Void

    package init(output: @escaping @Sendable (String) -> Void = StandardStreams.writeError) {
        self.output = output
    }

    package func write(_ record: LogRecord) {
        var members = [
            ("time", "\(Timestamp(record.time))"), ("level", "\(record.level)"), ("logger", record.label),
            ("message", record.message),
        ]
        members += record.metadata.map { ($0.key, $0.value) }
        let text = members.map { "\(JSONString.quoted($0.0)):\(JSONString.quoted($0.1))" }.joined(separator: ",")
        output("{\(text)}\n")
    }
}
