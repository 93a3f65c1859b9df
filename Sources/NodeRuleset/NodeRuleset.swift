package import LinuxSystem
package import Logging
package import Nftables

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
    var isTouched = false
    /// Who puts elements into live sets, and wants to know when they may be gone.
    var doubters: [AsyncStream<Void>.Continuation] = []

    /// How often something in the table was found changed by others and was made right.
    package internal(set) var repairs = 0

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

    /// What the table's rules have dropped since they were made; empty if it cannot be read now.
    package var drops: [DropCount] {
        guard !wanted.isEmpty else { return [] }
        return (try? kernel.drops(in: table)) ?? []
    }
}
