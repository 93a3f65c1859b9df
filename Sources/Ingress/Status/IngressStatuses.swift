package import ClusterState

/// The addresses that Ingresses are to be published with: a pure function of the snapshot, so that every node comes to the
/// same.
///
/// `update` plans again only what changed, and equals a plan from scratch.
package struct IngressStatuses: Sendable, Equatable {
    /// Without these nothing is published.
    package static let neededKinds: Set<ObjectKind> = [.ingress, .ingressClass, .node]

    /// The classes that are served and whose status is written.
    package private(set) var classes: Set<String>
    /// The own node.
    package let node: NodeName
    /// The Ingresses whose status is ours.
    package private(set) var ingresses: Set<NamespacedName> = []
    private let statusClasses: Set<String>
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
        self.statusClasses = statusClasses
        self.node = node
        self.served = ServedClasses(classes, in: ClusterSnapshot(sourceDescription: ""))
    }

    /// What each of them is to be published with.
    package var addresses: [String] { nodes.addresses }

    /// Who publishes them: the first node by name that serves, or each for itself where nodes know nothing of one another.
    package var speaker: AddressSpeaker { nodes.speaker }

    package var isSpeaker: Bool { speaker.includes(node) }

    /// Serves other classes from now on, which the next `update` has to follow for `everything`.
    package mutating func serve(_ served: Set<String>) { classes = served.intersection(statusClasses) }

    /// Plans again what changed since the snapshot that was taken before. Returns the Ingresses that are to be published
    /// otherwise, in order.
    package mutating func update(_ snapshot: ClusterSnapshot, changed: ChangedKeys) -> [AddressChange] {
        let former = addresses
        if changed.mayConcern(where: { $0.kind == .node }) { nodes = IngressNodes(snapshot) }
        var dirty = note(changed, in: snapshot)
        if former != addresses { dirty.formUnion(ingresses) }
        return dirty.sorted().compactMap { name in
            let old = ingresses.contains(name) ? former : nil
            let isOurs = snapshot.ingresses[name].map(isOurs) ?? false
            if isOurs { ingresses.insert(name) } else { ingresses.remove(name) }
            let new = isOurs ? addresses : nil
            return old == new ? nil : AddressChange(ObjectKey(.ingress, name), old: old, new: new)
        }
    }

    /// One without a class is nobody's where no class is ours.
    private func isOurs(_ ingress: Ingress) -> Bool { !classes.isEmpty && served.verdict(ingress) == .served }

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
