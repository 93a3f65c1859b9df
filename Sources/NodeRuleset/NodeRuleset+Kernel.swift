internal import Logging
internal import Nftables
internal import Supervision

// How the kernel is read and written.

extension NodeRuleset {
    /// Makes the kernel hold the fragment and answers whether anything had to be done.
    @discardableResult
    func install(_ fragment: RulesetFragment) throws(NftablesError) -> Bool {
        var rebuilding = false
        var attempts = 0
        while true {
            do throws(NftablesError) {
                let contents = try contents(comparableWith: fragment)
                let kept = isSettled(fragment.name) ? wanted[fragment.name] : nil
                let difference = RulesetDifference(wanted: fragment, held: contents, kept: kept, rebuilding: rebuilding)
                try commit(difference.transactions)
                if !difference.isEmpty || kept == nil { held?.settle(fragment) }
                return !difference.isEmpty
            } catch {
                held = nil
                attempts += 1
                guard attempts < Self.attempts, error.isStale || !rebuilding, !error.isForbidden else { throw error }
                if !error.isStale {
                    rebuilding = true
                    logger.log(
                        .warning,
                        "rebuilding a capability's part of the table after an error",
                        [.nftTable: "\(table)", .capability: fragment.name, .error: "\(error)"]
                    )
                }
            }
        }
    }

    /// Does it again while others write in between.
    func retrying<Result>(
        _ body: () throws(NftablesError) -> Result
    ) throws(NftablesError) -> Result {
        var attempts = 0
        while true {
            do throws(NftablesError) {
                return try body()
            } catch {
                held = nil
                attempts += 1
                guard error.isStale, attempts < Self.attempts else { throw error }
            }
        }
    }

    /// How often a transaction is tried while others write in between.
    static let attempts = 10

    /// What is remembered of the table, or else what the kernel holds now, with the elements of planned sets where they
    /// are not known to be as planned.
    ///
    /// - Parameter fragment: what the contents are to be compared with.
    func contents(comparableWith fragment: RulesetFragment? = nil) throws(NftablesError) -> TableContents {
        if let held, fragment.map(held.covers) ?? true { return held.contents }
        let planned = Set(wanted.values.flatMap(\.plannedSetNames)).union(fragment?.plannedSetNames ?? [])
        let contents = try kernel.read(table, elementsOf: planned)
        held = HeldTable(contents)
        return contents
    }

    /// Commits the transactions that were made from what is remembered, one after the other.
    func commit(_ transactions: [[Operation]]) throws(NftablesError) {
        guard let generation = held?.contents.generation else { return }
        try commit(transactions, expecting: generation)
    }

    /// Commits the transactions one after the other, if the rulesets are of this generation.
    func commit(_ transactions: [[Operation]], expecting generation: UInt32) throws(NftablesError) {
        var generation = generation
        for operations in transactions {
            let transaction = Transaction(table, operations)
            if logger.logLevel <= .debug {
                logger.log(.debug, "committing to nftables", [.changes: transaction.commands])
            }
            try kernel.commit(transaction, expecting: generation)
            // Exactly ours lies between: the kernel has checked the number under the lock under which it counts.
            let next = Self.next(generation)
            if held?.contents.generation == generation { held?.contents.generation = next }
            generation = next
        }
    }

    /// The number of the generation after this one; the kernel leaves out 0.
    static func next(_ generation: UInt32) -> UInt32 {
        generation == .max ? 1 : generation + 1
    }
}
