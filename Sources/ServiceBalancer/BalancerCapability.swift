package import ClusterState
package import Logging
package import NodeRuleset
package import Supervision

/// Keeps services' traffic going to their endpoints for as long as the agent runs, and leaves the rules in place afterwards.
package struct BalancerCapability: Capability {
    package let name = CapabilityName(rawValue: "services")

    private let configuration: BalancerConfiguration
    private let snapshots: SnapshotStore
    private let ruleset: any RulesetWriter
    private let host: any BalancerHost
    private let outbox: any Outbox
    private let status: BalancerStatus
    private let auditInterval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - outbox: is told the addresses of load balancers, and what services do not get.
    ///   - auditInterval: how often the host is looked at without a notification.
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
        self.configuration = configuration
        self.snapshots = snapshots
        self.ruleset = ruleset
        self.host = host
        self.outbox = outbox
        self.status = status
        self.auditInterval = auditInterval
        self.logger = logger
    }

    /// The least time between two passes: a service that comes with its slices, or many services at once, are one pass; a
    /// lone change waits for nothing.
    private static var minimum: Duration { .milliseconds(10) }

    /// How long rules of an earlier run are left as they are while the snapshot is one from the disk: what they say is
    /// newer.
    private static var patience: Duration { .seconds(5) }

    package func run(reporting health: HealthReporter) async throws {
        let healthChecks = HealthCheckServer(
            node: configuration.node,
            outbox: outbox,
            threadName: name.threadName,
            logger: logger
        )
        let reconciler = BalancerReconciler(
            configuration,
            ruleset: ruleset,
            host: host,
            outbox: outbox,
            healthChecks: healthChecks,
            status: status,
            logger: logger
        )
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        let clock = ContinuousClock()
        let deadline = try await host.hasRules() ? clock.now + Self.patience : clock.now
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(name: "services snapshots") {
                for await _ in snapshots.subscribe() { wake.yield(.snapshot) }
            }
            group.addTask(name: "services health checks") { await healthChecks.run() }
            group.addTask(name: "services host") { try await host.listen { wake.yield(.notification) } }
            group.addTask(name: "services patience") {
                try? await clock.sleep(until: deadline, tolerance: nil)
                wake.yield(.notification)
            }
            await loop.run(on: wakes, waitingFor: "changes of services", reporting: health) { reason in
                let snapshot = snapshots.current
                let missing = BalancerReconciler.missingKinds(snapshot)
                guard missing.isEmpty else {
                    let kinds = missing.map(\.rawValue).sorted().joined(separator: ", ")
                    return .waiting(for: "the cluster's objects: \(kinds)")
                }
                if clock.now < deadline, snapshot.restoration?.kinds.isDisjoint(with: BalancerPlan.neededKinds) == false
                {
                    return .waiting(for: "the source: rules of an earlier run are in place")
                }
                health.working(on: "generation \(snapshot.generation)")
                return try await reconciler.reconcile(snapshot, thoroughly: reason == .audit)
            }
            group.cancelAll()
        }
    }

    private var loop: ReconcileLoop<ContinuousClock> {
        ReconcileLoop(minimum: Self.minimum, audit: auditInterval, clock: ContinuousClock(), logger: logger)
    }
}
