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
        let text = members.map { "\(JSONText.quoted($0.0)):\(JSONText.quoted($0.1))" }.joined(separator: ",")
        output("{\(text)}\n")
    }
}

/// JSON strings (RFC 8259 section 7).
enum JSONText {
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
