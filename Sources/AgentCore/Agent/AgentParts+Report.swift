import ClusterState
import Ingress
import LinuxSystem
import NetworkTypes
import Nftables
import NodeRuleset
import Overlay
import ServiceBalancer
import Supervision

extension AgentParts {
    /// How everything is now.
    func report() async -> StatusReport {
        let snapshot = store.current
        let overlay = overlayStatus.report
        let now = SystemTime.now()
        return StatusReport(
            version: Agent.version,
            node: node.rawValue,
            processID: ProcessFacts.processID,
            uptimeSeconds: started.duration(to: .now).seconds,
            source: StatusReport.Source(
                description: snapshot.sourceDescription,
                generation: snapshot.generation,
                ageSeconds: snapshot.confirmedInstant.map { $0.duration(to: .now).seconds },
                completeKinds: snapshot.complete.map(\.rawValue).sorted(),
                restoredKinds: snapshot.restoration?.kinds.map(\.rawValue).sorted(),
                restoredAgeSeconds: snapshot.restoration.flatMap { DataAge(of: $0.confirmedAt, at: now).inSeconds },
                problems: snapshot.problems.map(\.description)
            ),
            saved: StatusReport.Saved(
                path: snapshotFiles.path,
                ageSeconds: savingOutcome.age(of: snapshotFiles.path, now: now),
                lastError: savingOutcome.error
            ),
            lease: snapshot.ownLease.map(StatusReport.Lease.init),
            capabilities: board.snapshot().map { StatusReport.Capability($0, on: board) },
            peers: overlay.peers.values.sorted { $0.node < $1.node }.map(StatusReport.Peer.init),
            overlay: StatusReport.Reconciliation(overlay),
            rulesetRepairs: await ruleset.repairs,
            drops: await ruleset.drops.map(StatusReport.Drop.init),
            services: configuration.proxyChoice.isEmpty
                ? nil : StatusReport.Services(balancerStatus.report, outbox.contents),
            ingress: ingressStatus.summary.map { StatusReport.Ingress($0, at: now) },
            notices: configuration.notices
        )
    }
}

extension Duration {
    /// In seconds, as accurately as a Double can hold it.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension StatusReport.Lease {
    fileprivate init(_ lease: NodeLease) {
        self.init(
            podCIDRs: lease.podCIDRs.values.map(\.description),
            publicAddresses: lease.publicAddresses.values.map(\.description),
            vtepAddresses: lease.vtep.values.map(\.description)
        )
    }
}

extension StatusReport.Capability {
    fileprivate init(_ health: CapabilityHealth, on board: HealthBoard) {
        let isAtWork = health.state == .ready || health.state == .starting
        let activity = isAtWork ? health.activity.map(\.description) : nil
        let details = [health.state.detail ?? health.summary, activity].compactMap(\.self)
        self.init(
            name: health.name.rawValue,
            state: health.state.word,
            detail: details.isEmpty ? nil : details.joined(separator: "; "),
            lastError: health.lastError?.message,
            lastErrorAgeSeconds: health.lastError.map { board.age(of: $0).seconds },
            restarts: health.restarts
        )
    }
}

extension StatusReport.Peer {
    fileprivate init(_ peer: PeerPlan) {
        self.init(
            node: peer.node.rawValue,
            podCIDRs: peer.podCIDRs.values.map(\.description),
            publicAddresses: peer.publicAddresses.values.map(\.description),
            ways: peer.paths.values.map { $0.linkAddress == nil ? "direct" : "tunnel" },
            problem: peer.problems.isEmpty ? nil : peer.problems.joined(separator: "; ")
        )
    }
}

extension StatusReport.Drop {
    fileprivate init(_ count: DropCount) {
        self.init(reason: count.reason, packets: count.packets, bytes: count.bytes)
    }
}

extension StatusReport.Services {
    fileprivate init(_ balancer: BalancerReport, _ outbox: LocalOutbox.Contents) {
        var publisher: NodeName?
        if case .first(let name) = balancer.loadBalancers.publisher { publisher = name }
        self.init(
            loadBalancers: balancer.loadBalancers.addresses.sorted { $0.key < $1.key }.map { service, addresses in
                StatusReport.LoadBalancer(service: "\(service)", addresses: addresses)
            },
            publisher: publisher?.rawValue,
            knowsOwnRefusalsOnly: balancer.loadBalancers.publisher == .each,
            refusals: balancer.refusals.map(\.description),
            events: outbox.events.filter { $0.object.kind == .service }.suffix(20).map { event in
                "\(event.reason) \(event.object.namespacedName): \(event.message)"
            }
        )
    }
}

extension StatusReport.Ingress {
    fileprivate init(_ summary: IngressSummary, at now: Double) {
        self.init(
            routes: summary.routes,
            problems: summary.problems,
            remarks: summary.remarks,
            certificates: summary.certificates.map { facts in
                StatusReport.Certificate(
                    secret: facts.secret?.description,
                    hosts: facts.names.sorted(),
                    validForSeconds: Double(facts.validUntil) - now
                )
            }
        )
        guard let told = summary.addresses else { return }
        published = told.ingresses.map { StatusReport.Address(ingress: "\($0)", addresses: told.addresses) }
        if case .first(let name) = told.speaker { publisher = name?.rawValue }
        isPublishedByEach = told.speaker == .each
    }
}

extension StatusReport.Reconciliation {
    fileprivate init(_ overlay: OverlayReport) {
        self.init(
            lastAgeSeconds: overlay.lastSuccess.map { $0.duration(to: .now).seconds },
            lastDurationSeconds: overlay.lastDuration?.seconds,
            generation: overlay.generation,
            passes: Int(overlay.passes),
            repaired: Int(overlay.repairs)
        )
    }
}
