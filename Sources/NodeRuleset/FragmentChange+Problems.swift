internal import Nftables

extension FragmentChange {
    /// Why the fragment cannot take the change: a name that stands twice, or that is not there afterwards. What still
    /// names a chain or set that goes is left to the kernel to refuse: to find it costs a walk through the fragment.
    func problem(in fragment: RulesetFragment) -> String? {
        if let name = chains.map(\.chain.name).firstTwice { return "it has two chains named \(name)" }
        if let name = sets.map(\.definition.name).firstTwice { return "it has two sets named \(name)" }
        for name in elements.keys.sorted() {
            switch contents(ofSet: name, in: fragment) {
            case nil: return "it changes elements of set \(name), which the fragment lacks"
            case .live: return "it changes elements of set \(name), which is live"
            case .planned: continue
            }
        }
        var chainNames = Set(chains.flatMap { $0.rules.flatMap(\.chainNames) })
        for change in elements.values { chainNames.formUnion(change.added.lazy.compactMap(\.chainName)) }
        for case .planned(let table) in sets.map(\.contents) {
            chainNames.formUnion(table.lazy.compactMap(\.chainName))
        }
        for chain in chains { chainNames.remove(chain.chain.name) }
        for chain in fragment.chains where !lostChains.contains(chain.chain.name) {
            chainNames.remove(chain.chain.name)
        }
        if let name = chainNames.min() { return "it names chain \(name), which the fragment lacks" }
        let setNames = Set(chains.flatMap { $0.rules.flatMap(\.setNames) }).sorted()
        if let name = setNames.first(where: { contents(ofSet: $0, in: fragment) == nil }) {
            return "it names set \(name), which the fragment lacks"
        }
        return nil
    }

    /// What is in the set after the change, but for its elements.
    private func contents(ofSet name: String, in fragment: RulesetFragment) -> PlannedSet.Contents? {
        if let made = sets.first(where: { $0.definition.name == name }) { return made.contents }
        if lostSets.contains(name) { return nil }
        return fragment.sets.first { $0.definition.name == name }?.contents
    }

    /// Whether nothing of the fragment has to be made anew under its name.
    func isInPlace(in fragment: RulesetFragment) -> Bool {
        for set in sets where fragment.sets.contains(where: { $0.definition.name == set.definition.name }) {
            return false
        }
        for chain in chains {
            let present = fragment.chains.first { $0.chain.name == chain.chain.name }
            if let present, !present.chain.canBecome(chain.chain) { return false }
        }
        return true
    }
}

extension [String] {
    /// The first that stood before.
    fileprivate var firstTwice: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0).inserted }
    }
}
