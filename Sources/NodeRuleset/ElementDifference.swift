internal import Nftables

/// What has to be done to the elements of one set. What a person may want to read is in the order of the keys; of more
/// elements than that, to sort them would cost more than the kernel takes to hold them.
struct ElementDifference {
    let set: SetDefinition
    /// In lists of as many as go into one entry of `additions`.
    private var missing: [[SetElement]] = []
    private var replaced: [(old: SetElement, new: SetElement)] = []
    private var removed: [SetElement] = []
    /// Elements that name a chain that is made anew; they cannot be there while it is not.
    private var released: [SetElement] = []
    /// Those of the released that stay.
    private var returning: [SetElement] = []

    /// How many elements go into one entry of `additions` and its like.
    private static let chunk = 250

    /// The difference between all that is wanted and all that is held.
    init(_ set: SetDefinition, wanted: ElementTable, held: ElementTable, remadeChains: Set<String>) {
        self.set = set
        // The usual case costs one walk, or none.
        if remadeChains.isEmpty, held.count == 0 {
            missing = wanted.count <= Self.readable ? Self.sortedChunks(Array(wanted)) : Self.chunks(wanted)
            return
        }
        if remadeChains.isEmpty, wanted == held { return }
        var absent: [SetElement] = []
        for element in wanted {
            guard let old = held[element] else {
                absent.append(element)
                continue
            }
            if remadeChains.contains(old) {
                released.append(old)
                returning.append(element)
            } else if old != element {
                replaced.append((old, element))
            }
        }
        for element in held where wanted[element] == nil {
            if remadeChains.contains(element) { released.append(element) } else { removed.append(element) }
        }
        missing = Self.sortedChunks(absent)
        sort()
    }

    /// The difference between the elements that are wanted and what a change answered that made them so.
    init(_ set: SetDefinition, wanted: ElementTable, undoneBy undo: ElementChange) {
        self.set = set
        missing = Self.sortedChunks(undo.removed)
        for old in undo.added {
            if let new = wanted[old] { replaced.append((old, new)) } else { removed.append(old) }
        }
        sort()
    }

    /// The most elements that are sorted.
    private static let readable = 1000

    private mutating func sort() {
        if replaced.count <= Self.readable { replaced.sort { Self.precedes($0.old, $1.old) } }
        if removed.count <= Self.readable { removed.sort(by: Self.precedes) }
        if released.count <= Self.readable { released.sort(by: Self.precedes) }
        if returning.count <= Self.readable { returning.sort(by: Self.precedes) }
    }

    private static func precedes(_ left: SetElement, _ right: SetElement) -> Bool {
        left.key == right.key
            ? (left.end ?? []).lexicographicallyPrecedes(right.end ?? [])
            : left.key.lexicographicallyPrecedes(right.key)
    }

    // The operations of one entry belong into one transaction.

    var additions: [[Operation]] { missing.map { [.addElements($0, set)] } }

    var removals: [[Operation]] { Self.chunks(removed).map { [.deleteElements($0, set)] } }

    var replacements: [[Operation]] {
        Self.chunks(replaced).map { pairs in
            [.deleteElements(pairs.map(\.old), set), .addElements(pairs.map(\.new), set)]
        }
    }

    var releases: [Operation] { released.isEmpty ? [] : [.deleteElements(released, set)] }

    var returns: [Operation] { returning.isEmpty ? [] : [.addElements(returning, set)] }

    /// Whether a verdict that comes goes to one of these chains.
    func leads(to chains: Set<String>) -> Bool {
        missing.joined().contains { chains.contains($0) } || replaced.contains { chains.contains($0.new) }
    }

    private static func sortedChunks(_ elements: [SetElement]) -> [[SetElement]] {
        chunks(elements.count <= readable ? elements.sorted(by: precedes) : elements)
    }

    private static func chunks<Element>(_ elements: some Sequence<Element>) -> [[Element]] {
        var lists: [[Element]] = []
        for element in elements {
            if lists.last.map({ $0.count == chunk }) ?? true {
                lists.append([])
                lists[lists.count - 1].reserveCapacity(chunk)
            }
            lists[lists.count - 1].append(element)
        }
        return lists
    }
}

extension Set<String> {
    /// Whether the element's verdict goes to one of these chains.
    fileprivate func contains(_ element: SetElement) -> Bool {
        element.chainName.map { contains($0) } ?? false
    }
}
