import LinuxSystem
import Netlink
import PodNetwork
import Synchronization

/// Tells when the bridge's setting that lets the node's 127.0.0.1 reach host ports may have been lost: somebody wrote it, or
/// made the bridge anew, which then has it as the kernel gives it.
final class LocalhostWatch: Sendable {
    private let bridge: LinkName
    private let monitor: NetlinkMonitor
    private let setting: SysctlWatch
    private let index: Mutex<InterfaceIndex?>

    /// - Parameter network: where the bridge is looked for.
    init(bridge: LinkName, network: any RouteNetlink) throws {
        self.bridge = bridge
        monitor = try NetlinkMonitor.open(groups: [.link])
        setting = try SysctlWatch()
        // After the monitor listens: what happens between shows in one of both.
        index = Mutex(try network.link(named: bridge)?.index)
        watchSetting()
    }

    /// Calls `body` for each bridge of the name that was not there before, until the task is cancelled.
    func forEachBridge(_ body: () -> Void) async throws {
        try await monitor.forEachBatch {
            guard try monitor.drain().contains(where: isNew) else { return true }
            watchSetting()
            body()
            return true
        }
    }

    /// Calls `body` after writes to the setting, until the task is cancelled.
    func forEachWrite(_ body: () -> Void) async throws {
        try await setting.forEachChange { body() }
    }

    private func watchSetting() { setting.watch([LocalhostRouting.setting(of: bridge)]) }

    private func isNew(_ notification: NetlinkNotification) -> Bool {
        switch notification {
        case .link(let link) where link.name == bridge:
            index.withLock { index in
                defer { index = link.index }
                return index != link.index
            }
        case .linkRemoved(let link) where link.name == bridge:
            index.withLock { index in
                index = nil
                return false
            }
        case .resynchronise: true
        default: false
        }
    }
}
