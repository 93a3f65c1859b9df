package import ClusterState

extension RouteTable {
    /// Takes what changed since the snapshot that was taken before. Returns whether the table is another one.
    ///
    /// - Parameter names: what is known of names outside the cluster; nil for what was known before.
    package mutating func update(
        _ snapshot: ClusterSnapshot,
        changed: ChangedKeys,
        names: [ExternalName: ExternalNameFinding]? = nil
    ) -> Bool {
        var work = note(changed, in: snapshot)
        if let names { work.services.formUnion(backends.learn(names)) }
        // What is refused of the addresses outside depends on it.
        if work.services.contains(ForbiddenAddresses.apiServer) {
            work.services.formUnion(backends.externalServices)
        }
        for name in work.ingresses { plan(name, in: snapshot, &work) }
        for name in work.services {
            work.backends.merge(backends.update(name, in: snapshot, configuration)) { $1 }
        }
        for key in work.backends.keys { markUsers(of: key, &work) }
        if !work.claimed.isEmpty { work.reported.formUnion(overruled) }
        for host in work.claimed { rebuild(host, &work) }
        for host in work.led.subtracting(work.claimed) { hosts[host] = hosts[host]?.with(work.backends) }
        if !work.claimed.isEmpty { work.reported.formUnion(overruled) }
        for name in work.reported { report(name, &work) }
        return work.isNews
    }

    /// What one update has to do, and has done.
    struct Work {
        var ingresses: Set<NamespacedName> = []
        var services: Set<NamespacedName> = []
        /// The ports that come to something else.
        var backends: [BackendKey: RouteOutcome] = [:]
        /// Hosts for which there are other claims.
        var claimed: Set<HostPattern> = []
        /// Hosts with routes to backends that come to something else.
        var led: Set<HostPattern> = []
        /// Ingresses of which there may be something else to say.
        var reported: Set<NamespacedName> = []
        var isNews = false
    }

    /// Returns what the change may concern.
    private mutating func note(_ changed: ChangedKeys, in snapshot: ClusterSnapshot) -> Work {
        var work = Work()
        switch changed {
        case .everything:
            work.ingresses = Set(snapshot.ingresses.keys).union(plans.keys)
            work.services = backends.readSlices(snapshot)
            if configuration.allowsExternalNames { backends.readNodes(snapshot) }
        case .keys(let keys):
            for key in keys {
                work.ingresses.formUnion(dependents[key] ?? [])
                switch key.kind {
                case .ingress: work.ingresses.insert(key.namespacedName)
                case .service: work.services.insert(key.namespacedName)
                case .endpointSlice: work.services.formUnion(backends.readSlice(key.namespacedName, snapshot))
                case .node where configuration.allowsExternalNames:
                    guard let name = NodeName(rawValue: key.name) else { continue }
                    work.services.formUnion(backends.readNode(name, snapshot))
                case .ingressClass, .middleware, .secret, .node, .namespace, .configMap: break
                }
            }
        }
        if snapshot.complete.contains(.secret) != knowsSecrets {
            knowsSecrets.toggle()
            work.isNews = true
            work.ingresses.formUnion(plans.keys)
        }
        if changed.mayConcern(where: { $0.kind == .ingressClass }) {
            let former = classes
            classes = ServedClasses(configuration.classes, in: snapshot)
            if classes != former {
                work.isNews = true
                for (name, plan) in plans where plan.namesNoClass { work.ingresses.insert(name) }
            }
        }
        return work
    }

    /// Plans one Ingress anew.
    private mutating func plan(_ name: NamespacedName, in snapshot: ClusterSnapshot, _ work: inout Work) {
        let former = plans[name]
        let present = snapshot.ingresses[name].map { IngressPlan($0, classes, in: snapshot, configuration) }
        guard former != present else { return }
        plans[name] = present
        work.isNews = true
        work.reported.insert(name)
        let (old, new) = (former?.needs ?? [], present?.needs ?? [])
        for key in old.subtracting(new) {
            dependents[key]?.remove(name)
            if dependents[key]?.isEmpty == true { dependents[key] = nil }
        }
        for key in new.subtracting(old) { dependents[key, default: []].insert(name) }
        certificates.replace(former, by: present)
        nameBackends(former, by: present, in: snapshot)
        claim(former, by: present, &work)
    }

    /// Names the backends of an Ingress as it is now. What stays is never given back in between.
    private mutating func nameBackends(_ former: IngressPlan?, by present: IngressPlan?, in snapshot: ClusterSnapshot) {
        let (old, new) = (former?.servedBackends ?? [], present?.servedBackends ?? [])
        guard let name = (present ?? former)?.name else { return }
        for key in new.subtracting(old) { backends.add(name, to: key, in: snapshot, configuration) }
        for key in old.subtracting(new) { backends.remove(name, from: key) }
    }

    private mutating func claim(_ former: IngressPlan?, by present: IngressPlan?, _ work: inout Work) {
        let (old, new) = (former?.servedClaims ?? [], present?.servedClaims ?? [])
        for host in Set(old.map(\.host)) {
            claims[host]?.removeAll { $0.ingress == former?.name }
            work.claimed.insert(host)
        }
        for claim in new {
            claims[claim.host, default: []].append(claim.order)
            work.claimed.insert(claim.host)
        }
    }

    /// Marks what a backend that comes to something else concerns.
    private func markUsers(of key: BackendKey, _ work: inout Work) {
        work.isNews = true
        for name in backends.users(of: key) {
            work.reported.insert(name)
            for claim in plans[name]?.servedClaims ?? [] where claim.target.backend == key {
                work.led.insert(claim.host)
            }
        }
    }

    /// Makes the routes of a host anew.
    private mutating func rebuild(_ host: HostPattern, _ work: inout Work) {
        let orders = (claims[host] ?? []).sorted()
        claims[host] = orders.isEmpty ? nil : orders
        if certificates.setOwner(of: host, orders) { work.reported.formUnion(certificates.claimants(of: host)) }
        // Who had something of it before is among those, or was planned anew itself.
        work.reported.formUnion(orders.map(\.ingress))
        let wanted = orders.compactMap { plans[$0.ingress]?.claims[$0.index] }
        hosts[host] = wanted.isEmpty ? nil : HostRoutes(host, wanted, seed: seed) { outcome(of: $0) }
    }

    /// What a target comes to; nil for the default backend of all hosts.
    func outcome(of target: RouteClaim.Target) -> RouteOutcome? {
        switch target {
        case .service(let key): backends.outcome(of: key)
        case .resource(let kind, let name): .unavailable(.resource(kind: kind, name: name))
        case .otherwise: nil
        }
    }

    private mutating func report(_ name: NamespacedName, _ work: inout Work) {
        let former = reports[name]
        let notes = notes(about: name)
        reports[name] = notes.isEmpty ? nil : IngressReport(ingress: name, notes: notes)
        if reports[name] != former { work.isNews = true }
    }
}

extension IngressPlan {
    fileprivate var servedBackends: Set<BackendKey> { verdict == .served ? backends : [] }
    fileprivate var servedClaims: [RouteClaim] { verdict == .served ? claims : [] }
}

extension RouteTable: Equatable {
    /// Whether all requests have the same routes by both, for the same reasons.
    package static func == (left: RouteTable, right: RouteTable) -> Bool {
        left.configuration == right.configuration && left.classes == right.classes
            && left.knowsSecrets == right.knowsSecrets && left.plans == right.plans
            && left.claims == right.claims && left.backends == right.backends && left.hosts == right.hosts
            && left.certificates == right.certificates && left.dependents == right.dependents
            && left.reports == right.reports
    }
}
