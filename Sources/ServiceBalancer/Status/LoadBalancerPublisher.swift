package import ClusterState
package import Logging
import NetworkTypes
import Supervision

/// Publishes the addresses of load balancers, if it is this node that does that, and says what became of them as k3s does.
package actor LoadBalancerPublisher {
    private let outbox: any Outbox
    private let logger: Logger
    private var statuses: LoadBalancerStatuses
    private var generation: UInt64?
    /// What this node has published; nil while another one speaks.
    private var published: [NamespacedName: [String]]?

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
        let isSpeaker = report.publisher == .each || report.publisher == .first(statuses.configuration.node)
        if !isSpeaker {
            await fallSilent()
        } else if published == nil {
            await beginSpeaking(changes, snapshot)
        } else {
            for change in changes { await say(change, snapshot) }
        }
        return report
    }

    /// Another node speaks from now on.
    private func fallSilent() async {
        let former = published ?? [:]
        published = nil
        for name in former.keys { await outbox.forget(ObjectKey(.service, name)) }
    }

    /// Says all that there is to say, whoever has said it before.
    private func beginSpeaking(_ changes: [LoadBalancerStatuses.Change], _ snapshot: ClusterSnapshot) async {
        published = [:]
        let former = Dictionary(uniqueKeysWithValues: changes.map { ($0.service, $0) })
        for change in changes where change.new == nil { await say(change, snapshot) }
        for (name, addresses) in statuses.addresses.sorted(by: { $0.key < $1.key }) {
            let old = former[name].map(\.old) ?? addresses
            await say(LoadBalancerStatuses.Change(service: name, old: old, new: addresses), snapshot)
        }
    }

    private func say(_ change: LoadBalancerStatuses.Change, _ snapshot: ClusterSnapshot) async {
        let object = ObjectKey(.service, change.service)
        published?[change.service] = change.new
        let present = snapshot.services[change.service]?.loadBalancerIngress.compactMap(\.address?.description)
        guard let new = change.new else {
            // What somebody else has written since stays.
            let isOurs = present?.isEmpty == true || present == change.old
            if isOurs, change.old?.isEmpty == false {
                await outbox.publish(.loadBalancer(ingress: []), of: object)
            } else {
                await outbox.forget(object)
            }
            return
        }
        await outbox.publish(.loadBalancer(ingress: new), of: object)
        let old = change.old ?? present ?? []
        guard old != new || (new.isEmpty && change.old == nil) else { return }
        let texts = [old, new].map { "[\($0.joined(separator: " "))]" }
        logger.log(
            .info,
            "a load balancer has other addresses",
            [.object: "\(change.service)", .changes: texts.joined(separator: " → ")]
        )
        let event =
            new.isEmpty
            ? ClusterEvent(
                .warning,
                "UnAvailableLoadBalancer",
                of: object,
                "There are no available nodes for LoadBalancer"
            )
            : ClusterEvent(
                .normal,
                "UpdatedLoadBalancer",
                of: object,
                "Updated LoadBalancer with new IPs: \(texts.joined(separator: " -> "))"
            )
        await outbox.record(event)
    }
}
