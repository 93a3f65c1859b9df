package import ClusterState
package import Logging
package import NodeRuleset
package import Supervision

/// Keeps services' traffic going to their endpoints for as long as the agent runs, and leaves the rules in place afterwards.
package struct BalancerCapability: Capability {
    package let name = CapabilityName(rawValue: "services")

    private let snapshots: SnapshotStore
    private let host: any BalancerHost
    private let reconciler: BalancerReconciler
    private let loop: ReconcileLoop<ContinuousClock>

    /// - Parameter auditInterval: how often the host is looked at without a notification.
    package init(
        configuration: BalancerConfiguration,
        snapshots: SnapshotStore,
        ruleset: any RulesetWriter,
        host: any BalancerHost,
        outbox: any Outbox,
        status: BalancerStatus,
        auditInterval: Duration,
        logger: Logger = Logger(label: "linnet.services")
    ) {
        self.snapshots = snapshots
        self.host = host
        reconciler = BalancerReconciler(
            configuration,
            ruleset: ruleset,
            host: host,
            outbox: outbox,
            status: status,
            logger: logger
        )
        loop = ReconcileLoop(
            minimum: Self.minimum,
            audit: auditInterval,
            clock: ContinuousClock(),
            logger: logger
        )
    }

    /// The least time between two passes: a service that comes with its slices, or many services at once, are one pass; a
    /// lone change waits for nothing.
    private static var minimum: Duration { .milliseconds(10) }

    package func run(reporting health: HealthReporter) async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(name: "services snapshots") {
                for await _ in snapshots.subscribe() { wake.yield(.snapshot) }
            }
            group.addTask(name: "services host") { try await host.listen { wake.yield(.notification) } }
            await loop.run(on: wakes, waitingFor: "changes of services", reporting: health) { reason in
                let snapshot = snapshots.current
                let missing = BalancerReconciler.missingKinds(snapshot)
                guard missing.isEmpty else {
                    let kinds = missing.map(\.rawValue).sorted().joined(separator: ", ")
                    return .waiting(for: "the cluster's objects: \(kinds)")
                }
                health.working(on: "generation \(snapshot.generation)")
                return try await reconciler.reconcile(snapshot, thoroughly: reason == .audit)
            }
            group.cancelAll()
        }
    }
}
