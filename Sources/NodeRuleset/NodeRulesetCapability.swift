package import Logging
internal import Nftables
package import Supervision

/// Has the table repaired as soon as others change it, and compared now and then even when nothing was heard.
///
/// Fragments are applied whether it runs or not; without it, what others change stays until the next `apply`.
package struct NodeRulesetCapability<C: Clock<Duration>>: Capability {
    package var name: CapabilityName { CapabilityName(rawValue: "ruleset") }

    private let ruleset: NodeRuleset
    private let notifications: any RulesetNotifications
    private let ownPort: UInt32
    private let loop: ReconcileLoop<C>
    private let logger: Logger

    /// The least time between two repairs: a firewall that reloads commits several transactions.
    private static var minimum: Duration { .milliseconds(50) }

    /// - Parameters:
    ///   - ownPort: the netlink port of the socket that `ruleset` commits on, so that its changes are not foreign.
    ///   - audit: how often the whole table is compared without a notification.
    package init(
        _ ruleset: NodeRuleset,
        hearing notifications: any RulesetNotifications,
        ownPort: UInt32,
        audit: Duration,
        clock: C = ContinuousClock(),
        logger: Logger = Logger(label: "linnet.ruleset")
    ) {
        self.ruleset = ruleset
        self.notifications = notifications
        self.ownPort = ownPort
        self.logger = logger
        loop = ReconcileLoop(minimum: Self.minimum, audit: audit, clock: clock, logger: logger)
    }

    package func run(reporting health: HealthReporter) async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        let disputes = Disputes()
        let later = DelayedWakes(wake)
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in notifications.readiness() { wake.yield(.notification) }
            }
            group.addTask { await later.run() }
            await loop.run(on: wakes, waitingFor: "changes of nf_tables by others", reporting: health) { reason in
                health.working(on: "comparing the table")
                return try await pass(reason, disputes, later)
            }
            group.cancelAll()
        }
    }

    private func pass(
        _ reason: PassReason,
        _ disputes: Disputes,
        _ later: DelayedWakes
    ) async throws(NftablesError) -> PassOutcome {
        let author = await ruleset.note(try notifications.drain(), ownPort: ownPort)
        if let author, let delay = disputes.note(Self.table, by: author.description), delay > .zero {
            later.wake(.audit, after: delay)
        }
        if reason != .audit, disputes.isWaiting { return outcome(await ruleset.repairs, disputes) }
        let altered = disputes.take()
        let count = try await ruleset.repair(always: reason == .audit)
        if count > 0 {
            logger.log(
                .notice,
                "repaired the nftables table after a foreign change",
                [.changes: "\(count)", .process: author?.description ?? "unknown"],
                event: .tableRepaired
            )
        }
        disputes.conclude(count > 0 ? altered : [], waking: later, telling: logger)
        return outcome(await ruleset.repairs, disputes)
    }

    private func outcome(_ repairs: Int, _ disputes: Disputes) -> PassOutcome {
        disputes.complaint.map { .degraded($0) } ?? .done("repairs: \(repairs)")
    }

    /// The object that others change: it is repaired as a whole.
    private static var table: String { "nft table linnet" }
}
