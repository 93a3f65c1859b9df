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

    private struct Key: Hashable {
        let key: [UInt8]
        let end: [UInt8]?

        init(_ element: SetElement) {
            key = element.key
            end = element.end
        }
    }

    init(_ set: SetDefinition, wanted: [SetElement], held: [SetElement], lostChains: Set<String>) {
        // The usual case costs a comparison of two arrays that are often one and the same.
        if wanted == held, lostChains.isEmpty { return }
        let all = held
        let (wanted, held) = lostChains.isEmpty ? Self.differingParts(wanted, held) : (wanted[...], held[...])
        var missing: [SetElement] = []
        var replaced: [(old: SetElement, new: SetElement)] = []
        var released: [SetElement] = []
        var present = Dictionary(held.map { (Key($0), $0) }) { first, _ in first }
        var seen: Set<Key> = []
        // A key that is planned twice counts once: the kernel holds it once.
        for element in wanted where seen.insert(Key(element)).inserted {
            guard let old = present.removeValue(forKey: Key(element)) else {
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
        missing = Self.without(all[..<held.startIndex], Self.without(all[held.endIndex...], missing))
        let surplus = held.filter { present[Key($0)] != nil }
        released += surplus.filter { lostChains.contains($0) }
        let removed = surplus.filter { !lostChains.contains($0) }
        releases = Self.chunks(released).map { .deleteElements($0, set) }
        plan(set, missing, replaced, removed)
    }

    /// The elements whose keys are not among those of `others`: a plan may name a key once more where it differs.
    private static func without(_ others: ArraySlice<SetElement>, _ elements: [SetElement]) -> [SetElement] {
        guard !elements.isEmpty, !others.isEmpty else { return elements }
        var keys = Set(elements.map { Key($0) })
        for other in others { keys.remove(Key(other)) }
        return elements.filter { keys.contains(Key($0)) }
    }

    /// What lies between the elements at the start and at the end that both have: usually very little, since a plan
    /// that follows another lists its elements in the same order.
    private static func differingParts(
        _ wanted: [SetElement],
        _ held: [SetElement]
    ) -> (ArraySlice<SetElement>, ArraySlice<SetElement>) {
        let shared = min(wanted.count, held.count)
        var start = 0
        while start < shared, wanted[start] == held[start] { start += 1 }
        var end = 0
        while end < shared - start, wanted[wanted.count - 1 - end] == held[held.count - 1 - end] { end += 1 }
        return (wanted[start..<(wanted.count - end)], held[start..<(held.count - end)])
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
