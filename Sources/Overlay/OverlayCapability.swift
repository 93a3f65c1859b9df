package import ClusterState
package import LinuxSystem
package import Logging
import Netlink
import NetworkTypes
package import NodeRuleset
package import Supervision

/// Keeps the overlay as planned for as long as the agent runs, and leaves it in place afterwards.
package struct OverlayCapability: Capability {
    package let name = CapabilityName(rawValue: "overlay")
    /// What it tells of itself.
    package let status: OverlayStatus

    private let configuration: OverlayConfiguration
    private let snapshots: SnapshotStore
    private let ruleset: any RulesetWriter
    private let namespace: NetworkNamespace?
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let notificationBuffer: Int32

    /// - Parameters:
    ///   - namespace: the network namespace to work in; nil is this process's own.
    ///   - notificationBuffer: bytes of notifications that the kernel may queue.
    ///   - now: the time by the clock that ages are counted by.
    package init(
        configuration: OverlayConfiguration,
        snapshots: SnapshotStore,
        ruleset: any RulesetWriter,
        namespace: NetworkNamespace? = nil,
        status: OverlayStatus = OverlayStatus(),
        logger: Logger = Logger(label: "linnet.overlay"),
        notificationBuffer: Int32 = NetlinkMonitor.usualReceiveBuffer,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.configuration = configuration
        self.snapshots = snapshots
        self.ruleset = ruleset
        self.namespace = namespace
        self.status = status
        self.logger = logger
        self.notificationBuffer = notificationBuffer
        self.now = now
    }

    package func run(reporting health: HealthReporter) async throws {
        health.working(on: "opening netlink sockets")
        // The monitor first, so that no change falls between the first look and the first notification.
        let monitor = try openMonitor()
        let network = try namespace.map { try NetlinkSocket.open(in: $0) } ?? NetlinkSocket.open()
        let kernel = HostKernel(network: network, namespace: namespace)
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        let ears = OverlayEars(
            watch: OverlayWatch(),
            disputes: Disputes(),
            wakes: DelayedWakes(wake),
            monitor: monitor,
            ownPort: network.portID,
            host: try HostWatch(configuration, namespace: namespace)
        )
        let reconciler = OverlayReconciler(
            configuration,
            kernel: kernel,
            ruleset: ruleset,
            status: status,
            watch: ears.watch,
            now: now
        )
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(name: "overlay snapshots") {
                for await _ in snapshots.subscribe() { wake.yield(.snapshot) }
            }
            group.addTask(name: "overlay delays") { await ears.wakes.run() }
            group.addTask(name: "overlay notifications") { try await wake.feed { try await ears.listenToNetwork() } }
            group.addTask(name: "overlay files") {
                try await wake.feed { try await ears.listenToHost(kernel, configuration) }
            }
            // Whoever takes the wakes only notes the greatest, so that none has to be dropped.
            await loop.run(on: wakes, waitingFor: "changes of nodes or of the kernel", reporting: health) { reason in
                do {
                    let outcome = try await pass(reason, reconciler, ears, health)
                    try ears.listenToSettings(kernel, configuration)
                    return outcome
                } catch let failure as ReconcileFailure {
                    // What did not fail is to be kept true meanwhile.
                    try ears.listenToSettings(kernel, configuration)
                    throw failure
                }
            }
            group.cancelAll()
        }
    }

    private func openMonitor() throws(NetlinkError) -> NetlinkMonitor {
        let routes = configuration.routes
        guard let namespace else {
            return try NetlinkMonitor.open(groups: Self.groups, routes: routes, receiveBuffer: notificationBuffer)
        }
        return try NetlinkMonitor.open(
            groups: Self.groups,
            routes: routes,
            in: namespace,
            receiveBuffer: notificationBuffer
        )
    }

    private static let groups: Set<NetlinkGroup> = [
        .link, .neighbour, .ipv4Address, .ipv4Route, .ipv6Address, .ipv6Route, .ipv4Configuration, .ipv6Configuration,
    ]

    /// A few peers that change at once are one pass; nobody notices the delay.
    private var loop: ReconcileLoop<ContinuousClock> {
        ReconcileLoop(
            minimum: .milliseconds(50),
            audit: configuration.auditInterval,
            clock: ContinuousClock(),
            logger: logger
        )
    }

    private func pass(
        _ reason: PassReason,
        _ reconciler: OverlayReconciler,
        _ ears: OverlayEars,
        _ health: HealthReporter
    ) async throws -> PassOutcome {
        let snapshot = snapshots.current
        guard OverlayReconciler.isReady(snapshot, configuration) else {
            let areNodesKnown = snapshot.complete.contains(.node)
            return .waiting(for: areNodesKnown ? "a lease for this node" : "the nodes of the cluster")
        }
        health.working(on: "generation \(snapshot.generation)")
        let before = status.report
        let altered = reason == .snapshot ? [] : ears.disputes.take()
        let changes = try await reconciler.reconcile(snapshot, thoroughly: reason != .snapshot)
        ears.disputes.conclude(changes > 0 ? altered : [], waking: ears.wakes, telling: logger)
        let after = status.report
        log(changes, before, after)
        let complaints = after.complaints + ears.disputes.current.map(\.description)
        return complaints.isEmpty ? .done(after.summary) : .degraded(complaints.firstFew(5))
    }

    private func log(_ changes: Int, _ before: OverlayReport, _ after: OverlayReport) {
        for complaint in after.complaints where !before.complaints.contains(complaint) {
            logger.log(.warning, "overlay is degraded", [.error: complaint], event: .overlayDegraded)
        }
        for complaint in before.complaints where !after.complaints.contains(complaint) {
            logger.log(.info, "overlay is no longer degraded", [.error: complaint], event: .overlayRecovered)
        }
        guard changes > 0 else { return }
        let values: [LogKey: String] = [
            .changes: "\(changes)", .generation: after.generation.map { "\($0)" } ?? "-",
            .duration: after.lastDuration.map(\.inSeconds) ?? "-",
        ]
        if after.repairs > before.repairs {
            logger.log(.notice, "overlay repaired", values, event: .overlayRepaired)
        } else {
            logger.log(.info, "overlay changed", values)
        }
    }
}

extension OverlayConfiguration {
    /// The routes that may bear on the overlay. Nil is all of them: any may decide which nodes are on the link.
    var routes: RouteInterest? {
        guard !backend.routesDirectly else { return nil }
        return RouteInterest(routeProtocol: .linnet, includesOnLink: true, networks: clusterCIDRs.values)
    }
}

extension OverlayReport {
    /// What is in place, in a few words.
    fileprivate var summary: String {
        guard let lease else { return "off" }
        let networks = lease.podCIDRs.values.map(\.description).joined(separator: ", ")
        return "\(networks), \(peers.count) \(peers.count == 1 ? "peer" : "peers")"
    }
}
