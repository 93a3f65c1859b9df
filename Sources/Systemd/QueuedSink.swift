import LinuxSystem
import Logging

/// Hands entries to another sink on a thread of its own, so that nobody hangs who logs while that sink does: the reader of
/// a pipe may have stopped, the journal may be away. Entries that find no place meanwhile are lost, and counted.
package struct QueuedSink: LogSink {
    private let writer: WriterThread<LogRecord>

    package init(_ sink: some LogSink) {
        writer = WriterThread(name: "linnet-log") { record in
            sink.write(record)
        } reportLoss: { count in
            sink.write(.loss(of: count))
        }
    }

    package func write(_ record: LogRecord) {
        writer.append(record, count: record.lineCount ?? 1, isUrgent: record.lineCount == nil)
    }

    /// Waits until everything is written, but no longer than a second.
    package func flush() {
        writer.drain(atMost: .seconds(1))
    }
}

extension LogRecord {
    /// What stands in the place of entries that were lost.
    static func loss(of count: Int) -> LogRecord {
        LogRecord(
            time: SystemTime.now(),
            level: .warning,
            label: "linnet.log",
            message: "entries were lost, since nothing took them",
            metadata: [(key: "entries", value: "\(count)")],
            file: #fileID,
            function: #function,
            line: #line
        )
    }
}
