package import ClusterState
package import Logging
import NetworkTypes
import Supervision

/// Publishes the addresses of load balancers, if it is this node that does that, and says what became of them as k3s does.
package actor LoadBalancerPublisher {
    private let outbox: any Outbox
    private let logger: Logger
    private var statuses: LoadBalancerStatuses
    private var publication = AddressPublication()
    private var generation: UInt64?

    package init(_ configuration: BalancerConfiguration, outbox: any Outbox, logger: Logger) {
        statuses = LoadBalancerStatuses(configuration)
        self.outbox = outbox
        self.logger = logger
    }

    /// Takes a snapshot whose rules are in place.
    ///
    /// - Parameters:
    ///   - refusals: what this node does not serve.
    ///   - isOn: whether load balancers are ours at all.
    /// - Returns: what is published now, by whoever does it.
    package func update(
        _ snapshot: ClusterSnapshot,
        refusals: [FrontendRefusal],
        isOn: Bool
    ) async -> LoadBalancerReport {
        let changes = statuses.update(
            snapshot,
            changed: generation.map { snapshot.changedKeys(since: $0) } ?? .everything,
            ownRefusals: Set(refusals.compactMap(\.heldPort)),
            isOn: isOn
        )
        generation = snapshot.generation
        var report = LoadBalancerReport()
        report.addresses = statuses.addresses
        report.publisher = statuses.publisher
        let outcome = publication.follow(
            changes,
            wanted: Dictionary(uniqueKeysWithValues: report.addresses.map { (ObjectKey(.service, $0.key), $0.value) }),
            isSpeaker: report.publisher.includes(statuses.configuration.node)
        ) { object in
            snapshot.services[object.namespacedName]?.loadBalancerIngress.addressTexts
        }
        await outbox.take(outcome.steps)
        for change in outcome.news { await tell(change) }
        return report
    }

    private func tell(_ change: AddressChange) async {
        let texts = [change.old, change.new].map { "[\(($0 ?? []).joined(separator: " "))]" }
        logger.log(
            .info,
            "a load balancer has other addresses",
            [.object: "\(change.object.namespacedName)", .changes: texts.joined(separator: " → ")]
        )
        let event =
            change.new == []
            ? ClusterEvent(
                .warning,
                "UnAvailableLoadBalancer",
                of: change.object,
                "There are no available nodes for LoadBalancer"
            )
            : ClusterEvent(
                .normal,
                "UpdatedLoadBalancer",
                of: change.object,
                "Updated LoadBalancer with new IPs: \(texts.joined(separator: " -> "))"
            )
        await outbox.record(event)
    }
}
