import LinuxSystem
import Netlink
import Supervision

/// Everything by which the overlay hears that something of its own was changed, and who is woken by it.
struct OverlayEars: Sendable {
    let watch: OverlayWatch
    let disputes: Disputes
    let wakes: DelayedWakes
    let monitor: NetlinkMonitor
    /// The port of the socket that the passes write on.
    let ownPort: NetlinkPortID
    let host: HostWatch

    /// Wakes the loop for what contradicts the plan, until the task is cancelled.
    func listenToNetwork() async throws {
        try await monitor.forEachBatch {
            var isOthers = false
            try monitor.forEach { notification, author in
                if author != ownPort { isOthers = true }
                guard let object = watch.concern(of: notification) else { return }
                note(object, by: author == ownPort ? nil : author)
            }
            return isOthers
        }
    }

    /// Wakes the loop for files and settings that are not as they were left, until the task is cancelled.
    func listenToHost(_ kernel: any OverlayKernel, _ configuration: OverlayConfiguration) async throws {
        try await host.forEachChange {
            guard let object = watch.alteredFileOrSetting(kernel, configuration) else { return }
            note(object, by: nil)
        }
    }

    /// Watches the settings that the last pass compared, and looks once more, since they may have changed meanwhile.
    func listenToSettings(_ kernel: any OverlayKernel, _ configuration: OverlayConfiguration) throws {
        let settings = watch.settings
        guard try host.watch(settings.rules, number: settings.number) else { return }
        if let object = watch.alteredFileOrSetting(kernel, configuration) { note(object, by: nil) }
    }

    private func note(_ object: OverlayObject, by author: NetlinkPortID?) {
        if object == .everything { return wakes.wake(.notification, after: .zero) }
        guard let delay = disputes.note("\(object)", by: author?.process, or: author?.trace) else { return }
        wakes.wake(.notification, after: delay)
    }
}
