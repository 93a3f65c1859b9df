package import LinuxSystem
package import Logging
package import Nftables
internal import Supervision

/// The only committer of the table `linnet`: capabilities hand in their fragments, it keeps the kernel in step.
///
/// It remembers what the kernel held at which generation of the rulesets. While the generation is the same, a fragment
/// is compared with the memory, and a change of one with nothing; when it is another, somebody has written, and the table
/// is read again. Each transaction names the generation that it was made for, so that the kernel refuses it if somebody
/// wrote in between.
package actor NodeRuleset: RulesetWriter {
    private nonisolated let thread: KernelThread
    let kernel: any RulesetKernel
    let table: Table
    let logger: Logger
    /// The fragments that were applied, by name; not the empty ones.
    var wanted: [String: RulesetFragment] = [:]
    /// What the kernel holds, as far as is known; nil if that is unknown.
    var held: HeldTable?
    /// Whether notifications of a transaction that is not complete yet were about the table.
    private var isTouched = false
    /// Who puts elements into live sets, and wants to know when they may be gone.
    var doubters: [AsyncStream<Void>.Continuation] = []

    /// How often something in the table was found changed by others and was made right.
    package private(set) var repairs = 0

    /// Its calls to the kernel block, so it runs on the thread it is given. That is named as the capability's own thread
    /// is, so that a crash on it is the capability's too.
    package init(
        kernel: any RulesetKernel,
        table: Table = .linnet,
        thread: KernelThread = KernelThread(name: "ln-ruleset"),
        logger: Logger = Logger(label: "linnet.ruleset")
    ) {
        self.kernel = kernel
        self.table = table
        self.thread = thread
        self.logger = logger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.isolation }

    // MARK: Fragments

    package func apply(_ fragment: RulesetFragment) async throws(NftablesError) {
        let problem = fragment.firstProblem ?? claim(of: fragment.chains, fragment.sets, by: fragment.name)
        if let problem { throw NftablesError("apply", "fragment \(fragment.name)", .invalid(problem)) }
        try lookForChanges()
        try install(fragment)
        try keep(fragment)
    }

    /// What others changed meanwhile is made right and counted first. A fragment that fails there is not the concern of
    /// one that is handed in: the watch tries again and reports it.
    func lookForChanges() throws(NftablesError) {
        if wanted.isEmpty {
            _ = try isOfToday()
        } else {
            _ = try? repairIfChanged()
        }
    }

    /// Notes that the fragment is there and is to be kept true. Until then the last one that fitted is.
    func keep(_ fragment: RulesetFragment) throws(NftablesError) {
        wanted[fragment.name] = fragment.isEmpty ? nil : fragment
        guard fragment.isEmpty else { return }
        held?.forget(fragment.name)
        try removeUnusedTable()
    }

    /// What says that another fragment has a chain or set of one of these names.
    func claim(of chains: [PlannedChain], _ sets: [PlannedSet], by fragment: String) -> String? {
        let chainNames = Set(chains.map(\.chain.name))
        let setNames = Set(sets.map(\.definition.name))
        if chainNames.isEmpty, setNames.isEmpty { return nil }
        for other in wanted.values where other.name != fragment {
            if let chain = other.chains.first(where: { chainNames.contains($0.chain.name) }) {
                return "fragment \(other.name) has a chain \(chain.chain.name) already"
            }
            if let set = other.sets.first(where: { setNames.contains($0.definition.name) }) {
                return "fragment \(other.name) has a set \(set.definition.name) already"
            }
        }
        return nil
    }

    // MARK: Repair

    /// Compares the table with the fragments and makes right what others changed: if the rulesets are of another
    /// generation than was known, or `always`. Answers how much was wrong, 0 or more. Every fragment is tried, then the
    /// first error is thrown.
    @discardableResult
    package func repair(always: Bool = false) async throws(NftablesError) -> Int {
        try repairIfChanged(always: always)
    }

    private func repairIfChanged(always: Bool = false) throws(NftablesError) -> Int {
        guard !wanted.isEmpty else { return 0 }
        let isKnown = try isOfToday() && isCompared
        if isKnown, !always { return 0 }
        let known = isKnown ? held?.contents.generation : nil
        if always { held = nil }
        var count = 0
        defer {
            repairs += count
            // Nobody can have touched live elements without another generation.
            if known == nil || held?.contents.generation != known { doubt() }
        }
        for _ in 0..<Self.rounds {
            try repairOnce(&count)
            // Else others wrote meanwhile, and what was compared before the table was read anew may be gone.
            if isCompared { break }
        }
        return count
    }

    private func repairOnce(_ count: inout Int) throws(NftablesError) {
        var failure: NftablesError?
        for fragment in wanted.values.sorted(by: { $0.name < $1.name }) where !isSettled(fragment.name) {
            do throws(NftablesError) {
                if try install(fragment) { count += 1 }
            } catch {
                if failure == nil { failure = error }
            }
        }
        if let failure { throw failure }
        if try removeStrays() { count += 1 }
    }

    /// Whether the rulesets are of the generation that is remembered. If not, nothing is remembered any more.
    private func isOfToday() throws(NftablesError) -> Bool {
        guard let known = held?.contents.generation else { return false }
        do throws(NftablesError) {
            if try kernel.generation() == known { return true }
        } catch {
            held = nil
            throw error
        }
        held = nil
        return false
    }

    /// Whether every fragment was compared with what is held.
    private var isCompared: Bool {
        guard let held else { return false }
        return held.isSwept && wanted.keys.allSatisfy(held.settled.contains)
    }

    /// Whether the kernel is known to hold the fragment exactly as it is kept.
    func isSettled(_ fragment: String) -> Bool { held?.settled.contains(fragment) == true }

    /// Removes what somebody else has put into the table.
    private func removeStrays() throws(NftablesError) -> Bool {
        if held?.isSwept == true { return false }
        return try retrying { () throws(NftablesError) in
            let strays = RulesetDifference(strayIn: try contents())
            try commit(strays.transactions)
            held?.sweep()
            return !strays.isEmpty
        }
    }

    /// Keeps the memory in step with notifications: transactions of others on their own tables only change the number
    /// of the generation. Answers who changed our table, if somebody did; `repair` then finds what.
    package func note(
        _ notifications: [NftablesNotification],
        ownPort: UInt32
    ) async -> RulesetWriterProcess? {
        var culprit: RulesetWriterProcess?
        for notification in notifications {
            switch notification {
            case .changed(let changed, let port):
                if changed == table, port != ownPort { isTouched = true }
            case .generation(let generation, let process):
                if isTouched {
                    culprit = process
                } else if let known = held?.contents.generation, generation == Self.next(known) {
                    held?.contents.generation = generation
                }
                isTouched = false
            case .resynchronise:
                // What was lost may have been about our table.
                held = nil
            }
        }
        return culprit
    }

    // MARK: Counters

    /// What the table's rules have dropped since they were made; empty if it cannot be read now.
    package var drops: [DropCount] {
        guard !wanted.isEmpty else { return [] }
        return (try? kernel.drops(in: table)) ?? []
    }

    // MARK: The kernel

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
    private func retrying<Result>(
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

    /// How often the whole table is gone through while others write in between. Their writes wake another repair, and one
    /// that went on as long as they do would hide how often they write.
    private static let rounds = 2

    /// How often a transaction is tried while others write in between.
    static let attempts = 10

    /// What is remembered of the table, or else what the kernel holds now, with the elements of planned sets where they
    /// are not known to be as planned.
    ///
    /// - Parameter fragment: what the contents are to be compared with.
    private func contents(comparableWith fragment: RulesetFragment? = nil) throws(NftablesError) -> TableContents {
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
    private static func next(_ generation: UInt32) -> UInt32 {
        generation == .max ? 1 : generation + 1
    }

    /// The table goes when nothing is in it any more.
    private func removeUnusedTable() throws(NftablesError) {
        guard wanted.isEmpty else { return }
        try retrying { () throws(NftablesError) in
            let contents = try contents()
            guard contents.exists, contents.chains.isEmpty, contents.sets.isEmpty else { return }
            try commit([[.deleteTable]])
            held?.contents.exists = false
        }
    }
}
