internal import CLinux
internal import Glibc

/// The file in which each crash of the process is recorded while it happens, and which the next start reads.
package struct CrashFile: Sendable {
    package let path: String

    /// More is not read: so many crashes take hours, and each start keeps a few.
    package static let largestSize = 64 * 1024

    package init(path: String) {
        self.path = path
    }

    /// What was read of it.
    package struct Content: Sendable, Equatable {
        /// In the order in which they were written.
        package var records: [CrashRecord] = []
        /// What cannot be read, as a sentence for the log; nil if all is well.
        package var damage: String?

        package init(records: [CrashRecord] = [], damage: String? = nil) {
            self.records = records
            self.damage = damage
        }
    }

    /// Everything that can be read. A missing file is an empty one.
    package func read() throws(SystemCallError) -> Content {
        guard Files.exists(path) else { return Content() }
        let status = try Files.status(path)
        guard status.kind == .file, status.size <= Self.largestSize else {
            return Content(damage: "it is no file of at most \(Self.largestSize) bytes")
        }
        return Self.content(of: try Files.read(path))
    }

    /// The records among these bytes. After a damaged one the search goes on at the next byte, since a write that was cut
    /// short shifts those behind it.
    static func content(of bytes: [UInt8]) -> Content {
        var content = Content()
        var unread = 0
        var index = 0
        while index < bytes.count {
            let candidate = bytes[index..<min(bytes.count, index + CrashRecord.size)]
            if candidate.starts(with: CrashRecord.magic), let record = CrashRecord(candidate) {
                content.records.append(record)
                index += CrashRecord.size
            } else {
                unread += 1
                index += 1
            }
        }
        if unread > 0 { content.damage = "\(unread) of its \(bytes.count) bytes belong to no whole record" }
        return content
    }

    /// Replaces all of it.
    package func replace(with records: [CrashRecord]) throws(SystemCallError) {
        // What lies in its place may be no file at all.
        if Files.exists(path), try Files.status(path).kind == .directory { try Files.removeDirectory(path) }
        try Files.writeAtomically(records.flatMap(\.bytes), to: path, mode: 0o600)
    }

    /// From now on each thread of this process that traps is recorded before the process ends. Called again when the file
    /// was replaced, since what is open is the one before.
    ///
    /// - Parameter atStart: whether the program is still starting.
    package func recordCrashes(_ boot: BootID, atStart: Bool = false) throws(SystemCallError) {
        let file = try Files.open(path, O_WRONLY | O_APPEND | O_CREAT, mode: 0o600)
        linnet_crashes_are_at_start(atStart ? 1 : 0)
        // Kept for the life of the process.
        let descriptor = file.release()
        _ = try systemCall("sigaction") { unsafe linnet_record_crashes(descriptor, boot.bytes) }
    }
}
