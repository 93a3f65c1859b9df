internal import Nftables

extension RulesetFragment {
    /// Changes the fragment in place, at a cost of what changes. Elements of sets that are not planned are ignored.
    /// Answers the change that takes it back.
    @discardableResult
    package mutating func apply(_ change: FragmentChange) -> FragmentChange {
        var inverse = FragmentChange(name: name)
        for name in change.lostChains {
            guard let index = chains.firstIndex(where: { $0.chain.name == name }) else { continue }
            inverse.chains.append(chains.remove(at: index))
        }
        for name in change.lostSets {
            guard let index = sets.firstIndex(where: { $0.definition.name == name }) else { continue }
            inverse.sets.append(sets.remove(at: index))
        }
        for chain in change.chains { put(chain, &inverse) }
        for set in change.sets { put(set, &inverse) }
        for (name, elements) in change.elements {
            guard let index = sets.firstIndex(where: { $0.definition.name == name }),
                let undo = sets[index].contents.apply(elements)
            else { continue }
            if inverse.sets.contains(where: { $0.definition.name == name }) || inverse.lostSets.contains(name) {
                continue
            }
            inverse.elements[name] = undo
        }
        return inverse
    }

    private mutating func put(_ chain: PlannedChain, _ inverse: inout FragmentChange) {
        let name = chain.chain.name
        let isNoted = inverse.chains.contains { $0.chain.name == name } || inverse.lostChains.contains(name)
        if let index = chains.firstIndex(where: { $0.chain.name == name }) {
            if !isNoted { inverse.chains.append(chains[index]) }
            chains[index] = chain
        } else {
            if !isNoted { inverse.lostChains.append(name) }
            chains.append(chain)
        }
    }

    private mutating func put(_ set: PlannedSet, _ inverse: inout FragmentChange) {
        let name = set.definition.name
        let isNoted = inverse.sets.contains { $0.definition.name == name } || inverse.lostSets.contains(name)
        if let index = sets.firstIndex(where: { $0.definition.name == name }) {
            if !isNoted { inverse.sets.append(sets[index]) }
            sets[index] = set
        } else {
            if !isNoted { inverse.lostSets.append(name) }
            sets.append(set)
        }
    }
}

extension PlannedSet.Contents {
    /// Changes planned elements and answers what takes it back; nil for a live set.
    fileprivate mutating func apply(_ change: ElementChange) -> ElementChange? {
        guard case .planned(var table) = self else { return nil }
        // Two holders would make the table be copied when it is changed.
        self = .live
        let undo = table.apply(change)
        self = .planned(table)
        return undo
    }
}
