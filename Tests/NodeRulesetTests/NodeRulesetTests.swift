import LinuxSystem
import NetworkTypes
import Nftables
import NodeRuleset
import Testing

/// Something that others do to the table.
struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: @Sendable (inout TableContents?) -> Void

    init(_ description: String, _ body: @escaping @Sendable (inout TableContents?) -> Void) {
        testDescription = description
        self.body = body
    }

    static let all = [
        Damage("the table is gone") { $0 = nil },
        Damage("a chain is empty") { $0?.chains["forward"]?.rules = [] },
        Damage("a foreign rule") { $0?.chains["forward"]?.rules.append(Rule(.drop)) },
        Damage("an element is gone") { $0?.sets["peers"]?.elements?.removeLast() },
        Damage("a foreign element") { $0?.sets["peers"]?.elements?.append(SetElement(Samples.address(9))) },
        Damage("a foreign chain") { $0?.chains["x"] = HeldChain(Chain("x"), []) },
        Damage("another policy") { $0?.chains["forward"]?.chain.base?.policy = .drop },
    ]
}

@Suite struct NodeRulesetTests {
    let kernel = FakeRulesetKernel()
    let ruleset: NodeRuleset
    let fragment = Samples.fragment([Samples.membership], [Samples.peers(1, 2)])

    init() {
        ruleset = NodeRuleset(kernel: kernel)
    }

    @Test func `a fragment is one transaction, and the same again is none`() async throws {
        try await ruleset.apply(fragment)
        try await ruleset.apply(fragment)
        #expect(kernel.log.count == 1)
        #expect(kernel.contents?.sets["peers"]?.elements?.count == 2)
    }

    @Test func `the kernel is called on a thread of its own`() async throws {
        try await ruleset.apply(fragment)
        #expect(kernel.thread == "ln-ruleset\n")
    }

    @Test func `a fragment that was there before the start is recognised and nothing is written`() async throws {
        try await ruleset.apply(fragment)
        try await NodeRuleset(kernel: kernel).apply(fragment)
        #expect(kernel.log.count == 1)
    }

    @Test func `the empty fragment removes its chains and sets, the last one the table`() async throws {
        let other = RulesetFragment(name: "other", chains: [Samples.regular("other")])
        try await ruleset.apply(fragment)
        try await ruleset.apply(other)
        try await ruleset.apply(.empty("test"))
        #expect(kernel.contents?.chains.keys.sorted() == ["other"])
        #expect(kernel.contents?.sets.isEmpty == true)
        try await ruleset.apply(.empty("other"))
        #expect(kernel.contents == nil)
    }

    @Test func `a key that is planned twice is there once and never drift`() async throws {
        try await ruleset.apply(Samples.fragment([Samples.membership], [Samples.peers(1, 2, 1)]))
        #expect(kernel.contents?.sets["peers"]?.elements?.count == 2)
        let count = try await ruleset.repair(always: true)
        #expect(count == 0)
        #expect(kernel.log.count == 1)
    }

    @Test func `the empty fragment without a table writes nothing`() async throws {
        try await ruleset.apply(.empty("test"))
        #expect(kernel.log.isEmpty)
    }

    @Test func `the table stays while a fragment of an earlier run is in it`() async throws {
        try await NodeRuleset(kernel: kernel).apply(fragment)
        try await ruleset.apply(.empty("other"))
        #expect(kernel.log.count == 1)
        #expect(kernel.contents?.chains["forward"] != nil)
    }

    @Test(arguments: Damage.all)
    func `what others change is made right and counted`(_ damage: Damage) async throws {
        try await ruleset.apply(fragment)
        let before = kernel.contents
        kernel.intrude { damage.body(&$0.tables[.linnet]) }
        let count = try await ruleset.repair()
        let again = try await ruleset.repair()
        #expect(count == 1)
        #expect(again == 0)
        let repairs = await ruleset.repairs
        #expect(repairs == 1)
        let chains = kernel.contents?.chains
        #expect(chains == before?.chains)
        #expect(kernel.contents?.sets == before?.sets)
    }

    @Test func `others' transactions on their own tables cause a look and no repair`() async throws {
        try await ruleset.apply(fragment)
        kernel.intrude { _ in }
        let count = try await ruleset.repair()
        #expect(count == 0)
        #expect(kernel.log.count == 1)
    }

    @Test func `a notified transaction on another table does not even cause a look`() async throws {
        try await ruleset.apply(fragment)
        let reads = kernel.reads
        kernel.intrude { _ in }
        let generation = try kernel.generation()
        let stranger = RulesetWriterProcess(portID: 7, processID: 7, name: "nft")
        let culprit = await ruleset.note(
            [.changed(Table("theirs"), portID: 7), .generation(generation, by: stranger)],
            ownPort: 1
        )
        #expect(culprit == nil)
        try await ruleset.repair()
        #expect(kernel.reads == reads)
    }

    @Test func `who changed our table is named, though the notification comes in two parts`() async throws {
        try await ruleset.apply(fragment)
        kernel.intrude { $0.tables[.linnet]?.chains["forward"]?.rules = [] }
        let generation = try kernel.generation()
        let stranger = RulesetWriterProcess(portID: 7, processID: 7, name: "nft")
        let first = await ruleset.note([.changed(.linnet, portID: 7)], ownPort: 1)
        let second = await ruleset.note([.generation(generation, by: stranger)], ownPort: 1)
        #expect(first == nil)
        #expect(second == stranger)
        let count = try await ruleset.repair()
        #expect(count == 1)
    }

    @Test func `somebody who writes in between makes the transaction be made anew`() async throws {
        try await ruleset.apply(fragment)
        kernel.intrudeBeforeNextCommit { $0.tables[.linnet] = nil }
        try await ruleset.apply(Samples.fragment([Samples.membership], [Samples.peers(1, 2, 3)]))
        #expect(kernel.contents?.sets["peers"]?.elements?.count == 3)
    }

    @Test(arguments: Damage.all)
    func `what others do again while it is made right is made right too`(_ damage: Damage) async throws {
        try await ruleset.apply(fragment)
        let before = kernel.contents
        kernel.intrude { $0.tables[.linnet] = nil }
        kernel.intrudeAfterNextCommit { damage.body(&$0.tables[.linnet]) }
        try await ruleset.repair()
        try await ruleset.repair()
        #expect(kernel.contents?.chains == before?.chains)
        #expect(kernel.contents?.sets == before?.sets)
    }

    @Test func `a fragment that is lost while another one is applied is made right`() async throws {
        try await ruleset.apply(fragment)
        var other = RulesetFragment(name: "other", chains: [PlannedChain(Chain("other-chain"), [])], sets: [])
        try await ruleset.apply(other)
        kernel.intrudeBeforeNextCommit { $0.tables[.linnet] = nil }
        other.chains = [PlannedChain(Chain("other-chain"), [Rule(.drop)])]
        try await ruleset.apply(other)
        try await ruleset.repair()
        #expect(kernel.contents?.chains["forward"]?.rules.isEmpty == false)
        #expect(kernel.contents?.chains["other-chain"]?.rules.isEmpty == false)
    }

    @Test func `an error makes the fragment be rebuilt`() async throws {
        try await ruleset.apply(fragment)
        kernel.failNextCommit(.exists)
        try await ruleset.apply(Samples.fragment([Samples.membership], [Samples.peers(3)]))
        #expect(kernel.log.last?.contains("flush chain inet linnet forward") == true)
        #expect(kernel.contents?.sets["peers"]?.elements == [SetElement(Samples.address(3))])
    }

    @Test func `live elements are neither compared nor lost`() async throws {
        let live = Samples.fragment([Samples.refresh], [PlannedSet(Samples.recent, .live)])
        try await ruleset.apply(live)
        try await ruleset.insert([SetElement(Samples.address(1))], into: "recent", of: "test")
        kernel.failNextCommit(.exists)
        try await ruleset.apply(
            Samples.fragment([Samples.refresh, Samples.regular("a")], [PlannedSet(Samples.recent, .live)])
        )
        #expect(kernel.contents?.sets["recent"]?.elements == [SetElement(Samples.address(1))])
        try await ruleset.remove([SetElement(Samples.address(1))], from: "recent", of: "test")
        #expect(kernel.contents?.sets["recent"]?.elements == [])
    }

    @Test(arguments: [
        ("a missing chain", Samples.fragment([Samples.forward([Rule(.jump("nowhere"))])])),
        ("a missing set", Samples.fragment([Samples.membership])),
        ("a missing chain of an element", Samples.fragment([], [Samples.services((1, .goto("nowhere")))])),
        ("two chains of a name", Samples.fragment([Samples.regular("a"), Samples.regular("a")])),
        ("another's chain", RulesetFragment(name: "second", chains: [Samples.regular("forward")])),
    ])
    func `a fragment that cannot be is refused and nothing is written`(
        _ name: String,
        _ wrong: RulesetFragment
    ) async throws {
        try await ruleset.apply(fragment)
        await #expect(throws: NftablesError.self) { try await ruleset.apply(wrong) }
        #expect(kernel.log.count == 1)
    }

    @Test func `one fragment that cannot be repaired does not keep others from it`() async throws {
        let other = RulesetFragment(name: "zother", chains: [Samples.regular("zother")])
        try await ruleset.apply(fragment)
        try await ruleset.apply(other)
        kernel.intrude { state in
            state.tables[.linnet]?.chains["zother"]?.rules = []
            // A foreign rule that refers to our set keeps it from being removed: EBUSY.
            state.tables[.linnet]?.chains["x"] = HeldChain(
                Chain("x", comment: "unknown"),
                [Rule(.matchSet(.ip4(.source), in: "peers"), .drop)]
            )
            state.tables[.linnet]?.sets["peers"]?.shape.size = 7
        }
        await #expect(throws: NftablesError.self) { try await ruleset.repair() }
        #expect(kernel.contents?.chains["zother"]?.rules == [Rule(.drop)])
    }
}
