import JSONText
import LinuxSystem
import Logging

/// Writes an object a line to standard error, for programs that collect logs.
package struct JSONSink: LogSink {
    private let output: @Sendable ([UInt8]) -> Void

    package init(output: @escaping @Sendable ([UInt8]) -> Void = StandardStreams.writeError) {
        self.output = output
    }

    package func write(_ record: LogRecord) {
        let members = [("time", "\(Timestamp(record.time))"), ("level", "\(record.level)"), ("logger", record.label)]
        let metadata = record.metadata.map { ",\(Self.member($0.key, $0.value))" }.joined()
        let beginning = "{\(members.map(Self.member).joined(separator: ",")),\"message\":"
        record.putLines(between: (beginning, "\(metadata)}\n"), to: output) { line, text in
            JSONString.append(line, to: &text)
        }
    }

    private static func member(_ name: String, _ value: String) -> String {
        "\(JSONString.quoted(name)):\(JSONString.quoted(value))"
    }
}
