package import Nftables

/// What becomes different in a fragment, and nothing of what stays: to change the fragment costs as much as is in here.
///
/// Chains and sets that go are taken out first, then come those that are made, then elements.
package struct FragmentChange: Sendable, Equatable {
    /// The fragment's.
    package let name: String
    /// Made, or, where there is one of the name, put in its place.
    package var chains: [PlannedChain]
    /// Made, or, where there is one of the name, put in its place.
    package var sets: [PlannedSet]
    /// Of planned sets, by the set's name.
    package var elements: [String: ElementChange]
    /// The names of chains that go.
    package var lostChains: [String]
    /// The names of sets that go.
    package var lostSets: [String]

    package init(
        name: String,
        chains: [PlannedChain] = [],
        sets: [PlannedSet] = [],
        elements: [String: ElementChange] = [:],
        lostChains: [String] = [],
        lostSets: [String] = []
    ) {
        self.name = name
        self.chains = chains
        self.sets = sets
        self.elements = elements
        self.lostChains = lostChains
        self.lostSets = lostSets
    }

    package var isEmpty: Bool {
        chains.isEmpty && sets.isEmpty && lostChains.isEmpty && lostSets.isEmpty
            && elements.values.allSatisfy(\.isEmpty)
    }
}

/// What becomes different in a planned set.
package struct ElementChange: Sendable, Equatable {
    /// Elements that go: by their keys, whatever they lead to; nothing happens if one is not there.
    package var removed: [SetElement]
    /// Elements that come afterwards; each takes the place of one with its key.
    package var added: [SetElement]

    package init(removed: [SetElement] = [], added: [SetElement] = []) {
        self.removed = removed
        self.added = added
    }

    package var isEmpty: Bool { removed.isEmpty && added.isEmpty }
}
