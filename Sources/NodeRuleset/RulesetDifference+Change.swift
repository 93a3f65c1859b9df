internal import Nftables

extension RulesetDifference {
    /// What a change of a fragment comes to that could take it in place, if the table holds exactly what it was before.
    ///
    /// - Parameter inverse: what the fragment answered to the change.
    init(_ change: FragmentChange, undoneBy inverse: FragmentChange, of fragment: RulesetFragment) {
        var order = OperationOrder()
        for name in inverse.lostSets {
            if let set = fragment.ownedSet(name) { order.making.append(.createSet(set.definition)) }
        }
        order.enter(change.chains, undoneBy: inverse, of: fragment)
        let newChains = Set(inverse.lostChains)
        for name in inverse.lostSets {
            guard let set = fragment.ownedSet(name), case .planned(let planned) = set.contents else { continue }
            let difference = ElementDifference(set.definition, wanted: planned, held: [], remadeChains: [])
            order.add(difference, isNew: true, newChains: newChains)
        }
        for (name, undo) in inverse.elements.sorted(by: { $0.key < $1.key }) {
            guard let set = fragment.ownedSet(name), case .planned(let planned) = set.contents else { continue }
            let difference = ElementDifference(set.definition, wanted: planned, undoneBy: undo)
            order.add(difference, isNew: false, newChains: newChains)
        }
        self.init(order.transactions)
    }
}

extension OperationOrder {
    /// Puts in what has to be done to chains, and the deletion of sets.
    fileprivate mutating func enter(
        _ planned: [PlannedChain],
        undoneBy inverse: FragmentChange,
        of fragment: RulesetFragment
    ) {
        var innerRules: [Operation] = []
        var hooks: [Operation] = []
        var flushes: [Operation] = []
        var rules: [Operation] = []
        for chain in planned.map(fragment.owned) {
            let name = chain.chain.name
            let additions = chain.rules.map { Operation.addRule($0, chain: name) }
            if let old = inverse.chains.first(where: { $0.chain.name == name }) {
                if old.chain.base?.policy != chain.chain.base?.policy { hooks.append(.setPolicy(chain.chain)) }
                guard old.rules != chain.rules else { continue }
                if !old.rules.isEmpty { flushes.append(.flushChain(name)) }
                rules += additions
            } else if chain.chain.base == nil {
                making.append(.createChain(chain.chain))
                innerRules += additions
            } else {
                hooks.append(.createChain(chain.chain))
                rules += additions
            }
        }
        making += innerRules
        switching = flushes + hooks + rules
        let made = Set(planned.map(\.chain.name))
        let lost = inverse.chains.filter { !made.contains($0.chain.name) }
        deletions = lost.filter { !$0.rules.isEmpty }.map { .flushChain($0.chain.name) }
        deletions += inverse.sets.flatMap { ChainDifference.deletion(ofSet: $0.definition.name) }
        deletions += lost.map { .deleteChain($0.chain.name) }
    }
}
