import ClusterState

/// What one Ingress wants: a pure function of it, its class, and the services and middlewares that it names.
struct IngressPlan: Hashable, Sendable {
    let name: NamespacedName
    /// In seconds since 1970: of two that want the same, the older one has it.
    let createdAt: Int64
    let verdict: ClassVerdict
    /// Whether objects of the kind IngressClass decide the verdict.
    let namesNoClass: Bool
    /// All that it wants, if it is served.
    private(set) var claims: [RouteClaim] = []
    private(set) var certificates: [CertificateClaim] = []
    /// What is wrong with it whatever others want.
    private(set) var notes: [IngressNote] = []
    /// What it was made from beside the Ingress.
    private(set) var needs: Set<ObjectKey> = []

    init(
        _ ingress: ClusterState.Ingress,
        _ classes: ServedClasses,
        in snapshot: ClusterSnapshot,
        _ configuration: RouteConfiguration
    ) {
        name = ingress.metadata.namespacedName
        createdAt = ingress.metadata.createdAt ?? .max
        verdict = classes.verdict(ingress)
        namesNoClass = ingress.className?.isEmpty != false
        let (annotations, complaints) = AnnotationReader.read(ingress)
        notes = complaints.map { IngressNote($0, in: name) }
        var rules = ServiceRules()
        // Of what is not ours nothing is read but where it would lead: that is told to who asks.
        if verdict == .served { rules.read(ingress, annotations, in: snapshot) }
        let list = ClaimList(ingress, annotations, rules, configuration)
        claims = list.claims
        notes += list.notes
        notes += rules.notes
        needs = rules.needs
        readCertificates(ingress.tls, in: snapshot)
        guard verdict != .served else { return }
        notes = []
        needs = []
    }

    /// The hosts that it has rules for.
    var hosts: Set<HostPattern> { Set(claims.map(\.host)) }

    /// The ports of services that its rules lead to.
    var backends: Set<BackendKey> {
        Set(claims.compactMap(\.target.backend))
    }

    private mutating func readCertificates(_ entries: [IngressTLS], in snapshot: ClusterSnapshot) {
        for (index, entry) in entries.enumerated() {
            var hosts: [HostPattern] = []
            for host in entry.hosts {
                do throws(HostFault) {
                    hosts.append(try HostPattern(parsing: host))
                } catch {
                    notes.append(IngressNote(.invalidRule, at: "spec.tls[\(index)].hosts", error.description))
                }
            }
            // Without a secret it only says that the hosts are for TLS.
            guard let secret = entry.secretName, !secret.isEmpty else { continue }
            // What names hosts that are none is for no other ones.
            guard hosts.isEmpty == entry.hosts.isEmpty else { continue }
            let name = NamespacedName(namespace: name.namespace, name: secret)
            needs.insert(ObjectKey(.secret, name))
            if snapshot.secrets[name] == nil, snapshot.complete.contains(.secret) {
                let message =
                    "there is no Secret \(name): its hosts are shown the default certificate until it is there"
                notes.append(IngressNote(.certificateUnavailable, at: "spec.tls[\(index)].secretName", message))
            }
            certificates.append(CertificateClaim(secret: name, hosts: hosts))
        }
    }
}
