internal import Nftables

/// What has to be done to the elements of one set.
struct ElementDifference {
    /// Removes elements that name a chain that goes; to be done before the chain does.
    private(set) var releases: [Operation] = []
    /// In order; the operations of one entry belong into one transaction.
    private(set) var changes: [[Operation]] = []
    /// Removals from a map to data. A packet that is inside a chain already looks such a map up as it is at that
    /// moment: so what leads to the element goes a transaction earlier than the element.
    private(set) var lateRemovals: [[Operation]] = []

    /// How many elements go into one entry.
    private static let chunk = 250

    init(_ set: SetDefinition, wanted: ElementTable, held: [SetElement], lostChains: Set<String>) {
        let held = ElementTable(held)
        // The usual case costs one walk.
        if wanted == held, lostChains.isEmpty { return }
        var missing: [SetElement] = []
        var replaced: [(old: SetElement, new: SetElement)] = []
        var released: [SetElement] = []
        for element in wanted {
            guard let old = held[element] else {
                missing.append(element)
                continue
            }
            if lostChains.contains(old) {
                released.append(old)
                missing.append(element)
            } else if old != element {
                replaced.append((old, element))
            }
        }
        let surplus = held.filter { wanted[$0] == nil }
        released += surplus.filter { lostChains.contains($0) }
        let removed = surplus.filter { !lostChains.contains($0) }
        released.sort(by: Self.precedes)
        releases = Self.chunks(released).map { .deleteElements($0, set) }
        plan(
            set,
            missing.sorted(by: Self.precedes),
            replaced.sorted { Self.precedes($0.old, $1.old) },
            removed.sorted(by: Self.precedes)
        )
    }

    /// The order of operations follows from what differs alone.
    private static func precedes(_ left: SetElement, _ right: SetElement) -> Bool {
        left.key == right.key
            ? (left.end ?? []).lexicographicallyPrecedes(right.end ?? [])
            : left.key.lexicographicallyPrecedes(right.key)
    }

    private mutating func plan(
        _ set: SetDefinition,
        _ missing: [SetElement],
        _ replaced: [(old: SetElement, new: SetElement)],
        _ removed: [SetElement]
    ) {
        let removals = Self.chunks(removed).map { [Operation.deleteElements($0, set)] }
        let additions = Self.chunks(missing).map { [Operation.addElements($0, set)] }
        let replacements = Self.chunks(replaced).map { pairs -> [Operation] in
            [.deleteElements(pairs.map(\.old), set), .addElements(pairs.map(\.new), set)]
        }
        if set.isInterval {
            // A new interval may overlap one that goes.
            changes = removals + replacements + additions
        } else if case .fields = set.value {
            changes = additions + replacements
            lateRemovals = removals
        } else {
            changes = additions + replacements + removals
        }
    }

    private static func chunks<Element>(_ elements: [Element]) -> [[Element]] {
        stride(from: 0, to: elements.count, by: chunk).map { start in
            Array(elements[start..<min(start + chunk, elements.count)])
        }
    }
}

extension Set<String> {
    /// Whether the element's verdict goes to one of these chains.
    fileprivate func contains(_ element: SetElement) -> Bool {
        element.chainName.map { contains($0) } ?? false
    }
}
