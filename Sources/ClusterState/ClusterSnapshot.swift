/// The cluster as one node knows it at one moment: immutable, numbered, cheap to copy.
package struct ClusterSnapshot: Sendable {
    /// Grows by one with every change. Zero before anything is known.
    package internal(set) var generation: UInt64 = 0
    /// Where the state comes from, as a noun phrase: "manifests in /etc/linnet/manifests".
    package internal(set) var sourceDescription: String
    /// When the source last confirmed its state, in seconds since 1970; nil before it first did.
    package internal(set) var confirmedAt: Double?
    /// The same by a clock that nobody sets: ages are measured by it.
    package internal(set) var confirmedInstant: ContinuousClock.Instant?
    /// The kinds whose objects are all here. Of any other kind nothing may be concluded from an absence.
    package internal(set) var complete: Set<ObjectKind> = []
    /// The nodes, the own one as the lease has it.
    package internal(set) var nodes = ObjectTable<NodeName, Node>()
    package internal(set) var namespaces = ObjectTable<String, Namespace>()
    package internal(set) var services = ObjectTable<NamespacedName, Service>()
    package internal(set) var endpointSlices = ObjectTable<NamespacedName, EndpointSlice>()
    package internal(set) var secrets = ObjectTable<NamespacedName, Secret>()
    package internal(set) var configMaps = ObjectTable<NamespacedName, ConfigMap>()
    package internal(set) var ingresses = ObjectTable<NamespacedName, Ingress>()
    package internal(set) var ingressClasses = ObjectTable<String, IngressClass>()
    package internal(set) var middlewares = ObjectTable<NamespacedName, Middleware>()
    /// The own Node as the source has it, before the lease was merged into it; nil if the source has none.
    package internal(set) var declaredOwnNode: Node?
    /// What this node holds, once it holds it.
    package internal(set) var ownLease: NodeLease?
    /// What of this comes from an earlier run, by way of the disk; nil if nothing does, or no more.
    package internal(set) var restoration: Restoration?
    /// What is wrong with what the source delivers, in the source's own order.
    package internal(set) var problems: [SourceProblem] = []

    var history = ChangeHistory()

    package init(sourceDescription: String) {
        self.sourceDescription = sourceDescription
    }

    /// The objects that may differ from those of an earlier generation.
    package func changedKeys(since generation: UInt64) -> ChangedKeys {
        history.keys(after: generation, upTo: self.generation)
    }
}

/// State that an earlier run saved, and that rules until the source has delivered the same kinds.
package struct Restoration: Hashable, Sendable {
    /// The kinds that the source has not delivered since the start. They count as complete.
    package var kinds: Set<ObjectKind>
    /// When the source last confirmed them, in seconds since 1970 by the clock of then.
    package let confirmedAt: Double

    package init(kinds: Set<ObjectKind>, confirmedAt: Double) {
        self.kinds = kinds
        self.confirmedAt = confirmedAt
    }
}

/// Something that a source could not use.
package struct SourceProblem: Hashable, Sendable, CustomStringConvertible {
    /// Where it stands: `/etc/linnet/manifests/nodes.yaml:12`.
    package let place: String
    /// What is wrong and what to do.
    package let message: String
    /// The object that is concerned, if that much is known.
    package let object: ObjectKey?

    package init(place: String, message: String, object: ObjectKey? = nil) {
        self.place = place
        self.message = message
        self.object = object
    }

    package var description: String { "\(place): \(message)" }
}
