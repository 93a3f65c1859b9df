internal import Nftables

/// What has to be done to chains, and to sets apart from their elements.
///
/// References decide the order: a chain or set can go only when no rule or element names it any more, and must be there
/// before one does.
struct ChainDifference {
    /// Removes rules of chains that change or go.
    private(set) var flushes: [Operation] = []
    private(set) var setDeletions: [Operation] = []
    private(set) var deletions: [Operation] = []
    private(set) var setCreations: [Operation] = []
    private(set) var creations: [Operation] = []
    private(set) var rules: [Operation] = []
    /// Sets that go, or that are made anew.
    private(set) var setsToDelete: Set<String> = []
    /// Chains that go, or that are made anew: no element may name them meanwhile.
    private(set) var lostChains: Set<String> = []

    init(wanted: RulesetFragment, held: TableContents, rebuilding: Bool) {
        compareSets(wanted, held, rebuilding)
        compareChains(wanted, held, rebuilding)
    }

    private mutating func compareSets(_ wanted: RulesetFragment, _ held: TableContents, _ rebuilding: Bool) {
        let planned = wanted.ownedSets
        let names = Set(planned.map(\.definition.name))
        for set in held.sets.values where RulesetFragment.owner(in: set.shape.comment) == wanted.name {
            if !names.contains(set.name) { setsToDelete.insert(set.name) }
        }
        for set in planned {
            let name = set.definition.name
            let present = held.sets[name]
            let isLive = set.contents == .live
            if let present, present.shape == set.definition.shape, isLive || !rebuilding { continue }
            if present != nil { setsToDelete.insert(name) }
            setCreations.append(.createSet(set.definition))
        }
        for name in setsToDelete.sorted() {
            // Before 6.2 the elements of a deleted verdict map kept their chains busy until the transaction was over.
            setDeletions += [.flushSet(name), .deleteSet(name)]
        }
    }

    private mutating func compareChains(_ wanted: RulesetFragment, _ held: TableContents, _ rebuilding: Bool) {
        let planned = wanted.ownedChains
        let names = Set(planned.map(\.chain.name))
        for chain in held.chains.values where RulesetFragment.owner(in: chain.chain.comment) == wanted.name {
            if !names.contains(chain.chain.name) { lostChains.insert(chain.chain.name) }
        }
        for chain in planned {
            if let present = held.chains[chain.chain.name], !present.canBecome(chain.chain) {
                lostChains.insert(chain.chain.name)
            }
        }
        deletions = lostChains.sorted().map { .deleteChain($0) }
        for name in lostChains.sorted() where held.chains[name]?.rules.isEmpty == false {
            flushes.append(.flushChain(name))
        }
        for chain in planned { compare(chain, held.chains[chain.chain.name], rebuilding) }
    }

    private mutating func compare(_ planned: PlannedChain, _ held: HeldChain?, _ rebuilding: Bool) {
        let name = planned.chain.name
        let additions = planned.rules.map { Operation.addRule($0, chain: name) }
        guard let held, !lostChains.contains(name) else {
            creations.append(.createChain(planned.chain))
            rules += additions
            return
        }
        if held.chain.base?.policy != planned.chain.base?.policy { creations.append(.setPolicy(planned.chain)) }
        guard rebuilding || held.rules != planned.rules || held.rules.contains(where: mentionsLost) else { return }
        if !held.rules.isEmpty { flushes.append(.flushChain(name)) }
        rules += additions
    }

    private func mentionsLost(_ rule: Rule) -> Bool {
        rule.chainNames.contains(where: lostChains.contains) || rule.setNames.contains(where: setsToDelete.contains)
    }
}

extension HeldChain {
    /// Whether changing its policy and rules is enough to make it this chain.
    fileprivate func canBecome(_ wanted: Chain) -> Bool {
        var present = chain
        if let policy = wanted.base?.policy { present.base?.policy = policy }
        return present == wanted && !isStrange
    }
}
