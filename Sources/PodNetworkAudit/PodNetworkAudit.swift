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
    private let addresses: AddressLeaks
    private let auditInterval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - pluginDirectory: where runtimes look for plugins.
    ///   - bridge: the bridge that pods hang on.
    ///   - addresses: where the plugin keeps the addresses of all networks.
    ///   - podNetwork: the name of the pod network among them.
    package init(
        pluginDirectory: String,
        bridge: LinkName,
        addresses: String,
        podNetwork: String,
        auditInterval: Duration,
        logger: Logger
    ) {
        self.pluginDirectory = pluginDirectory
        self.bridge = bridge
        self.addresses = AddressLeaks(
            store: AddressStore(dataDirectory: addresses, network: podNetwork),
            bridge: bridge
        )
        self.auditInterval = min(auditInterval, AddressLeaks.interval)
        self.logger = logger
    }

    package func run(reporting health: HealthReporter) async throws {
        let plugin = try PluginInstallation.besideAgent(in: pluginDirectory)
        let monitor = try NetlinkMonitor.open(groups: [.link])
        let ports = BridgePorts(bridge: bridge, network: try NetlinkSocket.open())
        let watch = try DirectoryWatch(pluginDirectory)
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(name: "plugin directory") {
                try await wake.feed { try await watch.forEachChange { wake.yield(.notification) } }
            }
            group.addTask(name: "bridge") {
                try await wake.feed {
                    try await monitor.forEachBatch {
                        // Many pods that come at once need no look at the plugin, which means reading all of it.
                        if try monitor.drain().contains(where: ports.concerns) { wake.yield(.snapshot) }
                    }
                }
            }
            let loop = ReconcileLoop(
                minimum: .milliseconds(50),
                audit: auditInterval,
                clock: ContinuousClock(),
                logger: logger
            )
            await loop.run(on: wakes, waitingFor: "changes of the plugin or the bridge", reporting: health) { reason in
                health.working(on: "the plugin and the pods' links")
                let outcome = try pass(reason, plugin, ports)
                if reason == .audit {
                    health.working(on: "addresses of pods that are gone")
                    try releaseAddresses(seenBy: ports.network)
                }
                return outcome
            }
            group.cancelAll()
        }
    }

    private func releaseAddresses(seenBy network: any RouteNetlink) throws {
        let released = try addresses.release(seenBy: network, now: SystemTime.now(), uptime: ProcessFacts.uptime())
        guard !released.isEmpty else { return }
        let texts = released.map { "\($0.address) of \($0.container.isEmpty ? "nobody" : $0.container)" }
        logger.log(
            .notice,
            "addresses of pods that are gone were released",
            [.changes: "\(released.count)", .pod: texts.prefix(20).joined(separator: ", ")]
        )
    }

    private func pass(
        _ reason: PassReason,
        _ plugin: PluginInstallation,
        _ ports: BridgePorts
    ) throws -> PassOutcome {
        if reason != .snapshot, try plugin.install() { logger.log(.notice, "plugin installed", [.file: plugin.target]) }
        let attached = try ports.repair()
        for link in attached {
            logger.log(.notice, "pod put back on the bridge", [.linkName: link.name.rawValue])
        }
        return .done(plugin.target)
    }
}
