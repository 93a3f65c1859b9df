/// What one run leaves to the next: the cluster as the source last told it, and what this node held in it.
package struct SavedSnapshot: Hashable, Sendable {
    /// When the source last confirmed all of it, in seconds since 1970.
    package internal(set) var confirmedAt: Double
    /// The kinds whose objects are all here.
    package internal(set) var complete: Set<ObjectKind>
    package internal(set) var ownLease: NodeLease?
    /// The nodes as the source has them, the own one too.
    var nodes: [Node] = []
    var namespaces: [Namespace] = []
    var services: [Service] = []
    var endpointSlices: [EndpointSlice] = []
    /// Those in use alone: nobody asks for another one before the source is there.
    var secrets: [Secret] = []
    var configMaps: [ConfigMap] = []
    var ingresses: [Ingress] = []
    var ingressClasses: [IngressClass] = []
    var middlewares: [Middleware] = []

    /// What there is to save of a snapshot; nil before anything is known.
    ///
    /// - Parameter confirmedAt: when the source last confirmed it, in seconds since 1970 by the clock as it is set now.
    package init?(_ snapshot: ClusterSnapshot, on node: NodeName, confirmedAt: Double?) {
        // Of what is partly older all counts as older.
        guard let time = snapshot.restoration?.confirmedAt ?? confirmedAt, !snapshot.complete.isEmpty else {
            return nil
        }
        self.confirmedAt = time
        complete = snapshot.complete
        ownLease = snapshot.ownLease
        // The own Node is there as the lease has it; saved is what the source has.
        nodes = snapshot.nodes.values.filter { $0.name != node }
        if let own = snapshot.declaredOwnNode { nodes.append(own) }
        namespaces = snapshot.namespaces.values
        services = snapshot.services.values
        endpointSlices = snapshot.endpointSlices.values
        secrets = snapshot.secretsInUse
        configMaps = snapshot.configMaps.values
        ingresses = snapshot.ingresses.values
        ingressClasses = snapshot.ingressClasses.values
        middlewares = snapshot.middlewares.values
    }

    /// All of it, in no order.
    package var objects: [ClusterObject] {
        var objects = nodes.map(ClusterObject.node)
        objects += namespaces.map(ClusterObject.namespace)
        objects += services.map(ClusterObject.service)
        objects += endpointSlices.map(ClusterObject.endpointSlice)
        objects += secrets.map(ClusterObject.secret)
        objects += configMaps.map(ClusterObject.configMap)
        objects += ingresses.map(ClusterObject.ingress)
        objects += ingressClasses.map(ClusterObject.ingressClass)
        objects += middlewares.map(ClusterObject.middleware)
        return objects
    }

    /// Forgets the lease, which does not fit the configuration any more.
    package mutating func dropLease() { ownLease = nil }
}

extension SavedSnapshot: StateCodable {
    static var blank: SavedSnapshot { SavedSnapshot(confirmedAt: 0, complete: []) }

    private init(confirmedAt: Double, complete: Set<ObjectKind>) {
        self.confirmedAt = confirmedAt
        self.complete = complete
    }

    /// All but the secrets, which have a file of their own.
    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        var kinds = complete.sorted { $0.rawValue < $1.rawValue }
        try coder.code(&confirmedAt)
        // Up to the year 10000: what dates and ages can be made of.
        guard !coder.isReading || (0..<253_402_300_800).contains(confirmedAt) else {
            throw StateCodingError("\(confirmedAt) is no time at which a source can have confirmed anything")
        }
        try coder.code(&kinds)
        complete = Set(kinds)
        try coder.code(&ownLease)
        try coder.code(&nodes)
        try coder.code(&namespaces)
        try coder.code(&services)
        try coder.code(&endpointSlices)
        try coder.code(&configMaps)
        try coder.code(&ingresses)
        try coder.code(&ingressClasses)
        try coder.code(&middlewares)
    }
}

extension ObjectKind: StateCodable {
    static var blank: ObjectKind { .node }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) { try coder.code(choice: &self) }
}
