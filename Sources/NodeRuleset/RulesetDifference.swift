package import Nftables

/// What has to be done to the table so that it holds a fragment: nothing, if it does already.
///
/// A small change is one transaction, and one more for what may go only then. A large one is cut, so that the kernel's
/// lock is not held for long. Each transaction leaves rules that work.
package struct RulesetDifference: Equatable {
    /// To be committed one after the other.
    package let transactions: [[Operation]]

    init(_ transactions: [[Operation]]) {
        self.transactions = transactions
    }

    package var isEmpty: Bool { transactions.isEmpty }

    /// - Parameter kept: the fragment whose elements the planned sets hold exactly; nil if `held` says what they hold.
    /// - Parameter rebuilding: makes all of the fragment anew, except live sets that have the right shape.
    package init(
        wanted: RulesetFragment,
        held: TableContents,
        kept: RulesetFragment? = nil,
        rebuilding: Bool = false
    ) {
        let chains = ChainDifference(wanted: wanted, held: held, rebuilding: rebuilding)
        var order = OperationOrder()
        if !held.exists, !wanted.isEmpty { order.making = [.addTable] }
        var elements: [ElementDifference] = []
        for set in wanted.ownedSets {
            guard case .planned(let planned) = set.contents else { continue }
            let name = set.definition.name
            var present: ElementTable = []
            if !chains.newSets.contains(name) {
                present = kept?.elements(ofSet: name) ?? ElementTable(held.sets[name]?.elements ?? [])
            }
            elements.append(
                ElementDifference(set.definition, wanted: planned, held: present, remadeChains: chains.remadeChains)
            )
        }
        chains.enter(&order, releasing: elements)
        for difference in elements {
            order.add(difference, isNew: chains.newSets.contains(difference.set.name), newChains: chains.newChains)
        }
        let wakes: [[Operation]] = held.isDormant && !wanted.isEmpty ? [[.wakeTable]] : []
        transactions = wakes + order.transactions
    }

    /// What removes chains and sets that no fragment has made: someone has put them into our table.
    package init(strayIn held: TableContents) {
        let chains = held.chains.values.filter { $0.chain.comment == nil }.map(\.chain.name).sorted()
        let sets = held.sets.values.filter { $0.shape.comment == nil }.map(\.name).sorted()
        let operations: [Operation] =
            chains.map { .flushChain($0) } + sets.flatMap { [.flushSet($0), .deleteSet($0)] }
            + chains.map { .deleteChain($0) }
        transactions = operations.isEmpty ? [] : [operations]
    }
}
