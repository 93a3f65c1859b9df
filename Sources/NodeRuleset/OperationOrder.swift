internal import Nftables

/// The operations of a change, each where it has to stand so that no packet misses anything on the way.
///
/// A packet goes by the rules that there were when it came to the hook, also those of chains that it comes to later, but
/// by the elements that there are when it looks them up. So a chain is made a transaction before elements lead to it, and
/// what rules or elements have led to goes a transaction later; the rest is in one transaction if it fits.
struct OperationOrder {
    /// Chains and sets that are made, with the rules of chains that no packet reaches yet. If something is made anew under
    /// its name, all that has to do with it: that is one transaction, however much it is.
    var making: [Operation] = []
    /// Elements of sets that are made.
    private var filling: [[Operation]] = []
    private var fillingVerdicts: [[Operation]] = []
    /// Rules of chains that packets reach.
    var switching: [Operation] = []
    private var changes: [[Operation]] = []
    private var verdictChanges: [[Operation]] = []
    private var removals: [[Operation]] = []
    /// A packet that is inside a chain already looks up a map to data.
    private var dataRemovals: [[Operation]] = []
    /// Chains and sets that go.
    var deletions: [Operation] = []
    /// Whether verdicts that packets reach go to chains that are made. A packet that came to the hook before the chain was
    /// there finds it without rules, so the chain is made a transaction earlier.
    private var leadsToNewChains = false

    /// No transaction is longer than this many operations, an element counting as one, unless its parts belong
    /// together.
    static let longest = 1000

    /// - Parameter newChains: the names of the chains that are made.
    mutating func add(_ difference: ElementDifference, isNew: Bool, newChains: Set<String>) {
        let isVerdicts = difference.set.value == .verdict
        if isNew {
            if isVerdicts { fillingVerdicts += difference.additions } else { filling += difference.additions }
        } else if difference.set.isInterval {
            // A new interval may overlap one that goes.
            let all = difference.removals + difference.replacements + difference.additions
            if isVerdicts { verdictChanges += all } else { changes += all }
        } else if isVerdicts {
            verdictChanges += difference.additions + difference.replacements
            removals += difference.removals
        } else {
            changes += difference.additions + difference.replacements
            if difference.set.value == nil {
                removals += difference.removals
            } else {
                dataRemovals += difference.removals
            }
        }
        if isVerdicts, !isNew, !newChains.isEmpty, difference.leads(to: newChains) { leadsToNewChains = true }
    }

    /// To be committed one after the other.
    var transactions: [[Operation]] {
        let soon = filling + fillingVerdicts + [switching] + changes + verdictChanges + removals
        let groups = leadsToNewChains ? [[making], soon] : [[making] + soon]
        return (groups + [dataRemovals + [deletions]]).flatMap(Self.pack)
    }

    /// Puts what belongs together into as few transactions as the limit allows, in order.
    private static func pack(_ units: [[Operation]]) -> [[Operation]] {
        var transactions: [[Operation]] = []
        var cost = 0
        for unit in units where !unit.isEmpty {
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
