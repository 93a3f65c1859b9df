import Logging
import Supervision
import Synchronization

/// Tells once of places that cannot be served, and once when all can again.
final class HeldPorts: Sendable {
    private let told = Mutex<Set<String>>([])
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// - Parameter complaints: why places cannot be served, and who holds them.
    func note(_ complaints: [String]) {
        let former = told.withLock { told in
            defer { told = Set(complaints) }
            return told
        }
        for complaint in complaints where !former.contains(complaint) {
            logger.log(.warning, "a port of the ingress cannot be served", [.reason: complaint])
        }
        if complaints.isEmpty, !former.isEmpty { logger.notice("all ports of the ingress are listened on") }
    }
}
