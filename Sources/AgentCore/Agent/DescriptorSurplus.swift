import Logging
import ServiceLifecycle
import Supervision

/// Once every capability had its turn to adopt what the process before this one kept, gives the rest back.
struct DescriptorSurplus: Service {
    let board: HealthBoard
    let descriptors: any DescriptorStore
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in board.changes(startingNow: true) where board.haveAllReported {
                let names = descriptors.discardRest()
                if !names.isEmpty {
                    logger.log(
                        .notice,
                        "inherited descriptors are closed; nothing here uses them",
                        [.changes: names.joined(separator: ", ")]
                    )
                }
                break
            }
        }
        // A service that returns ends the others.
        try? await gracefulShutdown()
    }
}
