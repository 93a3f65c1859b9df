internal import LinuxSystem
package import Nftables

/// Where a watch hears of changes to rulesets.
package protocol RulesetNotifications: Sendable {
    /// Says that there may be notifications; the first element comes at once if there are some.
    func readiness() -> AsyncStream<Void>
    /// The notifications since the last call; does not wait.
    func drain() throws(NftablesError) -> [NftablesNotification]
}

extension NftablesMonitor: RulesetNotifications {
    package func readiness() -> AsyncStream<Void> { Reactor.shared.readiness(of: descriptor) }
}

/// Has the table repaired when others change it, and compared now and then even when nothing was heard.
package struct RulesetWatch<C: Clock>: Sendable where C.Duration == Duration {
    /// What the watch does, for who watches it.
    package enum Event: Sendable, Equatable {
        case comparing
        /// So many fragments were changed and are right again; who did it, if that was heard.
        case repaired(Int, changedBy: RulesetWriterProcess?)
        /// All is as the fragments want it; waits for notifications.
        case waiting
        /// Not all could be made right; it is tried again.
        case failed(NftablesError)
    }

    private let ruleset: NodeRuleset
    private let notifications: any RulesetNotifications
    private let ownPort: UInt32
    private let audit: Duration
    private let debounce: Duration
    private let clock: C

    /// - Parameters:
    ///   - ownPort: The netlink port of the socket that `ruleset` commits on: its changes are not foreign.
    ///   - audit: How often the whole table is compared without a notification.
    ///   - debounce: How long to wait for more after a notification, since a firewall that reloads commits several
    ///     transactions.
    package init(
        of ruleset: NodeRuleset,
        notifications: any RulesetNotifications,
        ownPort: UInt32,
        audit: Duration,
        debounce: Duration = .milliseconds(50),
        clock: C = ContinuousClock()
    ) {
        self.ruleset = ruleset
        self.notifications = notifications
        self.ownPort = ownPort
        self.audit = audit
        self.debounce = debounce
        self.clock = clock
    }

    /// Watches until the task is cancelled.
    package func run(reporting report: @escaping @Sendable (Event) -> Void) async {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask(name: "nf_tables notifications") {
                for await _ in notifications.readiness() { wake.yield() }
            }
            group.addTask(name: "nf_tables audit") {
                while await pause(audit) { wake.yield() }
            }
            var nextAudit = clock.now.advanced(by: audit)
            var failures = 0
            wake.yield()
            for await _ in wakes {
                guard await pause(debounce) else { break }
                let isAudit = clock.now >= nextAudit
                if isAudit { nextAudit = clock.now.advanced(by: audit) }
                if await pass(always: isAudit || failures > 0, report) {
                    failures = 0
                    continue
                }
                failures += 1
                let delay = Duration.seconds(min(60, 1 << min(failures - 1, 6)))
                group.addTask(name: "nf_tables retry") {
                    if await pause(delay) { wake.yield() }
                }
            }
            group.cancelAll()
        }
    }

    /// One look at the notifications and the table; whether all is right afterwards.
    private func pass(always: Bool, _ report: @Sendable (Event) -> Void) async -> Bool {
        report(.comparing)
        do throws(NftablesError) {
            let culprit = await ruleset.note(try notifications.drain(), ownPort: ownPort)
            let count = try await ruleset.repair(always: always)
            if count > 0 { report(.repaired(count, changedBy: culprit)) }
            report(.waiting)
            return true
        } catch {
            report(.failed(error))
            return false
        }
    }

    /// Sleeps; false if the task was cancelled.
    private func pause(_ duration: Duration) async -> Bool {
        do {
            try await clock.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }
}
