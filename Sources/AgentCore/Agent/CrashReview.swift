import LinuxSystem
import Logging
import Supervision

/// What ended the processes before this one: said once, kept for as long as it counts, and followed up.
struct CrashReview {
    let file: CrashFile
    let logger: Logger

    /// Logs the crashes since the last start, records those of this process from now on, and returns which capabilities
    /// have to sit something out. A file that cannot be used is said and left behind: nothing here ends the agent.
    func quarantines(for capabilities: [CapabilityName]) -> [CapabilityName: Quarantine] {
        do throws(SystemCallError) {
            let boot = try BootID.current()
            let records = Array(try readable().suffix(CrashHistory.kept))
            for record in records where !record.isReported { report(record, among: capabilities) }
            if records.contains(where: { !$0.isReported }) { try file.replace(with: records.map(\.reported)) }
            try file.recordCrashes(boot)
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
                "crashes cannot be recorded; none leads to a quarantine",
                [.file: file.path, .error: "\(error)"]
            )
            return [:]
        }
    }

    private func readable() throws(SystemCallError) -> [CrashRecord] {
        let content = try file.read()
        if let damage = content.damage {
            logger.log(.warning, "the record of crashes is damaged", [.file: file.path, .error: damage])
            try file.replace(with: content.records)
        }
        return content.records
    }

    private func report(_ record: CrashRecord, among capabilities: [CapabilityName]) {
        var values: [LogKey: String] = [
            .signal: record.signalName, .thread: record.thread, .time: "\(Timestamp(record.wallTime))",
        ]
        guard record.isOwnFault else {
            // The thread is the one that happened to receive it: it did nothing.
            values[.process] = "\(record.sender ?? 0)"
            logger.log(.error, "the agent was ended by a signal of another process", values, event: .crashed)
            return
        }
        let culprits = capabilities.filter { $0.threadName == record.thread }.map(\.rawValue)
        guard !culprits.isEmpty else {
            logger.log(.error, "the agent crashed in a thread of no capability", values, event: .crashed)
            return
        }
        values[.capability] = culprits.joined(separator: ", ")
        logger.log(.error, "the agent crashed in a capability", values, event: .crashed)
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
