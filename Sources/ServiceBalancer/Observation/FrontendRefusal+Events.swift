package import ClusterState

extension FrontendRefusal {
    /// The events that tell of refusals that began or ended, in order; one for both families.
    package static func events(before: [FrontendRefusal], now: [FrontendRefusal], node: NodeName) -> [ClusterEvent] {
        let old = Set(before.map(\.subject))
        let new = Set(now.map(\.subject))
        var told: Set<ClusterEvent> = []
        let begun = now.filter { !old.contains($0.subject) }.map { $0.event(.warning, on: node) }
        let ended = before.filter { !new.contains($0.subject) }.map { $0.event(.normal, on: node) }
        return (begun + ended).filter { told.insert($0).inserted }
    }

    /// What a refusal is about. Who is in the way may get another process number without being another one.
    private struct Subject: Hashable {
        let name: ServicePortName
        let frontend: FrontendKey
        let isOfService: Bool
    }

    private var subject: Subject {
        let isOfService = if case .service = reason { true } else { false }
        return Subject(name: name, frontend: frontend, isOfService: isOfService)
    }

    private func event(_ severity: ClusterEvent.Severity, on node: NodeName) -> ClusterEvent {
        let free = "\(frontend) is free for \(name) on node \(node)"
        let message = severity == .warning ? "\(self), on node \(node)" : free
        return ClusterEvent(severity, word(severity), of: ObjectKey(.service, name.service), message)
    }

    private func word(_ severity: ClusterEvent.Severity) -> String {
        switch (reason, severity) {
        case (.service, .warning): "FrontendConflict"
        case (.service, .normal): "FrontendConflictEnded"
        case (.address, .warning): "AddressRefused"
        case (.address, .normal): "AddressRefusalEnded"
        case (.host, .warning): "PortHeld"
        case (.host, .normal): "PortFree"
        }
    }
}
