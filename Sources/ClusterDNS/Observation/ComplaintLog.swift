import Logging
import Supervision
import Synchronization

/// Says what keeps cluster DNS from doing its job when that begins, and when it is over.
final class ComplaintLog: Sendable {
    private let told = Mutex<[String]>([])
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Takes all that is wrong now.
    func take(_ complaints: [String]) {
        let former = told.withLock { told in
            defer { told = complaints }
            return told
        }
        for complaint in complaints where !former.contains(complaint) {
            logger.log(.warning, "cluster DNS is degraded", [.error: complaint])
        }
        for complaint in former where !complaints.contains(complaint) {
            logger.log(.info, "cluster DNS is no longer degraded", [.error: complaint])
        }
    }
}
