import ClusterState
import LinuxSystem
import Logging
import ServiceLifecycle
import Supervision

/// Runs the source of cluster state under supervision, and turns what it says of itself into health and log.
struct SourceCapability: Capability {
    let name = CapabilityName(rawValue: "source")
    let source: any ClusterSource
    let store: SnapshotStore
    let logger: Logger

    func run(reporting health: HealthReporter) async throws {
        try await cancelWhenGracefulShutdown {
            try await source.run(feeding: store) { event in
                switch event {
                case .waiting(let change): health.waiting(for: change)
                case .working(let step): health.working(on: step)
                case .synchronised(let summary): health.ready(summary)
                case .degraded(let reason):
                    health.degraded(reason)
                    health.failed(reason)
                    logger.log(
                        .warning,
                        "the source is degraded",
                        [.source: source.description, .error: reason],
                        event: .sourceDegraded
                    )
                    nameRestoration()
                case .notice(let text):
                    logger.log(.notice, "the source noticed something", [.source: source.description, .error: text])
                }
            }
        }
    }

    /// Says so where the data plane rests on what an earlier run saved.
    private func nameRestoration() {
        guard let restoration = store.current.restoration else { return }
        logger.log(
            .warning,
            "the data plane follows the snapshot on disk until the source is back",
            [
                .source: source.description,
                .age: "\(DataAge(of: restoration.confirmedAt, at: SystemTime.now()))",
            ],
            event: .stateFromDisk
        )
    }
}
