package import Nftables

/// What NodeRuleset needs of the kernel: one table's contents, and transactions on them.
package protocol RulesetKernel: Sendable {
    /// The number of the present generation of all rulesets in the network namespace.
    func generation() throws(NftablesError) -> UInt32
    /// What the table holds, with the elements of these sets.
    func read(_ table: Table, elementsOf sets: Set<String>) throws(NftablesError) -> TableContents
    /// What the table's rules have dropped so far.
    func drops(in table: Table) throws(NftablesError) -> [DropCount]
    /// All or nothing, and nothing (a stale error) if the rulesets are not of this generation any more.
    func commit(_ transaction: consuming Transaction, expecting generation: UInt32) throws(NftablesError)
}

extension NftablesSocket: RulesetKernel {
    package func read(_ table: Table, elementsOf sets: Set<String>) throws(NftablesError) -> TableContents {
        try read(table, elementsOf: { sets.contains($0) })
    }

    package func commit(_ transaction: consuming Transaction, expecting generation: UInt32) throws(NftablesError) {
        try commit(transaction, expecting: Optional(generation))
    }
}
