/// What changed between two generations.
package enum ChangedKeys: Sendable, Equatable {
    /// Too much, or too long ago, to say: plan from scratch.
    case everything
    /// These objects and no others. The own lease, the complete kinds and the problems are not objects: compare them.
    case keys(Set<ObjectKey>)

    /// Whether an object may be another one whose key fulfils this.
    package func mayConcern(where isMeant: (ObjectKey) -> Bool) -> Bool {
        switch self {
        case .everything: true
        case .keys(let keys): keys.contains(where: isMeant)
        }
    }
}

/// The keys that each of the last generations changed.
struct ChangeHistory: Sendable {
    /// How many generations are remembered. A subscriber that lags further behind plans from scratch, which then costs
    /// less than the union of so many sets.
    static let limit = 64

    /// The changes of consecutive generations, the newest last.
    private var changes: [ChangedKeys] = []

    /// Notes what the newest generation changed.
    mutating func append(_ keys: ChangedKeys) {
        changes.append(keys)
        if changes.count > Self.limit { changes.removeFirst(changes.count - Self.limit) }
    }

    /// The union of what the generations after `generation` changed, `newest` being the last one noted.
    func keys(after generation: UInt64, upTo newest: UInt64) -> ChangedKeys {
        guard generation < newest else { return generation == newest ? .keys([]) : .everything }
        let count = newest - generation
        guard count <= UInt64(changes.count) else { return .everything }
        var union: Set<ObjectKey> = []
        for change in changes.suffix(Int(count)) {
            guard case .keys(let keys) = change else { return .everything }
            union.formUnion(keys)
        }
        return .keys(union)
    }
}
