package import ClusterState

/// The addresses that Ingresses are to be published with: a pure function of the snapshot, so that every node comes to the
/// same.
///
/// `update` plans again only what changed, and equals a plan from scratch.
package struct IngressStatuses: Sendable, Equatable {
    /// Without these nothing is published.
    package static let neededKinds: Set<ObjectKind> = [.ingress, .ingressClass, .node]

    /// The classes that are served and whose status is written.
    package let classes: Set<String>
    /// The own node.
    package let node: NodeName
    /// The Ingresses whose status is ours.
    package private(set) var ingresses: Set<NamespacedName> = []
    private var nodes = IngressNodes()
    private var served: ServedClasses

    /// Before anything is known.
    ///
    /// - Parameters:
    ///   - classes: the names of the classes that are served.
    ///   - statusClasses: those of the classes whose status is ours to write.
    ///   - node: the own one.
    package init(classes served: Set<String>, statusClasses: Set<String>, node: NodeName) {
        classes = served.intersection(statusClasses)
        self.node = node
        self.served = ServedClasses(classes, in: ClusterSnapshot(sourceDescription: ""))
    }

    /// What each of them is to be published with.
    package var addresses: [String] { nodes.addresses }

    /// Whether it is this node that publishes: the first by name that serves, or each for itself where nodes know nothing
    /// of one another.
    package var isSpeaker: Bool { nodes.speaker == .each || nodes.speaker == .first(node) }

    /// What became of an Ingress.
    package struct Change: Hashable, Sendable {
        package let ingress: NamespacedName
        /// Nil if it was none of ours.
        package let old: [String]?
        /// Nil if it is none any more: what was published is to be taken back.
        package let new: [String]?

        package init(ingress: NamespacedName, old: [String]?, new: [String]?) {
            self.ingress = ingress
            self.old = old
            self.new = new
        }
    }

    /// Plans again what changed since the snapshot that was taken before. Returns the Ingresses that are to be published
    /// otherwise, in order.
    package mutating func update(_ snapshot: ClusterSnapshot, changed: ChangedKeys) -> [Change] {
        let former = addresses
        if changed.mayConcern(where: { $0.kind == .node }) { nodes = IngressNodes(snapshot) }
        var dirty = note(changed, in: snapshot)
        if former != addresses { dirty.formUnion(ingresses) }
        return dirty.sorted().compactMap { name in
            let old = ingresses.contains(name) ? former : nil
            let isOurs = snapshot.ingresses[name].map { served.verdict($0) == .served } ?? false
            if isOurs { ingresses.insert(name) } else { ingresses.remove(name) }
            let new = isOurs ? addresses : nil
            return old == new ? nil : Change(ingress: name, old: old, new: new)
        }
    }

    /// Returns the Ingresses that the change may concern.
    private mutating func note(_ changed: ChangedKeys, in snapshot: ClusterSnapshot) -> Set<NamespacedName> {
        if changed.mayConcern(where: { $0.kind == .ingressClass }) {
            let former = served
            served = ServedClasses(classes, in: snapshot)
            if served != former { return ingresses.union(snapshot.ingresses.keys) }
        }
        switch changed {
        case .everything: return ingresses.union(snapshot.ingresses.keys)
        case .keys(let keys): return Set(keys.filter { $0.kind == .ingress }.map(\.namespacedName))
        }
    }
}
