import Supervision
import Systemd

/// The service manager as supervision sees it.
struct ServiceManager: LivenessReporter {
    private let notifier = SystemdNotifier()
    /// What stands before the health of the capabilities, if there is something to say.
    let remark: @Sendable () -> String?

    func feed() { notifier.feedWatchdog() }
    func status(_ text: String) { notifier.status([remark(), text].compactMap(\.self).joined(separator: "; ")) }
    func started() { notifier.ready() }
    func stopping() { notifier.stopping() }
    func reloading() { notifier.reloading() }

    /// Feeds at twice the rate that is asked for; without a watchdog nobody listens.
    func watchdog(on board: HealthBoard) -> Watchdog<ContinuousClock> {
        let interval = notifier.watchdogInterval.map { $0 / 2 } ?? .seconds(5)
        return Watchdog(on: board, reporter: self, every: interval, clock: ContinuousClock())
    }
}
