import LinuxSystem
package import Logging
package import Netlink
import PodNetwork
package import Supervision

/// The agent's half of pod networking: keeps the plugin where runtimes look for it, and pods on the bridge.
package struct PodNetworkAudit: Capability {
    package let name = CapabilityName(rawValue: "pod-network")

    private let pluginDirectory: String
    private let bridge: LinkName
    private let addresses: AddressStore
    private let stateDirectory: String
    private let auditInterval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - pluginDirectory: where runtimes look for plugins.
    ///   - bridge: the bridge that pods hang on.
    ///   - addresses: where the plugin keeps the addresses of all networks.
    ///   - podNetwork: the name of the pod network among them.
    ///   - stateDirectory: where the agent keeps what outlives it.
    package init(
        pluginDirectory: String,
        bridge: LinkName,
        addresses: String,
        podNetwork: String,
        stateDirectory: String,
        auditInterval: Duration,
        logger: Logger
    ) {
        self.pluginDirectory = pluginDirectory
        self.bridge = bridge
        self.addresses = AddressStore(
            dataDirectory: addresses,
            network: podNetwork,
            lockLimit: AddressLeaks.lockLimit
        )
        self.stateDirectory = stateDirectory
        self.auditInterval = min(auditInterval, AddressLeaks.interval)
        self.logger = logger
    }

    package func run(reporting health: HealthReporter) async throws {
        let plugin = try PluginInstallation.besideAgent(in: pluginDirectory)
        let monitor = try NetlinkMonitor.open(groups: [.link])
        let socket = try NetlinkSocket.open()
        let ports = BridgePorts(bridge: bridge, network: socket)
        let watch = try DirectoryWatch(pluginDirectory)
        let leaks = AddressLeaks(
            store: addresses,
            bridge: bridge,
            stateDirectory: stateDirectory,
            boot: try BootID.current()
        ) { problem in
            logger.log(
                .warning,
                "the list of given addresses is not believed; leaks of before a reboot count as new",
                [.error: problem],
                event: .stateFileIgnored
            )
        }
        let report = LeakReport(logger: logger)
        let start = SuspendingClock.now
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        let disputes = Disputes()
        let later = DelayedWakes(wake)
        let ears = BridgePortEars(bridge: bridge, disputes, later)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(name: "plugin directory") {
                try await wake.feed { try await watch.forEachChange { wake.yield(.notification) } }
            }
            group.addTask(name: "delays") { await later.run() }
            group.addTask(name: "bridge") {
                try await wake.feed { try await ears.listen(to: monitor, besides: socket.portID) }
            }
            let loop = ReconcileLoop(
                minimum: .milliseconds(50),
                audit: auditInterval,
                clock: ContinuousClock(),
                logger: logger
            )
            await loop.run(on: wakes, waitingFor: "changes of the plugin or the bridge", reporting: health) { reason in
                health.working(on: "the plugin and the pods' links")
                if reason == .snapshot, !ears.isDue() {
                    _ = disputes.take()
                    return outcome(plugin, disputes)
                }
                let outcome = try pass(reason, plugin, ports, ears, disputes) { repaired in
                    disputes.conclude(repaired, waking: later, telling: logger)
                }
                if reason == .audit {
                    health.working(on: "addresses of pods that are gone")
                    // It stands still while the machine sleeps, and no clock that is set moves it.
                    let now = start.duration(to: SuspendingClock.now)
                    report.tell(try leaks.release(seenBy: ports.network, now: now))
                }
                return outcome
            }
            group.cancelAll()
        }
    }

    private func pass(
        _ reason: PassReason,
        _ plugin: PluginInstallation,
        _ ports: BridgePorts,
        _ ears: BridgePortEars,
        _ disputes: Disputes,
        conclude: (Set<String>) -> Void
    ) throws -> PassOutcome {
        if reason != .snapshot, try plugin.install() { logger.log(.notice, "plugin installed", [.file: plugin.target]) }
        _ = disputes.take()
        let attached = try ports.repair(except: ears.waiting())
        let authors = ears.takeAuthors()
        for link in attached {
            let author = authors[link.name] ?? "unknown"
            logger.log(.notice, "pod put back on the bridge", [.linkName: link.name.rawValue, .process: author])
        }
        conclude(Set(attached.map { BridgePortEars.object($0.name) }))
        return outcome(plugin, disputes)
    }

    private func outcome(_ plugin: PluginInstallation, _ disputes: Disputes) -> PassOutcome {
        disputes.complaint.map { .degraded($0) } ?? .done(plugin.target)
    }
}
