import ClusterState
import LinuxSystem
import Logging
import Netlink
import NetworkTypes
import Supervision
import Synchronization

/// The supervised half of the lease: wakes `LeaseKeeper` when the snapshot or the host's addresses change.
struct LeaseCapability: Capability {
    let name = CapabilityName(rawValue: "lease")
    let settings: LeaseSettings
    let store: SnapshotStore
    let registry: any LeaseRegistry
    let board: HealthBoard
    let auditInterval: Duration
    /// The ports that no service is reached by here: each change of them changes somebody's health.
    let refusedPorts: @Sendable () -> [String]
    let logger: Logger

    func run(reporting health: HealthReporter) async throws {
        let candidates = UnderlayCandidates(
            named: settings.interface,
            clusterNetworks: settings.clusterNetworks.values
        )
        let keeper = LeaseKeeper(
            settings: settings,
            store: store,
            registry: registry,
            extras: extras,
            socket: try NetlinkSocket.open(),
            candidates: candidates,
            logger: logger
        )
        let monitor = try NetlinkMonitor.open(
            groups: [.link, .ipv4Address, .ipv6Address, .ipv4Route, .ipv6Route],
            routes: RouteInterest(includesDefault: true)
        )
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                for await _ in store.subscribe() { wake.yield(.snapshot) }
            }
            group.addTask {
                try await wake.feed {
                    try await monitor.forEachBatch {
                        if try monitor.hasHeard(candidates.mayChange(with:)) {
                            wake.yield(.notification)
                        }
                        return true
                    }
                }
            }
            group.addTask {
                for await _ in registry.changes() { wake.yield(.notification) }
            }
            if let interval = registry.reviewInterval {
                group.addTask {
                    while true {
                        try await ContinuousClock().sleep(for: interval)
                        wake.yield(.notification)
                    }
                }
                group.addTask { try await followExtras(waking: wake) }
            }
            let said = Mutex<[String]>([])
            let loop = ReconcileLoop(
                minimum: .milliseconds(100),
                audit: auditInterval,
                clock: ContinuousClock(),
                logger: logger
            )
            await loop.run(on: wakes, waitingFor: "the source or the host's addresses", reporting: health) { _ in
                health.working(on: "the lease")
                do {
                    let outcome = try await keeper.pass()
                    say(outcome, after: said)
                    return outcome.outcome
                } catch LeaseError.rulesChanged(let reason) {
                    // No failure: this composition of the agent is about to end.
                    return .waiting(for: "the next composition: \(reason)")
                }
            }
            group.cancelAll()
        }
    }

    /// Logs what is wrong with the lease once, not with each pass.
    private func say(_ outcome: LeaseKeeper.Outcome, after said: borrowing Mutex<[String]>) {
        guard case .held(_, let problems) = outcome else { return }
        let isNews = said.withLock { said in
            defer { said = problems }
            return said != problems
        }
        guard isNews else { return }
        guard !problems.isEmpty else { return logger.log(.notice, "the lease is as it should be again") }
        let text = problems.joined(separator: "; ")
        logger.log(.warning, "the lease is degraded", [.error: text], event: .leaseDegraded)
    }

    /// Wakes when the extras have changed and stayed so for a second: each change is a write that all nodes see.
    private func followExtras(waking wake: AsyncStream<PassReason>.Continuation) async throws {
        var published = extras()
        for await _ in board.changes(startingNow: true) where extras() != published {
            try await ContinuousClock().sleep(for: .seconds(1))
            guard extras() != published else { continue }
            published = extras()
            wake.yield(.notification)
        }
    }

    /// Those without which nothing could be published: that they are not ready cannot be said, and need not be taken back.
    private static let bearers: Set<String> = ["source", "lease"]

    private func extras() -> LeaseExtras {
        // A restart is no news: nothing is said before all have said how they are, nor once they stop in turn.
        let healths = board.snapshot().filter { !Self.bearers.contains($0.name.rawValue) }
        let areAllKnown = !healths.contains { $0.state == .starting || $0.state == .stopped }
        return LeaseExtras(
            agentVersion: Agent.version,
            readyCapabilities: areAllKnown ? healths.filter(\.state.doesItsJob).map(\.name.rawValue) : nil,
            refusedPorts: refusedPorts()
        )
    }
}

extension LeaseKeeper.Outcome {
    fileprivate var outcome: PassOutcome {
        switch self {
        case .waitingForNodes:
            .waiting(for: "the source's Nodes")
        case .held(let lease, let problems) where problems.isEmpty:
            .done(lease.podCIDRs.values.map(\.description).joined(separator: ", "))
        case .held(_, let problems):
            .degraded(problems.joined(separator: "; "))
        }
    }
}
