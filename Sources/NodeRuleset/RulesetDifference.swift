package import Nftables

/// What has to be done to the table so that it holds a fragment: nothing, if it does already.
///
/// A small change is one transaction. A large one is cut, so that the kernel's lock is not held for long: first all
/// that has to do with chains and the definitions of sets, then elements. Each transaction leaves rules that work.
package struct RulesetDifference: Equatable {
    /// To be committed one after the other.
    package let transactions: [[Operation]]

    /// No transaction is longer than this many operations, an element counting as one, unless its parts belong
    /// together.
    static let longest = 1000

    package var isEmpty: Bool { transactions.isEmpty }

    /// - Parameter rebuilding: makes all of the fragment anew, except live sets that have the right shape.
    package init(wanted: RulesetFragment, held: TableContents, rebuilding: Bool = false) {
        let chains = ChainDifference(wanted: wanted, held: held, rebuilding: rebuilding)
        var elements: [ElementDifference] = []
        var operations: [Operation] = []
        for set in wanted.ownedSets {
            guard case .planned(let planned) = set.contents else { continue }
            let name = set.definition.name
            let present = chains.setsToDelete.contains(name) ? [] : held.sets[name]?.elements ?? []
            elements.append(
                ElementDifference(set.definition, wanted: planned, held: present, lostChains: chains.lostChains)
            )
        }
        if !held.exists, !wanted.isEmpty { operations.append(.addTable) }
        operations += chains.flushes
        operations += elements.flatMap(\.releases)
        operations += chains.setDeletions
        operations += chains.deletions
        operations += chains.setCreations
        operations += chains.creations
        operations += chains.rules

        var units: [[Operation]] = operations.isEmpty ? [] : [operations]
        units += elements.flatMap(\.changes)
        let last = elements.flatMap(\.lateRemovals)
        let wakes: [[Operation]] = held.isDormant && !wanted.isEmpty ? [[.wakeTable]] : []
        transactions = wakes + Self.pack(units) + Self.pack(last)
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

    /// Puts what belongs together into as few transactions as the limit allows, in order.
    private static func pack(_ units: [[Operation]]) -> [[Operation]] {
        var transactions: [[Operation]] = []
        var cost = 0
        for unit in units {
            let unitCost = unit.reduce(0) { $0 + $1.cost }
            if transactions.isEmpty || cost + unitCost > longest {
                transactions.append([])
                cost = 0
            }
            transactions[transactions.count - 1] += unit
            cost += unitCost
        }
        return transactions
    }
}
