import ClusterState
import Logging
import Supervision
import Synchronization

/// Tells those who wrote Ingresses and Secrets what there is to say of them: each thing once for as long as it lasts.
final class IngressTeller: Sendable {
    /// Of so many at once each has its line in the log.
    private static let mostLines = 20

    private let outbox: any Outbox
    private let logger: Logger
    private let told = Mutex<Set<ClusterEvent>>([])

    init(outbox: any Outbox, logger: Logger) {
        self.outbox = outbox
        self.logger = logger
    }

    /// Tells what is new.
    func tell(_ table: RouteTable, _ complaints: [CertificateComplaint]) async {
        let current = table.events + complaints.map(\.event)
        let new = told.withLock { told in
            defer { told = Set(current) }
            return current.filter { !told.contains($0) }
        }
        for event in new { await outbox.record(event) }
        for event in new.prefix(Self.mostLines) {
            logger.log(
                event.severity == .warning ? .warning : .notice,
                "something is to be said of an object of the ingress",
                [.object: "\(event.object)", .reason: "\(event.reason): \(event.message)"]
            )
        }
        let rest = new.count - Self.mostLines
        if rest > 0 { logger.log(.warning, "more is, as linnet status has it", [.changes: "\(rest)"]) }
    }
}

extension RouteTable {
    /// What there is to say of Ingresses, in the order of their names.
    var events: [ClusterEvent] { reports.values.sorted { $0.ingress < $1.ingress }.flatMap(\.events) }
}

extension CertificateComplaint {
    /// The same as an event of the Secret.
    var event: ClusterEvent {
        ClusterEvent(
            .warning,
            IngressNote.Reason.certificateUnavailable.rawValue,
            of: ObjectKey(.secret, secret),
            description
        )
    }
}
