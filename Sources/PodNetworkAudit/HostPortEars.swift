import LinuxSystem
import Nftables
import Supervision
import Synchronization

/// Hears of others' changes to the table of host ports, knows who made them, and wakes whoever repairs it: at once, or later
/// if somebody changes it again and again.
final class HostPortEars: Sendable {
    private let monitor: NftablesMonitor
    private let ownPort: UInt32
    private let disputes: Disputes
    private let wakes: DelayedWakes
    private let author = Mutex<RulesetWriterProcess?>(nil)

    /// The object that others change: it is repaired as a whole.
    static let table = "nft table \(Table.linnetCNI.name)"

    /// - Parameter ownPort: of the socket that repairs are written on.
    init(_ monitor: NftablesMonitor, besides ownPort: UInt32, _ disputes: Disputes, _ wakes: DelayedWakes) {
        self.monitor = monitor
        self.ownPort = ownPort
        self.disputes = disputes
        self.wakes = wakes
    }

    /// Listens until the task is cancelled.
    func listen() async throws {
        // Whether a transaction whose end was not notified yet was about the table.
        var isTouched = false
        for await _ in Reactor.shared.readiness(of: monitor.descriptor) {
            for notification in try monitor.drain() {
                switch notification {
                case .changed(let table, let writer):
                    if table == .linnetCNI, writer != ownPort { isTouched = true }
                case .generation(_, let process):
                    if isTouched { note(process) }
                    isTouched = false
                case .resynchronise:
                    isTouched = false
                    wakes.wake(.notification, after: .zero)
                }
            }
        }
    }

    /// Who changed the table last, since the last call; not our plugin.
    func takeAuthor() -> RulesetWriterProcess? {
        author.withLock { author in
            defer { author = nil }
            return author
        }
    }

    private func note(_ process: RulesetWriterProcess) {
        // What the plugin writes is by its records: a look finds nothing to do.
        guard process.name != PluginInstallation.programName else { return wakes.wake(.notification, after: .zero) }
        author.withLock { $0 = process }
        guard let delay = disputes.note(Self.table, by: process.description) else { return }
        // At once in any case: what only the table makes safe is closed while it waits.
        wakes.wake(.notification, after: .zero)
        if delay > .zero { wakes.wake(.audit, after: delay) }
    }
}
