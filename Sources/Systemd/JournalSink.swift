internal import CSystemd
internal import Glibc
import Logging

/// Writes to the journal with one field for each metadata key, so that `journalctl LINK_NAME=flannel.1` finds it.
package struct JournalSink: LogSink {
    private let identifier: String

    /// - Parameter identifier: what the journal shows as the program's name.
    package init(identifier: String) {
        self.identifier = identifier
    }

    package func write(_ record: LogRecord) {
        var fields = fields(of: record)
        guard record.lineCount != nil else { return Self.send(fields) }
        let details = details(of: record)
        // An entry is a datagram.
        record.forEachLine { line in
            let message = unsafe line.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
            fields[0] = "MESSAGE=\(message)\(details)"
            Self.send(fields)
        }
    }

    /// The fields as `NAME=value`, the message first.
    func fields(of record: LogRecord) -> [String] {
        var fields = [
            "MESSAGE=\(record.message)\(details(of: record))",
            "PRIORITY=\(record.level.priority)",
            "SYSLOG_IDENTIFIER=\(identifier)",
            "LOGGER=\(record.label)",
            "CODE_FILE=\(record.file)",
            "CODE_FUNC=\(record.function)",
            "CODE_LINE=\(record.line)",
        ]
        for (key, value) in record.metadata {
            guard let name = Self.fieldName(key) else { continue }
            fields.append("\(name)=\(value)")
        }
        return fields
    }

    /// The message alone would not say which link it was about to whoever reads `journalctl` without `-o verbose`.
    private func details(of record: LogRecord) -> String {
        let details = record.metadata.filter { $0.key != LogRecord.messageIDKey }.map { "\($0.key)=\($0.value)" }
        return details.isEmpty ? "" : " (\(details.joined(separator: " ")))"
    }

    /// `link.name` is LINK_NAME. The journal drops fields whose names have anything but A–Z, 0–9 and `_`, begin with a
    /// digit or `_`, or are longer than 64 bytes.
    static func fieldName(_ key: String) -> String? {
        let name = key.uppercased().utf8.map { byte -> UInt8 in
            let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            return isLetter || isDigit ? byte : UInt8(ascii: "_")
        }
        guard let first = name.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first), name.count <= 64 else {
            return nil
        }
        return String(decoding: name, as: UTF8.self)
    }

    private static func send(_ fields: [String]) {
        // One block of bytes, and where each field begins in it: the call wants pointers that live until it returns.
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for field in fields {
            bytes += Array(field.utf8)
            ends.append(bytes.count)
        }
        unsafe bytes.withUnsafeMutableBytes { block in
            var start = 0
            var vectors: [iovec] = unsafe []
            for end in ends {
                let base = unsafe block.baseAddress?.advanced(by: start)
                unsafe vectors.append(iovec(iov_base: base, iov_len: end - start))
                start = end
            }
            // Nobody can be told that the journal is away.
            _ = unsafe sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }
}

extension Logger.Level {
    /// syslog(3)'s priority.
    package var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
