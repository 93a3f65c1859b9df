import ClusterState
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
                case .impaired(let reason):
                    health.degraded(reason)
                    health.failed(reason)
                    logger.log(
                        .warning,
                        "the source is impaired",
                        [.source: source.description, .error: reason],
                        event: .sourceImpaired
                    )
                case .notice(let text):
                    logger.log(.notice, "the source noticed something", [.source: source.description, .error: text])
                }
            }
        }
    }
}
