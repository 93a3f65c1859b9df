package import ClusterState
package import Logging
import NetworkTypes
package import NodeRuleset
package import Supervision

/// Puts the plan into the kernel, pass by pass: each time what changed since the last one, and all of it after a failure.
package actor BalancerReconciler {
    private let ruleset: any RulesetWriter
    private let host: any BalancerHost
    private let outbox: any Outbox
    private let publisher: LoadBalancerPublisher
    private let healthChecks: HealthCheckServer
    private let status: BalancerStatus
    private let logger: Logger

    private var plan: BalancerPlan
    private var rules: BalancerRuleset
    private var generation: UInt64?
    /// What is in place beside services; nil if that is not known.
    private var frame: BalancerFrame?
    /// Changes that are in place, while the kernel still follows old connections.
    private var unforgotten: [BalancerPlan.Change] = []
    /// Whether connections that an earlier run has translated were looked at.
    private var hasForgotten = false

    package init(
        _ configuration: BalancerConfiguration,
        ruleset: any RulesetWriter,
        host: any BalancerHost,
        outbox: any Outbox,
        healthChecks: HealthCheckServer,
        status: BalancerStatus,
        logger: Logger
    ) {
        self.ruleset = ruleset
        self.host = host
        self.outbox = outbox
        self.healthChecks = healthChecks
        publisher = LoadBalancerPublisher(configuration, outbox: outbox, logger: logger)
        self.status = status
        self.logger = logger
        plan = BalancerPlan(configuration)
        rules = BalancerRuleset(configuration)
    }

    /// Whether there is all that a pass needs. Before that nothing is written: unknown is not empty.
    package nonisolated static func missingKinds(_ snapshot: ClusterSnapshot) -> Set<ObjectKind> {
        BalancerPlan.neededKinds.subtracting(snapshot.complete)
    }

    /// Puts the snapshot in place.
    package func reconcile(_ snapshot: ClusterSnapshot, thoroughly: Bool) async throws -> PassOutcome {
        let started = ContinuousClock.now
        do {
            let facts = try await host.facts(thoroughly: thoroughly)
            let changed = generation.map { snapshot.changedKeys(since: $0) } ?? .everything
            plan.prepare(snapshot, changed: changed, facts: facts)
            generation = snapshot.generation
            let changes = plan.grant(try await host.heldPorts(of: plan.wantedPorts))
            // The plan has moved on: until what follows from it is in place, only the whole of it will do.
            let former = frame
            frame = nil
            unforgotten += changes
            try await put(changes, after: former)
            frame = BalancerFrame(plan)
            try forget()
            let duration = ContinuousClock.now - started
            healthChecks.update(plan.healthChecks, isProxyHealthy: true)
            let refusals = plan.refusals
            await tell(of: refusals)
            let loadBalancers = await publisher.update(
                snapshot,
                refusals: refusals,
                isOn: plan.facts.scope.loadBalancers
            )
            status.update { report in
                report.refusals = refusals
                report.loadBalancers = loadBalancers
            }
            report(duration, isFailure: false)
        } catch {
            healthChecks.update(plan.healthChecks, isProxyHealthy: false)
            report(ContinuousClock.now - started, isFailure: true)
            throw error
        }
        return outcome
    }

    private func put(_ changes: [BalancerPlan.Change], after former: BalancerFrame?) async throws {
        guard former == BalancerFrame(plan) else { return try await ruleset.apply(rules.fragment(of: plan)) }
        let change = rules.change(changes)
        if !change.isEmpty { try await ruleset.amend(change) }
    }

    /// After the rules are in place: the next packet of such a connection would find the old ones again.
    private func forget() throws {
        let isFirst = !hasForgotten && plan.facts.scope.services
        let stale = StaleFlows(
            unforgotten,
            unknownNetworks: isFirst ? plan.configuration.serviceCIDRs.values : [],
            podNetworks: plan.configuration.clusterCIDRs.values
        )
        let count = stale.isEmpty ? 0 : try host.forget(stale)
        unforgotten = []
        hasForgotten = hasForgotten || plan.facts.scope.services
        guard count > 0 else { return }
        logger.log(.info, "stale connections forgotten", [.changes: "\(count)"])
        status.update { $0.forgottenFlows += UInt64(count) }
    }

    /// Tells each service that does not get what it wants, once.
    private func tell(of refusals: [FrontendRefusal]) async {
        let before = status.report.refusals
        guard refusals != before else { return }
        let node = plan.configuration.node
        let events = FrontendRefusal.events(before: before, now: refusals, node: node)
        if events.count > Self.loggedEvents {
            logger.log(.warning, "frontends of many services changed hands", [.changes: "\(events.count)"])
        }
        for (number, event) in events.enumerated() {
            await outbox.record(event)
            guard number < Self.loggedEvents else { continue }
            logger.log(
                event.severity == .warning ? .warning : .notice,
                "a service's frontend",
                [.object: "\(event.object)", .reason: event.message]
            )
        }
    }

    /// How many events of one pass are logged each by itself.
    private static let loggedEvents = 10

    private var outcome: PassOutcome {
        let complaints = host.complaints + status.report.refusals.map(\.description)
        guard complaints.isEmpty else {
            return .degraded(complaints.firstFew())
        }
        let others = plan.facts.scope.services ? "" : ", load balancers only"
        return .done("\(plan.granted.count) services\(others)")
    }

    private func report(_ duration: Duration, isFailure: Bool) {
        status.update { report in
            report.scope = plan.facts.scope
            report.passes += 1
            report.lastDuration = duration
            report.totalDuration += duration
            if isFailure { return report.failures += 1 }
            report.generation = generation
            report.services = plan.granted.count
        }
    }
}
