import ClusterState

/// The ports of services that Ingresses name, and what each comes to.
struct BackendTable: Sendable {
    private struct Entry: Sendable, Equatable {
        var outcome: RouteOutcome
        var users: Set<NamespacedName>
    }

    private var entries: [NamespacedName: [PortReference: Entry]] = [:]
    private var slices = SliceIndex()
    /// Empty where names outside the cluster are not called.
    private var nodes = NodeAddresses()
    private(set) var slots = EndpointSlots()
    /// What is known of names outside the cluster.
    private var names: [ExternalName: ExternalNameFinding] = [:]
    /// The services that stand for something there, of those that somebody names and that may be called.
    private var targets: [NamespacedName: ExternalTarget] = [:]

    init() {}

    /// The ports that somebody names.
    var keys: [BackendKey] {
        entries.flatMap { service, ports in ports.keys.map { BackendKey(service: service, port: $0) } }
    }

    /// How many services somebody names.
    var count: Int { entries.count }

    /// Those that somebody can be asked of, in no order.
    var backends: [Backend] {
        entries.values.flatMap { ports in
            ports.values.compactMap { if case .backend(let backend) = $0.outcome { backend } else { nil } }
        }
    }

    /// What a port comes to; nil if nobody named it.
    func outcome(of key: BackendKey) -> RouteOutcome? { entries[key.service]?[key.port]?.outcome }

    /// The Ingresses that name a port.
    func users(of key: BackendKey) -> Set<NamespacedName> { entries[key.service]?[key.port]?.users ?? [] }

    /// The names of which the addresses are needed.
    var wantedNames: Set<ExternalName> { Set(targets.values.compactMap(\.name)) }

    /// The services that stand for something outside the cluster.
    var externalServices: Set<NamespacedName> { Set(targets.keys) }

    /// Takes what is known of names now. Returns the services that this concerns.
    mutating func learn(_ names: [ExternalName: ExternalNameFinding]) -> [NamespacedName] {
        let former = self.names
        self.names = names
        return targets.compactMap { service, target in
            guard let name = target.name, former[name] != names[name] else { return nil }
            return service
        }
    }

    /// Takes all slices anew. Returns the services that somebody names.
    mutating func readSlices(_ snapshot: ClusterSnapshot) -> Set<NamespacedName> {
        slices = SliceIndex(snapshot)
        return Set(entries.keys)
    }

    /// Notes a slice as it is now. Returns the services that this concerns.
    mutating func readSlice(_ name: NamespacedName, _ snapshot: ClusterSnapshot) -> [NamespacedName] {
        slices.note(name, in: snapshot)
    }

    /// Takes all nodes anew.
    mutating func readNodes(_ snapshot: ClusterSnapshot) { nodes = NodeAddresses(snapshot) }

    /// Notes a node as it is now. Returns the services that this concerns.
    mutating func readNode(_ name: NodeName, _ snapshot: ClusterSnapshot) -> Set<NamespacedName> {
        nodes.note(name, in: snapshot) ? externalServices : []
    }

    /// An Ingress names a port.
    mutating func add(
        _ user: NamespacedName,
        to key: BackendKey,
        in snapshot: ClusterSnapshot,
        _ configuration: RouteConfiguration
    ) {
        if entries[key.service]?[key.port] == nil {
            let entry = Entry(outcome: take(plan(key, in: snapshot, configuration)), users: [])
            entries[key.service, default: [:]][key.port] = entry
        }
        entries[key.service]?[key.port]?.users.insert(user)
    }

    /// An Ingress names a port no more.
    mutating func remove(_ user: NamespacedName, from key: BackendKey) {
        guard var entry = entries[key.service]?[key.port] else { return }
        entry.users.remove(user)
        entries[key.service]?[key.port] = entry.users.isEmpty ? nil : entry
        guard entry.users.isEmpty else { return }
        if entries[key.service]?.isEmpty == true {
            entries[key.service] = nil
            targets[key.service] = nil
        }
        release(entry.outcome)
    }

    /// Looks at the ports of a service again. Returns those that come to something else now.
    mutating func update(
        _ service: NamespacedName,
        in snapshot: ClusterSnapshot,
        _ configuration: RouteConfiguration
    ) -> [BackendKey: RouteOutcome] {
        var changed: [BackendKey: RouteOutcome] = [:]
        for (port, entry) in entries[service] ?? [:] {
            let key = BackendKey(service: service, port: port)
            let plan = plan(key, in: snapshot, configuration)
            guard plan != entry.outcome else { continue }
            // What is in both keeps its slot: it is taken before it is given back.
            let outcome = take(plan)
            release(entry.outcome)
            entries[service]?[port]?.outcome = outcome
            changed[key] = outcome
        }
        return changed
    }

    private mutating func plan(
        _ key: BackendKey,
        in snapshot: ClusterSnapshot,
        _ configuration: RouteConfiguration
    ) -> RouteOutcome {
        let service = snapshot.services[key.service]
        guard let service, service.type == .externalName else {
            targets[key.service] = nil
            return BackendPlan.outcome(of: key, service, slices(of: key.service), configuration)
        }
        targets[key.service] = configuration.allowsExternalNames ? ExternalTarget(of: service) : nil
        let apiServer = ForbiddenAddresses.apiServer
        let forbidden = ForbiddenAddresses(
            apiServer: snapshot.services[apiServer],
            slices(of: apiServer),
            nodes: nodes,
            configuration
        )
        let plan = ExternalPlan(names: names, forbidden: forbidden, configuration: configuration)
        return plan.outcome(of: key, service)
    }

    private func slices(of service: NamespacedName) -> [EndpointSlice] {
        slices.slices(of: service).map(\.object)
    }

    private mutating func take(_ outcome: RouteOutcome) -> RouteOutcome {
        guard case .backend(let backend) = outcome else { return outcome }
        return .backend(Backend(backend, endpoints: slots.take(backend.endpoints)))
    }

    private mutating func release(_ outcome: RouteOutcome) {
        if case .backend(let backend) = outcome { slots.release(backend.endpoints) }
    }
}

extension BackendTable: Equatable {
    /// Slots follow from what was there before, and slices of other services, nodes and names alone lead nowhere: they
    /// are no part of it.
    static func == (left: BackendTable, right: BackendTable) -> Bool { left.entries == right.entries }
}
