/// The store's state: the objects as the source has them, and the snapshot that follows from them and the own lease.
struct SnapshotState: Sendable {
    private(set) var snapshot: ClusterSnapshot
    /// The nodes as the source has them, before the lease was merged in.
    private var declaredNodes: [NodeName: Node] = [:]
    private let ownName: NodeName

    init(sourceDescription: String, ownName: NodeName) {
        self.ownName = ownName
        snapshot = ClusterSnapshot(sourceDescription: sourceDescription)
    }

    /// Takes a change. Returns whether it made a new generation.
    mutating func apply(
        _ change: ClusterChange,
        confirmedAt: Double,
        instant: ContinuousClock.Instant
    ) -> Bool {
        snapshot.confirmedAt = confirmedAt
        snapshot.confirmedInstant = instant
        switch change {
        case .replace(let kinds, let objects): return replace(kinds, with: objects)
        case .update(let objects, let keys):
            var changed: Set<ObjectKey> = []
            for key in keys { changed.formUnion(remove(key)) }
            for object in objects { changed.formUnion(set(object)) }
            return publish(changed)
        }
    }

    /// Takes this node's lease, or its loss. Returns whether that made a new generation.
    mutating func setOwnLease(_ lease: NodeLease?) -> Bool {
        guard lease != snapshot.ownLease else { return false }
        return publish(holdLease(lease), always: true)
    }

    private mutating func holdLease(_ lease: NodeLease?) -> Set<ObjectKey> {
        snapshot.ownLease = lease
        return refresh(ownName)
    }

    mutating func setProblems(_ problems: [SourceProblem]) -> Bool {
        guard problems != snapshot.problems else { return false }
        snapshot.problems = problems
        return publish([], always: true)
    }

    /// Takes what an earlier run saved, before any source says anything. Returns whether that made a new generation.
    mutating func restore(_ saved: SavedSnapshot) -> Bool {
        var changed: Set<ObjectKey> = []
        for object in saved.objects { changed.formUnion(set(object)) }
        snapshot.complete = saved.complete
        snapshot.restoration = Restoration(kinds: saved.complete, confirmedAt: saved.confirmedAt)
        if let lease = saved.ownLease { changed.formUnion(holdLease(lease)) }
        return publish(changed, always: true)
    }

    private mutating func replace(_ kinds: Set<ObjectKind>, with objects: [ClusterObject]) -> Bool {
        let listed = Set(objects.map(\.key))
        var changed: Set<ObjectKey> = []
        for kind in kinds {
            let present = kind == .node ? declaredNodes.keys.map { .node($0) } : snapshot.keys(of: kind)
            for key in present where !listed.contains(key) { changed.formUnion(remove(key)) }
        }
        for object in objects { changed.formUnion(set(object)) }
        var isNews = !kinds.isSubset(of: snapshot.complete)
        snapshot.complete.formUnion(kinds)
        if let restored = snapshot.restoration?.kinds, !restored.isDisjoint(with: kinds) {
            snapshot.restoration?.kinds.subtract(kinds)
            if kinds.isSuperset(of: restored) { snapshot.restoration = nil }
            isNews = true
        }
        return publish(changed, always: isNews)
    }

    /// Returns the key if the object differs from what was there.
    private mutating func set(_ object: ClusterObject) -> Set<ObjectKey> {
        if case .node(let node) = object {
            guard declaredNodes[node.name] != node else { return [] }
            declaredNodes[node.name] = node
            return refresh(node.name)
        }
        guard snapshot[object.key] != object else {
            // The source holds what it delivers: the same from the disk would be there twice for as long as the agent runs.
            if snapshot.restoration != nil { snapshot.set(object) }
            return []
        }
        snapshot.set(object)
        return [object.key]
    }

    private mutating func remove(_ key: ObjectKey) -> Set<ObjectKey> {
        if key.kind == .node {
            guard let name = NodeName(rawValue: key.name), declaredNodes.removeValue(forKey: name) != nil else {
                return []
            }
            return refresh(name)
        }
        guard snapshot[key] != nil else { return [] }
        snapshot.remove(key)
        return [key]
    }

    private mutating func refresh(_ name: NodeName) -> Set<ObjectKey> {
        if name == ownName { snapshot.declaredOwnNode = declaredNodes[name] }
        let wanted = effective(name)
        // What the lease hides of the own Node is a change all the same: the lease follows it.
        guard snapshot.nodes[name] != wanted || name == ownName else { return [] }
        snapshot.nodes[name] = wanted
        return [.node(name)]
    }

    private func effective(_ name: NodeName) -> Node? {
        guard let lease = snapshot.ownLease, name == ownName else { return declaredNodes[name] }
        return lease.merged(into: declaredNodes[name])
    }

    private mutating func publish(_ changed: Set<ObjectKey>, always: Bool = false) -> Bool {
        guard always || !changed.isEmpty else { return false }
        snapshot.generation += 1
        snapshot.history.append(.keys(changed))
        return true
    }
}
