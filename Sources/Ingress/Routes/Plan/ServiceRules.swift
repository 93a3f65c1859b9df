import ClusterState

/// What is done to the requests of an Ingress, which depends on the service that they go to as well.
struct ServiceRules {
    /// For services that say something of it.
    private(set) var own: [NamespacedName: RequestRules] = [:]
    /// For all others, and where there is no service.
    private(set) var usual = RequestRules.none
    /// What is wrong with annotations of services and with middlewares, each once.
    private(set) var notes: [IngressNote] = []
    /// What was looked for, found or not.
    private(set) var needs: Set<ObjectKey> = []

    init() {}

    mutating func read(
        _ ingress: ClusterState.Ingress,
        _ annotations: IngressAnnotations,
        in snapshot: ClusterSnapshot
    ) {
        let name = ingress.metadata.namespacedName
        let sources = RuleSources(snapshot)
        let reading = RulesReading(of: name, annotations.middlewares, in: sources)
        usual = reading.rules
        needs = reading.dependencies
        note(reading.complaints, in: name)
        for service in ingress.services {
            needs.insert(ObjectKey(.service, service))
            guard let (named, complaints) = snapshot.services[service].map({ AnnotationReader.read($0) }) else {
                continue
            }
            note(complaints, in: name)
            guard !named.middlewares.isEmpty else { continue }
            let reading = RulesReading(
                of: name,
                annotations.middlewares,
                service: service,
                named.middlewares,
                in: sources
            )
            own[service] = reading.rules
            needs.formUnion(reading.dependencies)
            note(reading.complaints, in: name)
        }
    }

    private mutating func note(_ complaints: [RuleComplaint], in ingress: NamespacedName) {
        for note in complaints.map({ IngressNote($0, in: ingress) }) where !notes.contains(note) { notes.append(note) }
    }
}

extension ClusterState.Ingress {
    /// The services that it names, each once, in order.
    fileprivate var services: [NamespacedName] {
        let backends = rules.flatMap(\.paths).map(\.backend) + [defaultBackend].compactMap(\.self)
        let names = backends.compactMap { if case .service(let name, _) = $0 { name } else { nil } }
        return Set(names).sorted().map { NamespacedName(namespace: metadata.namespacedName.namespace, name: $0) }
    }
}
