package import LinuxSystem
import Netlink

/// Everything by which the balancer hears that its host changed.
package struct HostEars: Sendable {
    private let monitor: NetlinkMonitor
    private let settings: SysctlWatch
    private let namespace: NetworkNamespace?

    /// - Parameter namespace: the network namespace to listen in; nil is the calling thread's own.
    package init(namespace: NetworkNamespace? = nil) throws {
        let groups: Set<NetlinkGroup> = [.link, .ipv4Address, .ipv6Address]
        monitor = try namespace.map { try NetlinkMonitor.open(groups: groups, in: $0) } ?? .open(groups: groups)
        settings = try SysctlWatch()
        self.namespace = namespace
    }

    /// Watches these settings from now on, those of them that there are.
    func watch(_ names: [SysctlName]) {
        if let namespace {
            try? namespace.run { settings.watch(names) }
        } else {
            settings.watch(names)
        }
    }

    /// Calls `body` after notifications of which one `isMeant`, until the task is cancelled. Most are of pods that come
    /// and go.
    func listenToNetwork(
        for isMeant: @Sendable (NetlinkNotification) async -> Bool,
        _ body: @Sendable () async -> Void
    ) async throws {
        try await monitor.forEachBatch {
            var isFound = false
            for notification in try monitor.drain() where !isFound { isFound = await isMeant(notification) }
            if isFound { await body() }
            return true
        }
    }

    /// Calls `body` after writes to the watched settings, until the task is cancelled.
    func listenToSettings(_ body: @Sendable () async -> Void) async throws {
        try await settings.forEachChange { await body() }
    }
}
