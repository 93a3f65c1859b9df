import ClusterState

extension RouteTable {
    /// What there is to say of an Ingress, in its own order.
    func notes(about name: NamespacedName) -> [IngressNote] {
        guard let plan = plans[name], plan.verdict == .served else { return [] }
        var notes = plan.notes
        for claim in plan.claims {
            let found = [backendNote(claim), refusalNote(claim)].compactMap(\.self) + conflictNotes(claim)
            for note in found where !notes.contains(note) { notes.append(note) }
        }
        return notes + certificateNotes(plan) + precedenceNotes(plan)
    }

    /// Endpoints come and go: that there are none now is told to who asks, and to nobody else.
    private func backendNote(_ claim: RouteClaim) -> IngressNote? {
        let reason: UnavailableReason
        switch claim.target {
        case .otherwise: return nil
        case .resource(let kind, let name): reason = .resource(kind: kind, name: name)
        case .service(let key):
            guard case .unavailable(let why) = backends.outcome(of: key) else { return nil }
            reason = why
        }
        guard let remedy = reason.remedy else { return nil }
        let message = "requests are answered with 503, since \(reason): \(remedy)"
        return IngressNote(.backendUnavailable, at: claim.place.description, message)
    }

    /// That some of what a name comes to is not called.
    private func refusalNote(_ claim: RouteClaim) -> IngressNote? {
        guard let key = claim.target.backend, case .backend(let backend) = backends.outcome(of: key),
            let external = backend.external, !external.refused.isEmpty
        else { return nil }
        let refused = external.refused.map(\.description).joined(separator: ", ")
        return IngressNote(
            .addressRefused,
            at: claim.place.description,
            "some addresses of \(external.name), for which the Service \(key.service) stands, are not called: \(refused): "
                + "take them out of the name's records"
        )
    }

    private func conflictNotes(_ claim: RouteClaim) -> [IngressNote] {
        (hosts[claim.host]?.lost[claim.ingress] ?? []).filter { $0.claim == claim }.map { lost in
            let winner = lost.winner
            let who = winner.ingress == claim.ingress ? "" : "Ingress \(winner.ingress), "
            let points = lost.points == .all ? "" : " over \(lost.points.points[0].rawValue)"
            return IngressNote(
                .conflict,
                at: claim.place.description,
                "requests for \(claim.text)\(points) go to \(who)\(winner.place), \(lost.cause): "
                    + "take one of the two away, or give it another host or path"
            )
        }
    }

    private func certificateNotes(_ plan: IngressPlan) -> [IngressNote] {
        var notes: [IngressNote] = []
        for claim in plan.certificates {
            for host in claim.hosts {
                guard let owner = certificates.owner(of: host), owner.namespace != plan.name.namespace else { continue }
                notes.append(
                    IngressNote(
                        .certificateConflict,
                        at: "spec.tls",
                        "the Secret \(claim.secret) is not shown for \(host): the oldest rule for the host is that of "
                            + "Ingress \(owner), whose namespace decides"
                    )
                )
            }
        }
        return notes
    }
}

extension RouteClaim {
    /// `Prefix shop.example.org/api`
    var text: String {
        match == .catchAll ? "what no path of \(host) is for" : "\(match.rawValue) \(host)\(path)"
    }
}

extension UnavailableReason {
    /// What to do; nil where waiting is enough.
    fileprivate var remedy: String? {
        switch self {
        case .noService: "create it, or name another one"
        case .noPort: "name one of its ports, by number or by name"
        case .noEndpoints: nil
        case .external(_, let fault): fault.remedy
        case .resource: "name a Service"
        }
    }
}
