import ClusterState
import LinuxSystem
import Logging
import Netlink
import NetworkTypes
import Supervision

/// The supervised half of the lease: wakes `LeaseKeeper` when the snapshot or the host's addresses change.
struct LeaseCapability: Capability {
    let name = CapabilityName(rawValue: "lease")
    let settings: LeaseSettings
    let store: SnapshotStore
    let registry: any LeaseRegistry
    let board: HealthBoard
    let auditInterval: Duration
    let logger: Logger

    func run(reporting health: HealthReporter) async throws {
        let keeper = LeaseKeeper(
            settings: settings,
            store: store,
            registry: registry,
            extras: extras,
            socket: try NetlinkSocket.open(),
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
                        if try monitor.drain().contains(where: HostFacts.mayChange(with:)) {
                            wake.yield(.notification)
                        }
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
            let loop = ReconcileLoop(
                minimum: .milliseconds(100),
                audit: auditInterval,
                clock: ContinuousClock(),
                logger: logger
            )
            await loop.run(on: wakes, waitingFor: "the source or the host's addresses", reporting: health) { _ in
                health.working(on: "the lease")
                return try await keeper.pass().outcome
            }
            group.cancelAll()
        }
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

    private func extras() -> LeaseExtras {
        LeaseExtras(
            agentVersion: Agent.version,
            readyCapabilities: board.snapshot().filter { $0.state == .ready }.map(\.name.rawValue)
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
            .impaired(problems.joined(separator: "; "))
        }
    }
}
