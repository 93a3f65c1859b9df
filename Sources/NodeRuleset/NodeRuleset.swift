package import LinuxSystem
package import Logging
package import Nftables
internal import Supervision

/// The only committer of the table `linnet`: capabilities hand in their fragments, it keeps the kernel in step.
///
/// It remembers what the kernel held at which generation of the rulesets. While the generation is the same, a fragment
/// is compared with the memory; when it is another, somebody has written, and the table is read again. Each transaction
/// names the generation that it was made for, so that the kernel refuses it if somebody wrote in between.
package actor NodeRuleset: RulesetWriter {
    private nonisolated let thread: KernelThread
    private let kernel: any RulesetKernel
    let table: Table
    private let logger: Logger
    /// The fragments that were applied, by name; not the empty ones.
    private(set) var wanted: [String: RulesetFragment] = [:]
    /// What the kernel holds, as far as is known; nil if that is unknown.
    private var held: TableContents?
    /// Whether every fragment was compared with what is held. What is read anew, for whatever reason, may lack what
    /// others removed in between.
    private var isCompared = false
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
        try check(fragment)
        // What others changed meanwhile is made right and counted first. A fragment that fails there is not this one's
        // concern: the watch tries again and reports it.
        _ = try? repairIfChanged()
        let previous = wanted[fragment.name]
        wanted[fragment.name] = fragment.isEmpty ? nil : fragment
        do throws(NftablesError) {
            try install(fragment)
            try removeUnusedTable()
        } catch {
            // The last fragment that fitted stays the one to be kept true.
            wanted[fragment.name] = previous
            throw error
        }
    }

    package func amend(_ change: FragmentChange) async throws(NftablesError) {
        guard var fragment = wanted[change.name] else {
            throw NftablesError("amend", "fragment \(change.name)", .invalid("it was not applied"))
        }
        fragment.apply(change)
        try await apply(fragment)
    }

    /// Refuses what would fail in the kernel with less to say, or what would take another fragment's place.
    private func check(_ fragment: RulesetFragment) throws(NftablesError) {
        var problem = fragment.firstProblem
        let chains = Set(fragment.chains.map(\.chain.name))
        let sets = Set(fragment.sets.map(\.definition.name))
        for other in wanted.values where other.name != fragment.name && problem == nil {
            if let chain = other.chains.first(where: { chains.contains($0.chain.name) }) {
                problem = "fragment \(other.name) has a chain \(chain.chain.name) already"
            }
            if let set = other.sets.first(where: { sets.contains($0.definition.name) }) {
                problem = "fragment \(other.name) has a set \(set.definition.name) already"
            }
        }
        guard let problem else { return }
        throw NftablesError("apply", "fragment \(fragment.name)", .invalid(problem))
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
        guard try generationIsNew() || always else { return 0 }
        let known = isCompared ? held?.generation : nil
        if always { held = nil }
        var count = 0
        defer {
            repairs += count
            // Nobody can have touched live elements without another generation.
            if known == nil || held?.generation != known { doubt() }
        }
        for _ in 0..<Self.attempts {
            // Reading takes this back: then others wrote meanwhile, and what was compared before may be gone.
            isCompared = true
            do throws(NftablesError) {
                try repairOnce(&count)
            } catch {
                isCompared = false
                throw error
            }
            if isCompared { break }
        }
        return count
    }

    private func repairOnce(_ count: inout Int) throws(NftablesError) {
        var failure: NftablesError?
        for fragment in wanted.values.sorted(by: { $0.name < $1.name }) {
            do throws(NftablesError) {
                if try install(fragment) { count += 1 }
            } catch {
                if failure == nil { failure = error }
            }
        }
        if let failure { throw failure }
        if try removeStrays() { count += 1 }
    }

    private func generationIsNew() throws(NftablesError) -> Bool {
        guard let held, isCompared else { return true }
        return try kernel.generation() != held.generation
    }

    /// Removes what somebody else has put into the table.
    private func removeStrays() throws(NftablesError) -> Bool {
        try retrying { () throws(NftablesError) in
            let contents = try contents()
            let strays = RulesetDifference(strayIn: contents)
            try commit(strays.transactions, to: contents)
            if !strays.isEmpty { held = nil }
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
                } else if let known = held?.generation, generation == Self.next(known) {
                    held?.generation = generation
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
    private func install(_ fragment: RulesetFragment) throws(NftablesError) -> Bool {
        var rebuilding = false
        var attempts = 0
        while true {
            do throws(NftablesError) {
                let contents = try contents()
                let difference = RulesetDifference(wanted: fragment, held: contents, rebuilding: rebuilding)
                try commit(difference.transactions, to: contents)
                if !difference.isEmpty { remember(fragment) }
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
    private static let attempts = 10

    /// What the kernel holds now, with the elements of all planned sets: from memory, if that is of today.
    func contents() throws(NftablesError) -> TableContents {
        let planned = Set(wanted.values.flatMap(\.plannedSetNames))
        if let held, try kernel.generation() == held.generation,
            planned.allSatisfy({ held.sets[$0]?.elements != nil || held.sets[$0] == nil })
        {
            return held
        }
        let contents = try kernel.read(table, elementsOf: planned)
        held = contents
        isCompared = false
        return contents
    }

    /// Commits the transactions that were made from these contents, one after the other.
    func commit(_ transactions: [[Operation]], to contents: TableContents) throws(NftablesError) {
        var generation = contents.generation
        for operations in transactions {
            let transaction = Transaction(table, operations)
            if logger.logLevel <= .debug {
                logger.log(.debug, "committing to nftables", [.changes: transaction.commands])
            }
            try kernel.commit(transaction, expecting: generation)
            // Exactly ours lies between: the kernel has checked the number under the lock under which it counts.
            generation = Self.next(generation)
            held?.generation = generation
        }
    }

    /// The number of the generation after this one; the kernel leaves out 0.
    private static func next(_ generation: UInt32) -> UInt32 {
        generation == .max ? 1 : generation + 1
    }

    /// Notes that the kernel holds the fragment, exactly.
    private func remember(_ fragment: RulesetFragment) {
        guard var contents = held else { return }
        contents.exists = contents.exists || !fragment.isEmpty
        if !fragment.isEmpty { contents.isDormant = false }
        contents.chains = contents.chains.filter {
            RulesetFragment.owner(in: $0.value.chain.comment) != fragment.name
        }
        contents.sets = contents.sets.filter { RulesetFragment.owner(in: $0.value.shape.comment) != fragment.name }
        for chain in fragment.ownedChains {
            contents.chains[chain.chain.name] = HeldChain(chain.chain, chain.rules)
        }
        for set in fragment.ownedSets {
            let name = set.definition.name
            var elements: [SetElement]?
            if case .planned(let planned) = set.contents { elements = Array(planned) }
            contents.sets[name] = HeldSet(name: name, shape: set.definition.shape, elements: elements)
        }
        held = contents
    }

    /// The table goes when nothing is in it any more.
    private func removeUnusedTable() throws(NftablesError) {
        guard wanted.isEmpty else { return }
        try retrying { () throws(NftablesError) in
            let contents = try contents()
            guard contents.exists, contents.chains.isEmpty, contents.sets.isEmpty else { return }
            try commit([[.deleteTable]], to: contents)
            held?.exists = false
        }
    }
}
