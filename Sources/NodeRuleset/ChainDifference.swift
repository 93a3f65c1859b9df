internal import Nftables

/// What has to be done to chains, and to sets apart from their elements.
///
/// References decide the order: a chain or set can go only when no rule or element names it any more, and must be there
/// before one does.
struct ChainDifference {
    /// Chains and sets that are made anew under their names, because they cannot become what they are to be: no rule or
    /// element may name them meanwhile.
    private(set) var remadeChains: Set<String> = []
    private(set) var remadeSets: Set<String> = []
    /// Chains and sets that are made, also anew.
    private(set) var newChains: Set<String> = []
    private(set) var newSets: Set<String> = []
    private var lostChains: [String] = []
    private var lostSets: [String] = []
    /// Removes rules of chains that get others or are made anew.
    private var flushes: [Operation] = []
    private var setCreations: [Operation] = []
    private var creations: [Operation] = []
    /// Rules of chains that are made and that only verdicts lead to.
    private var innerRules: [Operation] = []
    /// Chains at hooks that are made, and policies.
    private var hooks: [Operation] = []
    private var rules: [Operation] = []

    private let held: TableContents

    init(wanted: RulesetFragment, held: TableContents, rebuilding: Bool) {
        self.held = held
        compareSets(wanted, rebuilding)
        compareChains(wanted, rebuilding)
    }

    private mutating func compareSets(_ wanted: RulesetFragment, _ rebuilding: Bool) {
        let planned = wanted.ownedSets
        let names = Set(planned.map(\.definition.name))
        lostSets = held.sets.values.filter { set in
            RulesetFragment.owner(in: set.shape.comment) == wanted.name && !names.contains(set.name)
        }.map(\.name).sorted()
        for set in planned {
            let name = set.definition.name
            let present = held.sets[name]
            let isLive = set.contents == .live
            if let present, present.shape == set.definition.shape, isLive || !rebuilding { continue }
            if present != nil { remadeSets.insert(name) }
            newSets.insert(name)
            setCreations.append(.createSet(set.definition))
        }
    }

    private mutating func compareChains(_ wanted: RulesetFragment, _ rebuilding: Bool) {
        let planned = wanted.ownedChains
        let names = Set(planned.map(\.chain.name))
        lostChains = held.chains.values.filter { chain in
            RulesetFragment.owner(in: chain.chain.comment) == wanted.name && !names.contains(chain.chain.name)
        }.map(\.chain.name).sorted()
        for chain in planned {
            if let present = held.chains[chain.chain.name], !present.canBecome(chain.chain) {
                remadeChains.insert(chain.chain.name)
            }
        }
        for name in remadeChains.sorted() { flush(name) }
        for name in lostChains where held.chains[name]?.rules.contains(where: mentionsRemade) == true { flush(name) }
        for chain in planned { compare(chain, held.chains[chain.chain.name], rebuilding) }
    }

    private mutating func compare(_ planned: PlannedChain, _ present: HeldChain?, _ rebuilding: Bool) {
        let name = planned.chain.name
        let additions = planned.rules.map { Operation.addRule($0, chain: name) }
        guard let present, !remadeChains.contains(name) else {
            newChains.insert(name)
            if planned.chain.base == nil {
                creations.append(.createChain(planned.chain))
                innerRules += additions
            } else {
                hooks.append(.createChain(planned.chain))
                rules += additions
            }
            return
        }
        if present.chain.base?.policy != planned.chain.base?.policy { hooks.append(.setPolicy(planned.chain)) }
        guard rebuilding || present.rules != planned.rules || present.rules.contains(where: mentionsRemade) else {
            return
        }
        flush(name)
        rules += additions
    }

    private mutating func flush(_ name: String) {
        if held.chains[name]?.rules.isEmpty == false { flushes.append(.flushChain(name)) }
    }

    private func mentionsRemade(_ rule: Rule) -> Bool {
        rule.chainNames.contains(where: remadeChains.contains) || rule.setNames.contains(where: remadeSets.contains)
    }

    // MARK: Operations

    /// Puts all that has to do with chains into the order.
    ///
    /// - Parameter elements: those that name a chain that is made anew are taken out before, and put back.
    func enter(_ order: inout OperationOrder, releasing elements: [ElementDifference]) {
        order.deletions = lostChains.filter { held.chains[$0]?.rules.isEmpty == false }.map { .flushChain($0) }
        if remadeChains.isEmpty, remadeSets.isEmpty {
            order.making += setCreations + creations + innerRules
            order.switching = flushes + hooks + rules
            order.deletions += lostSets.flatMap(Self.deletion)
        } else {
            // A map that goes may have elements that name a chain that is made anew.
            let sets = remadeChains.isEmpty ? [] : lostSets
            order.making += flushes + elements.flatMap(\.releases)
            order.making += (sets + remadeSets.sorted()).flatMap(Self.deletion)
            order.making += remadeChains.sorted().map { .deleteChain($0) }
            order.making += setCreations + creations + hooks + innerRules + rules + elements.flatMap(\.returns)
            if remadeChains.isEmpty { order.deletions += lostSets.flatMap(Self.deletion) }
        }
        order.deletions += lostChains.map { .deleteChain($0) }
    }

    /// Before 6.2 the elements of a deleted verdict map kept their chains busy until the transaction was over.
    static func deletion(ofSet name: String) -> [Operation] { [.flushSet(name), .deleteSet(name)] }
}

extension HeldChain {
    /// Whether changing its policy and rules is enough to make it this chain.
    fileprivate func canBecome(_ wanted: Chain) -> Bool { !isStrange && chain.canBecome(wanted) }
}

extension Chain {
    /// Whether changing its policy is enough to make it this chain.
    func canBecome(_ wanted: Chain) -> Bool {
        var changed = self
        if let policy = wanted.base?.policy { changed.base?.policy = policy }
        return changed == wanted
    }
}
