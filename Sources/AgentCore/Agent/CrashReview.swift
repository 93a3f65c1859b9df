import LinuxSystem
import Logging
import Supervision

/// What ended the processes before this one: said once, kept for as long as it counts, and followed up.
struct CrashReview {
    let file: CrashFile
    let logger: Logger

    /// Before the agent is composed: logs the starts that crashed, since this one may too, and records what crashes from now
    /// on as this start's. What cannot be done is said by `quarantines`, which tries it again.
    func beginStart() {
        do throws(SystemCallError) {
            try makeDirectory()
            try note(try readable().filter(\.isAtStart), among: [])
            try file.recordCrashes(try BootID.current(), atStart: true)
        } catch {
            return
        }
    }

    /// Ends the start: logs the other crashes since the last one, records those of this process from now on, and returns
    /// which capabilities have to sit something out. A file that cannot be used is said and left behind: nothing here
    /// ends the agent, and a full disk ends no quarantine.
    func quarantines(for capabilities: [CapabilityName]) -> [CapabilityName: Quarantine] {
        do throws(SystemCallError) {
            let boot = try BootID.current()
            let records = try readable()
            do throws(SystemCallError) {
                try note(records, among: capabilities)
                try file.recordCrashes(boot)
            } catch {
                logger.log(.warning, "crashes cannot be recorded", [.file: file.path, .error: "\(error)"])
            }
            return Quarantine.holding(
                for: capabilities,
                after: records,
                in: boot,
                at: SystemTime.sinceBoot(),
                wallTime: SystemTime.now()
            )
        } catch {
            logger.log(
                .warning,
                "crashes cannot be read; none leads to a quarantine",
                [.file: file.path, .error: "\(error)"]
            )
            return [:]
        }
    }

    /// Records crashes in a new file, if the one that they were recorded in was removed.
    func keep() throws(SystemCallError) {
        guard !Files.exists(file.path) else { return }
        try makeDirectory()
        try file.recordCrashes(try BootID.current())
    }

    private func makeDirectory() throws(SystemCallError) {
        if let directory = Files.parent(of: file.path) { try Files.createDirectory(directory, mode: 0o700) }
    }

    /// Logs those of the records that were not logged yet, and notes that in the file.
    private func note(_ records: [CrashRecord], among capabilities: [CapabilityName]) throws(SystemCallError) {
        let new = records.filter { !$0.isReported }
        guard !new.isEmpty else { return }
        for record in new { report(record, among: capabilities) }
        try file.replace(with: try readable().map { new.contains($0) ? $0.reported : $0 })
    }

    private func readable() throws(SystemCallError) -> [CrashRecord] {
        let content = try file.read()
        if let damage = content.damage {
            logger.log(.warning, "the record of crashes is damaged", [.file: file.path, .error: damage])
            // On a full disk it is said again at the next start, and what can be read counts all the same.
            try? file.replace(with: content.records)
        }
        return Array(content.records.suffix(CrashHistory.kept))
    }

    private func report(_ record: CrashRecord, among capabilities: [CapabilityName]) {
        var values: [LogKey: String] = [
            .signal: record.signalName, .thread: record.thread, .time: "\(Timestamp(record.wallTime))",
        ]
        let culprits = capabilities.filter { $0.threadName == record.thread }.map(\.rawValue)
        let message: Logger.Message
        if let sender = record.sender, !record.isOwnFault {
            // The thread is the one that happened to receive it: it did nothing.
            values[.process] = "\(sender)"
            message =
                record.isOfWatchdog
                ? "the agent was ended by the watchdog of the service manager"
                : "the agent was ended by a signal of another process"
        } else if record.isAtStart {
            message = "the agent crashed while it started"
        } else if culprits.isEmpty {
            message = "the agent crashed in a thread of no capability"
        } else {
            values[.capability] = culprits.joined(separator: ", ")
            message = "the agent crashed in a capability"
        }
        logger.log(.error, message, values, event: .crashed)
    }
}

extension CrashRecord {
    fileprivate var reported: CrashRecord {
        var copy = self
        copy.isReported = true
        return copy
    }
}

extension CrashFile {
    /// Where crashes are recorded.
    static func path(in stateDirectory: String) -> String { "\(stateDirectory)/crashes" }
}
