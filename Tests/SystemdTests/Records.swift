import Logging
import Synchronization
import Systemd

/// Keeps what it is given.
final class KeepingSink: LogSink {
    private let kept = Mutex<[LogRecord]>([])

    var records: [LogRecord] { kept.withLock { $0 } }

    func write(_ record: LogRecord) { kept.withLock { $0.append(record) } }
}

/// Keeps the text that a sink puts out.
final class Output: Sendable {
    private let kept = Mutex<[String]>([])

    /// What was put out at once.
    var texts: [String] { kept.withLock { $0 } }
    var text: String { texts.joined() }

    func write(_ octets: [UInt8]) { kept.withLock { $0.append(String(decoding: octets, as: UTF8.self)) } }
}

extension LogRecord {
    /// An entry of the first second of 1970 by `linnet.overlay`, from line 7 of Overlay/X.swift.
    static func sample(
        _ message: String = "link repaired",
        level: Logger.Level = .info,
        _ metadata: [(key: String, value: String)] = []
    ) -> LogRecord {
        LogRecord(
            time: 0.5,
            level: level,
            label: "linnet.overlay",
            message: message,
            metadata: metadata,
            file: "Overlay/X.swift",
            function: "apply()",
            line: 7
        )
    }

    /// Many lines for programs.
    static func sample(lines: [String], _ metadata: [(key: String, value: String)] = []) -> LogRecord {
        var record = sample(lines.map { "\($0)\n" }.joined(), metadata)
        record.lineCount = lines.count
        return record
    }
}
