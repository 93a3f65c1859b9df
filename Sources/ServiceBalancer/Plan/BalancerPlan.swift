package import ClusterState
package import NetworkTypes

/// What traffic to services should come to on this node: a pure function of snapshot, configuration and host.
///
/// It is made of one plan for each service. `update` makes again only those that changed, and equals a plan from scratch.
package struct BalancerPlan: Sendable {
    /// Without these nothing is planned, and what an earlier run left stays.
    package static let neededKinds: Set<ObjectKind> = [.service, .endpointSlice, .node]

    package let configuration: BalancerConfiguration
    package private(set) var facts = HostFacts(scope: .none)
    /// The networks of this node's pods.
    package private(set) var ownPods = PerFamily<IPPrefix>()
    /// What each service has, by its name: only frontends that no other service has.
    package private(set) var granted: [NamespacedName: [PortPlan]] = [:]
    /// The health checks that this node answers, by service.
    package private(set) var healthChecks: [NamespacedName: HealthCheckPlan] = [:]
    /// What each service wants.
    private(set) var services: [NamespacedName: ServicePlan] = [:]
    private var claims = FrontendClaims()
    /// The services that do not have all that they want.
    private var refused: Set<NamespacedName> = []
    /// The services whose plans changed since the last grant; nil for all.
    private var affected: Set<NamespacedName>? = []
    private var wanted = Tally<HeldPort>()
    /// The ports of this node that load balancers want, whether they have them or not; not those that nobody gets.
    package private(set) var wantedPorts: Set<HeldPort> = []
    /// Ports of this node that others have, and that no load balancer takes from them.
    private var heldPorts: [HeldPort: PortHolder] = [:]
    private var slices = SliceIndex()
    private var context: PlanContext?

    /// The plan before anything is known.
    package init(_ configuration: BalancerConfiguration) {
        self.configuration = configuration
    }

    /// What became of a service.
    package struct Change: Hashable, Sendable {
        package let service: NamespacedName
        package let old: [PortPlan]
        package let new: [PortPlan]

        package init(service: NamespacedName, old: [PortPlan], new: [PortPlan]) {
            self.service = service
            self.old = old
            self.new = new
        }
    }

    /// Plans again what changed since the snapshot that was taken before, and gives it out. Returns the services that have
    /// something else by it, in no order.
    package mutating func update(
        _ snapshot: ClusterSnapshot,
        changed: ChangedKeys,
        facts: HostFacts,
        heldPorts: [HeldPort: PortHolder] = [:]
    ) -> [Change] {
        prepare(snapshot, changed: changed, facts: facts)
        return grant(heldPorts)
    }

    /// The first half of an update: what services want. After it `wantedPorts` says which ports of this node to look at.
    package mutating func prepare(_ snapshot: ClusterSnapshot, changed: ChangedKeys, facts newFacts: HostFacts) {
        let newContext = PlanContext(
            families: configuration.families,
            scope: newFacts.scope,
            place: NodePlace(configuration.node, in: snapshot),
            nodeAddresses: newFacts.nodeAddresses
        )
        ownPods = snapshot.nodes[configuration.node]?.podCIDRs ?? PerFamily()
        facts = newFacts
        let isElsewhere = newContext != context
        context = newContext
        let dirty = note(changed, in: snapshot)
        if let dirty, !isElsewhere {
            affected?.formUnion(dirty)
            for name in dirty {
                let others = plan(name, snapshot.services.reference(to: name), newContext)
                affected?.formUnion(others)
            }
        } else {
            planAll(snapshot, newContext)
        }
        let (come, gone) = wanted.take()
        wantedPorts.formUnion(come)
        wantedPorts.subtract(gone)
    }

    /// The second half: gives services what they want, but for ports that others of this host have. Returns the services
    /// that have something else now, in no order.
    package mutating func grant(_ newHeldPorts: [HeldPort: PortHolder]) -> [Change] {
        if newHeldPorts != heldPorts { affected = nil }
        heldPorts = newHeldPorts
        defer { affected = [] }
        if let affected { return affected.compactMap { grant($0) } }
        granted.reserveCapacity(services.count)
        let gone = Set(granted.keys).union(refused).union(healthChecks.keys).filter { services[$0] == nil }
        return (Array(gone) + Array(services.keys)).compactMap { grant($0) }
    }

    /// Returns the services that the change may concern; nil for all.
    private mutating func note(_ changed: ChangedKeys, in snapshot: ClusterSnapshot) -> Set<NamespacedName>? {
        switch changed {
        case .everything:
            slices = SliceIndex(snapshot)
            return nil
        case .keys(let keys):
            var dirty: Set<NamespacedName> = []
            for key in keys {
                let name = key.namespacedName
                switch key.kind {
                case .service: dirty.insert(name)
                case .endpointSlice: dirty.formUnion(slices.note(name, in: snapshot))
                case .node, .namespace, .secret, .configMap, .ingress, .ingressClass, .middleware: break
                }
            }
            return dirty
        }
    }

    private mutating func planAll(_ snapshot: ClusterSnapshot, _ context: PlanContext) {
        let former = services.keys.filter { snapshot.services[$0] == nil }
        for name in former { _ = plan(name, nil, context) }
        services.reserveCapacity(snapshot.services.count)
        claims.reserveCapacity(snapshot.services.count)
        snapshot.services.forEach { name, service in _ = plan(name, service, context) }
        affected = nil
        // Which addresses are the node's own may be another matter now.
        wanted.replaceAll(by: services.values.map { context.nodePorts($0) })
    }

    /// Plans one service anew. Returns others that may lose or get a frontend by it.
    private mutating func plan(
        _ name: NamespacedName,
        _ service: ObjectTable<NamespacedName, Service>.Reference?,
        _ context: PlanContext
    ) -> [NamespacedName] {
        let former = services[name]
        var present: ServicePlan?
        if let service { present = ServicePlan(service.object, slices.slices(of: name), context) }
        guard former != present else { return [] }
        services[name] = present
        wanted.replace(context.nodePorts(former), by: context.nodePorts(present))
        return claims.replace(former?.wishes(of: name) ?? [], by: present?.wishes(of: name) ?? [])
    }

    /// Gives the service what is its own. Returns nil if it has that.
    private mutating func grant(_ name: NamespacedName) -> Change? {
        let old = granted[name] ?? []
        let plan = services[name]
        let wanted = plan?.ports ?? []
        // Nearly always nothing is to be left out, and the plan's own array can be kept.
        let isWhole = wanted.allSatisfy { port in port.frontends.allSatisfy { isGranted($0, to: port.name) } }
        let new = isWhole ? wanted : wanted.compactMap(cut)
        let healthCheck = plan?.healthCheck.flatMap { healthCheckRefusals(of: name).isEmpty ? $0 : nil }
        if healthChecks[name] != healthCheck { healthChecks[name] = healthCheck }
        if isWhole, healthCheck == plan?.healthCheck { refused.remove(name) } else { refused.insert(name) }
        guard old != new else { return nil }
        granted[name] = new.isEmpty ? nil : new
        return Change(service: name, old: old, new: new)
    }

    private func cut(_ port: PortPlan) -> PortPlan? {
        var port = port
        port.frontends.removeAll { !isGranted($0, to: port.name) }
        return port.frontends.isEmpty ? nil : port
    }

    private func isGranted(_ frontend: Frontend, to name: ServicePortName) -> Bool {
        refusal(of: frontend, to: name) == nil
    }

    private func refusal(of frontend: Frontend, to name: ServicePortName) -> FrontendRefusal.Reason? {
        let key = frontend.key
        if case .address(let address) = key.place, !address.canBeServed { return .address }
        if let holder = claims.holder(of: key), holder != name { return .service(holder) }
        guard frontend.kind != .clusterIP, let context else { return nil }
        if context.isOnNode(key), HeldPort(key).isReserved { return .host(.reserved) }
        return context.nodePort(of: frontend).flatMap { heldPorts[$0] }.map { .host($0) }
    }

    /// The frontends that services want and do not have, in order.
    package var refusals: [FrontendRefusal] {
        refused.sorted().flatMap { name in
            (services[name]?.ports ?? []).flatMap { port in
                port.frontends.compactMap { frontend in
                    refusal(of: frontend, to: port.name).map {
                        FrontendRefusal(name: port.name, frontend: frontend.key, reason: $0)
                    }
                }
            } + healthCheckRefusals(of: name)
        }
    }

    /// What others have of the port at which a service's health check is asked: it listens in both families.
    private func healthCheckRefusals(of service: NamespacedName) -> [FrontendRefusal] {
        guard let check = services[service]?.healthCheck else { return [] }
        let name = check.name(of: service)
        return check.frontends.compactMap { key in
            guard let holder = claims.holder(of: key), holder != name else { return nil }
            return FrontendRefusal(name: name, frontend: key, reason: .service(holder))
        }
    }
}

/// A frontend that a service wants and does not have.
package struct FrontendRefusal: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// It is no address that a service can have.
        case address
        /// Another service's port has it.
        case service(ServicePortName)
        /// Somebody of this host has the port.
        case host(PortHolder)
    }

    package let name: ServicePortName
    package let frontend: FrontendKey
    package let reason: Reason

    package init(name: ServicePortName, frontend: FrontendKey, reason: Reason) {
        self.name = name
        self.frontend = frontend
        self.reason = reason
    }
}

extension IPAddress {
    /// Whether packets from elsewhere can be for it: what an API server lets services have.
    fileprivate var canBeServed: Bool { !isLoopback && !isUnspecified && !isMulticast && !isBroadcast }
}

extension ServicePlan {
    /// What it wants; where two of its ports want the same, both do.
    fileprivate func wishes(of service: NamespacedName) -> [FrontendClaims.Wish] {
        var wishes: [FrontendClaims.Wish] = []
        for port in ports {
            let claim = FrontendClaims.Claim(createdAt: createdAt, name: port.name)
            for frontend in port.frontends { wishes.append(FrontendClaims.Wish(key: frontend.key, claim: claim)) }
        }
        if let healthCheck {
            let claim = FrontendClaims.Claim(createdAt: createdAt, name: healthCheck.name(of: service))
            for key in healthCheck.frontends { wishes.append(FrontendClaims.Wish(key: key, claim: claim)) }
        }
        return wishes + portsElsewhere
    }
}
