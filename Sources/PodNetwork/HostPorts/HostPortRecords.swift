package import LinuxSystem
import Netlink

/// Which pod has which host ports, one file an attachment: what the table of rules is made from.
///
/// A record is written before its rules and removed after them. All is done under a lock on the file `lock`.
package struct HostPortRecords: Sendable {
    package let directory: String
    private let lockLimit: Duration?

    /// - Parameter lockLimit: how long the lock is waited for; for ever if it is left out.
    package init(directory: String, lockLimit: Duration? = nil) {
        self.directory = directory
        self.lockLimit = lockLimit
    }

    /// What a directory of records holds.
    package struct Contents: Hashable, Sendable {
        package var records: [HostPortRecord] = []
        /// What is wrong with the files that hold no record.
        package var problems: [String] = []
    }

    /// Runs `body` while nobody else changes records or their rules.
    ///
    /// The directory is made if it is missing.
    func locked<Value>(_ body: () throws -> Value) throws -> Value {
        try Files.createDirectory(directory, mode: 0o700)
        let path = "\(directory)/\(Self.lockName)"
        let lock =
            if let lockLimit { try FileLock.exclusive(path, within: lockLimit) } else { try FileLock.exclusive(path) }
        let result = Result(catching: body)
        _ = consume lock
        return try result.get()
    }

    /// Whether the attachment has a record. Costs next to nothing, for the many pods without host ports.
    func contains(_ attachment: CNIAttachment) -> Bool { Files.exists(file(of: attachment)) }

    /// Every record. A directory that is missing has none.
    package func read() throws(SystemCallError) -> Contents {
        var contents = Contents()
        let names: [String]
        do throws(SystemCallError) {
            names = try Files.list(directory)
        } catch  where error.errno == .noEntry {
            return contents
        }
        for name in names where !Self.others.contains(name) && !name.hasPrefix(".") {
            do {
                let record = try HostPortRecord(JSONValue(parsing: Files.read("\(directory)/\(name)")))
                contents.records.append(record)
            } catch let error as SystemCallError where error.errno == .noEntry {
                continue
            } catch {
                contents.problems.append("\(directory)/\(name) is no record of host ports: \(error)")
            }
        }
        return contents
    }

    /// Writes the record so that it survives a power cut.
    func write(_ record: HostPortRecord) throws(SystemCallError) {
        try Files.writeAtomically(record.document.text + "\n", to: file(of: record.attachment), mode: 0o600)
    }

    func remove(_ attachment: CNIAttachment) throws(SystemCallError) {
        try Files.remove(file(of: attachment))
    }

    /// Removes what writers that were killed left. Only under the lock: nobody else is writing then.
    func removeUnfinished() throws(SystemCallError) {
        for name in try Files.list(directory) where name.hasPrefix(".") { try Files.remove("\(directory)/\(name)") }
    }

    private static let lockName = "lock"
    /// What is in the directory beside records.
    private static let others = [lockName, LocalhostRouting.fileName]

    // No container ID has a colon, so no two attachments share a name.
    private func file(of attachment: CNIAttachment) -> String {
        "\(directory)/\(attachment.container):\(attachment.interface)"
    }
}
