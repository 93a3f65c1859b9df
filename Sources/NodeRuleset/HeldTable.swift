internal import Nftables

/// What the kernel is known to hold of the table, as of one generation.
struct HeldTable {
    /// Without the elements of what is settled.
    var contents: TableContents
    /// The fragments that the kernel holds exactly as they are kept. Their elements are not remembered here once more.
    private(set) var settled: Set<String> = []
    /// Whether there is nothing in it that nobody's comment claims.
    private(set) var isSwept = false

    init(_ contents: TableContents) {
        self.contents = contents
    }

    /// Whether it can be compared with the fragment: elements of its planned sets are known or settled.
    func covers(_ fragment: RulesetFragment) -> Bool {
        settled.contains(fragment.name)
            || fragment.plannedSetNames.allSatisfy { name in
                contents.sets[name].map { $0.elements != nil } ?? true
            }
    }

    /// Notes that the kernel holds the fragment, exactly.
    mutating func settle(_ fragment: RulesetFragment) {
        contents.exists = contents.exists || !fragment.isEmpty
        if !fragment.isEmpty { contents.isDormant = false }
        contents.chains = contents.chains.filter {
            RulesetFragment.owner(in: $0.value.chain.comment) != fragment.name
        }
        contents.sets = contents.sets.filter { RulesetFragment.owner(in: $0.value.shape.comment) != fragment.name }
        for chain in fragment.ownedChains { note(chain) }
        for set in fragment.ownedSets { note(set.definition) }
        settled.insert(fragment.name)
    }

    /// Notes that the kernel holds a settled fragment with this change.
    mutating func note(_ change: FragmentChange, of fragment: RulesetFragment) {
        for name in change.lostChains { contents.chains[name] = nil }
        for name in change.lostSets { contents.sets[name] = nil }
        for chain in change.chains { note(fragment.owned(chain)) }
        for set in change.sets {
            if let set = fragment.ownedSet(set.definition.name) { note(set.definition) }
        }
    }

    /// Notes that the fragment is not kept any more.
    mutating func forget(_ fragment: String) {
        settled.remove(fragment)
    }

    /// Notes that chains and sets that nobody's comment claims are gone.
    mutating func sweep() {
        contents.chains = contents.chains.filter { $0.value.chain.comment != nil }
        contents.sets = contents.sets.filter { $0.value.shape.comment != nil }
        isSwept = true
    }

    private mutating func note(_ chain: PlannedChain) {
        contents.chains[chain.chain.name] = HeldChain(chain.chain, chain.rules)
    }

    private mutating func note(_ set: SetDefinition) {
        contents.sets[set.name] = HeldSet(name: set.name, shape: set.shape, elements: nil)
    }
}
