import LinuxSystem
import Nftables
import NodeRuleset
import Synchronization

/// One network namespace's nf_tables in memory: it refuses what the kernel refuses, and a transaction that it refuses
/// changes nothing.
final class FakeRulesetKernel: RulesetKernel {
    struct State {
        var generation: UInt32 = 1
        var tables: [Table: TableContents] = [:]
        /// The transactions that were committed, as commands of nft.
        var log: [String] = []
        /// What the table held after each of them.
        var states: [TableContents] = []
        var reads = 0
        /// How often the number of the generation was asked for.
        var looks = 0
        /// The name of the thread that made the last commit.
        var thread: String?
        /// Called once before the next commit: what somebody else does in between.
        var intrusion: (@Sendable (inout State) -> Void)?
        /// The same, after it.
        var pursuit: (@Sendable (inout State) -> Void)?
        /// The errors of the next commits; nil is none.
        var nextFailures: [NftablesError?] = []
        /// The error of every commit.
        var refusal: Errno?
    }

    private let state = Mutex(State())

    var contents: TableContents? { state.withLock { $0.tables[.linnet] } }

    var log: [String] { state.withLock { $0.log } }

    var thread: String? { state.withLock { $0.thread } }

    var reads: Int { state.withLock { $0.reads } }

    var looks: Int { state.withLock { $0.looks } }

    /// What the table held after each commit since the last call.
    func takeStates() -> [TableContents] {
        state.withLock { state in
            defer { state.states = [] }
            return state.states
        }
    }

    /// What somebody else does now: each call is a generation.
    func intrude(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            state.generation += 1
        }
    }

    /// What somebody else does just before the next commit.
    func intrudeBeforeNextCommit(_ body: @escaping @Sendable (inout State) -> Void) {
        state.withLock { $0.intrusion = body }
    }

    /// What somebody else does just after the next commit.
    func intrudeAfterNextCommit(_ body: @escaping @Sendable (inout State) -> Void) {
        state.withLock { $0.pursuit = body }
    }

    func failNextCommit(_ errno: Errno, after successes: Int = 0) {
        let failure = NftablesError("commit", "a batch", .kernel(errno))
        state.withLock { $0.nextFailures = Array(repeating: nil, count: successes) + [failure] }
    }

    /// Makes every commit fail, until it is called with nil.
    func refuseCommits(_ errno: Errno?) {
        state.withLock { $0.refusal = errno }
    }

    func generation() throws(NftablesError) -> UInt32 {
        state.withLock { state in
            state.looks += 1
            return state.generation
        }
    }

    func read(_ table: Table, elementsOf sets: Set<String>) throws(NftablesError) -> TableContents {
        state.withLock { state in
            state.reads += 1
            guard var contents = state.tables[table] else {
                return TableContents(generation: state.generation, exists: false)
            }
            contents.generation = state.generation
            for name in contents.sets.keys where !sets.contains(name) { contents.sets[name]?.elements = nil }
            return contents
        }
    }

    /// No packet passes here.
    func drops(in table: Table) -> [DropCount] { [] }

    func commit(_ transaction: consuming Transaction, expecting generation: UInt32) throws(NftablesError) {
        let table = transaction.table
        let operations = transaction.operations
        let commands = transaction.commands
        let failure: NftablesError? = state.withLock { state in
            if let intrusion = state.intrusion {
                state.intrusion = nil
                intrusion(&state)
                state.generation += 1
            }
            guard state.generation == generation else {
                return NftablesError("commit", "a batch", .kernel(Errno(rawValue: 85)))
            }
            if let refusal = state.refusal {
                return NftablesError("commit", "a batch", .kernel(refusal))
            }
            if !state.nextFailures.isEmpty, let failure = state.nextFailures.removeFirst() { return failure }
            var changed = state.tables[table] ?? TableContents(generation: 0, exists: false)
            for operation in operations {
                if let errno = changed.perform(operation) {
                    return NftablesError("commit", operation.command(in: table), .kernel(errno))
                }
            }
            state.tables[table] = changed.exists ? changed : nil
            state.generation += 1
            state.log.append(commands)
            state.states.append(changed)
            if let pursuit = state.pursuit {
                state.pursuit = nil
                pursuit(&state)
                state.generation += 1
            }
            state.thread = try? Files.readText("/proc/thread-self/comm")
            return nil
        }
        if let failure { throw failure }
    }
}

extension TableContents {
    /// Does what the operation says, or answers why the kernel would not.
    mutating func perform(_ operation: Nftables.Operation) -> Errno? {
        guard exists || operation == .addTable else { return .noEntry }
        switch operation {
        case .addTable: exists = true
        case .wakeTable: isDormant = false
        case .deleteTable: self = TableContents(generation: generation, exists: false)
        case .createChain(let chain):
            guard chains[chain.name] == nil else { return .exists }
            chains[chain.name] = HeldChain(chain, [])
        case .setPolicy(let chain):
            guard chains[chain.name]?.chain.base != nil else { return .noEntry }
            chains[chain.name]?.chain.base?.policy = chain.base?.policy ?? .accept
        case .flushChain(let name):
            guard chains[name] != nil else { return .noEntry }
            chains[name]?.rules = []
        case .deleteChain(let name):
            guard let chain = chains[name] else { return .noEntry }
            guard chain.rules.isEmpty, !isReferred(chain: name) else { return .busy }
            chains[name] = nil
        case .addRule(let rule, let chain):
            guard chains[chain] != nil, rule.mentionedChains.allSatisfy({ chains[$0] != nil }),
                rule.mentionedSets.allSatisfy({ sets[$0] != nil })
            else { return .noEntry }
            chains[chain]?.rules.append(rule)
        case .createSet(let set):
            guard sets[set.name] == nil else { return .exists }
            sets[set.name] = HeldSet(name: set.name, shape: set.shape, elements: [])
        case .flushSet(let name):
            guard sets[name] != nil else { return .noEntry }
            sets[name]?.elements = []
        case .deleteSet(let name):
            guard sets[name] != nil else { return .noEntry }
            guard !chains.values.contains(where: { $0.rules.contains { $0.mentionedSets.contains(name) } }) else {
                return .busy
            }
            sets[name] = nil
        case .addElements(let elements, let set): return add(elements, to: set.name)
        case .deleteElements(let elements, let set): return delete(elements, from: set.name)
        }
        return nil
    }

    private mutating func add(_ elements: [SetElement], to name: String) -> Errno? {
        guard var present = sets[name]?.elements else { return .noEntry }
        var known = Dictionary(present.map { ($0.key, $0) }) { first, _ in first }
        for element in elements {
            if case .verdict(let verdict) = element.value, let chain = verdict.chain, chains[chain] == nil {
                return .noEntry
            }
            if let same = known[element.key] {
                guard same == element else { return .exists }
                continue
            }
            known[element.key] = element
            present.append(element)
        }
        sets[name]?.elements = present
        return nil
    }

    private mutating func delete(_ elements: [SetElement], from name: String) -> Errno? {
        guard let present = sets[name]?.elements else { return .noEntry }
        var keys = Set(present.map(\.key))
        for element in elements where keys.remove(element.key) == nil { return .noEntry }
        sets[name]?.elements = present.filter { keys.contains($0.key) }
        return nil
    }

    private func isReferred(chain name: String) -> Bool {
        let byRule = chains.values.contains { $0.rules.contains { $0.mentionedChains.contains(name) } }
        let byElement = sets.values.contains { set in
            (set.elements ?? []).contains { element in
                if case .verdict(let verdict) = element.value { verdict.chain == name } else { false }
            }
        }
        return byRule || byElement
    }
}

extension Rule {
    fileprivate var mentionedChains: [String] {
        expressions.compactMap { if case .verdict(let verdict) = $0 { verdict.chain } else { nil } }
    }

    fileprivate var mentionedSets: [String] {
        expressions.compactMap { expression in
            switch expression {
            case .lookup(let set, _, _, _): set
            case .dynamicSet(let update): update.set
            default: nil
            }
        }
    }
}
