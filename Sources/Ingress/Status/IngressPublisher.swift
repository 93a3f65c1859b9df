package import ClusterState
import Logging
import Supervision
import Synchronization

/// What Ingresses are published with, as this node sees it.
package struct IngressAddresses: Sendable, Hashable {
    /// The Ingresses whose status is ours, in order.
    package var ingresses: [NamespacedName]
    /// What each of them is published with; empty if no node serves.
    package var addresses: [String]
    /// Who publishes it.
    package var speaker: AddressSpeaker
}

/// Publishes the addresses of Ingresses, if it is this node that does that.
actor IngressPublisher {
    private let outbox: any Outbox
    private let logger: Logger
    private var statuses: IngressStatuses
    private var publication = AddressPublication()
    private var classes: Set<String>
    private var generation: UInt64?
    private nonisolated let state = Mutex<IngressAddresses?>(nil)

    /// - Parameters:
    ///   - classes: the names of the classes that are served.
    ///   - statusClasses: those of them whose status is ours to write.
    init(
        classes: Set<String>,
        statusClasses: Set<String>,
        node: NodeName,
        outbox: any Outbox,
        logger: Logger
    ) {
        self.classes = classes
        statuses = IngressStatuses(classes: classes, statusClasses: statusClasses, node: node)
        self.outbox = outbox
        self.logger = logger
    }

    /// What is published by whoever does it; nil before all is known that it depends on.
    nonisolated var addresses: IngressAddresses? { state.withLock { $0 } }

    /// Follows a snapshot, and the classes that are served. One call at a time.
    func update(_ snapshot: ClusterSnapshot, classes newClasses: Set<String>) async {
        guard IngressStatuses.neededKinds.isSubset(of: snapshot.complete) else { return }
        if newClasses != classes {
            classes = newClasses
            statuses.serve(classes)
            generation = nil
        }
        let changes = statuses.update(
            snapshot,
            changed: generation.map { snapshot.changedKeys(since: $0) } ?? .everything
        )
        generation = snapshot.generation
        let outcome = publication.follow(
            changes,
            wanted: Dictionary(
                uniqueKeysWithValues: statuses.ingresses.map { (ObjectKey(.ingress, $0), statuses.addresses) }
            ),
            isSpeaker: statuses.isSpeaker
        ) { object in
            snapshot.ingresses[object.namespacedName]?.loadBalancerIngress.addressTexts
        }
        await outbox.take(outcome.steps)
        let now = IngressAddresses(
            ingresses: statuses.ingresses.sorted(),
            addresses: statuses.addresses,
            speaker: statuses.speaker
        )
        state.withLock { $0 = now }
        tell(outcome.news)
    }

    /// All Ingresses have the same addresses: where these move, one line says so. Ones that have none yet, before any node
    /// is ready, are no news.
    private func tell(_ news: [AddressChange]) {
        let news = news.filter { $0.old != $0.new }
        guard let first = news.first else { return }
        let texts = [first.old, first.new].map { "[\(($0 ?? []).joined(separator: " "))]" }
        let names = news.prefix(3).map(\.object.namespacedName.description).joined(separator: ", ")
        let others = news.count > 3 ? " and \(news.count - 3) more" : ""
        logger.log(
            .info,
            "Ingresses are published with other addresses",
            [.object: names + others, .changes: texts.joined(separator: " → ")]
        )
    }
}
