import JSONText
import LinuxSystem
import Logging

/// Writes lines for people to standard error.
package struct TextSink: LogSink {
    private let output: @Sendable ([UInt8]) -> Void

    package init(output: @escaping @Sendable ([UInt8]) -> Void = StandardStreams.writeError) {
        self.output = output
    }

    package func write(_ record: LogRecord) {
        let details = record.metadata.filter { $0.key != LogRecord.messageIDKey }.map {
            " \($0.key)=\(Self.quoted($0.value))"
        }.joined()
        let level = "\(record.level)"
        let padding = String(repeating: " ", count: max(0, 8 - level.utf8.count))
        let beginning = "\(Timestamp(record.time)) \(level)\(padding) \(record.label): "
        record.putLines(between: (beginning, "\(details)\n"), to: output) { line, text in
            unsafe line.withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
        }
    }

    /// A value with spaces or control characters in quotation marks, so that an entry stays one line and cannot tell a
    /// terminal what to do. Where nothing else has to be escaped, backslashes stay what they are.
    private static func quoted(_ value: String) -> String {
        let needsQuotes = value.unicodeScalars.contains { scalar in
            scalar.properties.isWhitespace || scalar.value < 0x20 || scalar == "\"" || scalar == "="
        }
        guard value.isEmpty || needsQuotes else { return value }
        let rest = value.filter { $0 != "\\" }
        let isPlain = value.last != "\\" && JSONString.quoted(rest).utf8.count == rest.utf8.count + 2
        return isPlain ? "\"\(value)\"" : JSONString.quoted(value)
    }
}
