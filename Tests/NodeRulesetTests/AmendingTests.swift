import LinuxSystem
import Nftables
import NodeRuleset
import SeededNumbers
import Testing

/// Changes of a fragment in a kernel that refuses what the kernel would refuse.
@Suite struct AmendingTests {
    private let kernel = FakeRulesetKernel()
    private let ruleset: NodeRuleset

    init() {
        ruleset = NodeRuleset(kernel: kernel)
    }

    /// So many services with so many endpoints.
    private static func layout(_ services: UInt16, _ count: Int, pod: UInt8 = 1) -> Balancing {
        Balancing(
            pods: Dictionary(uniqueKeysWithValues: (0..<services).map { ($0, Array(repeating: pod, count: count)) })
        )
    }

    private static func random(_ random: inout SeededNumbers) -> Balancing {
        var pods: [UInt16: [UInt8]] = [:]
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let count = Int.random(in: 0...4, using: &random)
            pods[UInt16.random(in: 0...9, using: &random)] = (0..<count).map { _ in
                UInt8.random(in: 1...3, using: &random)
            }
        }
        return Balancing(pods: pods)
    }

    /// What the kernel holds after the fragment alone was handed in.
    private func scratch(_ fragment: RulesetFragment) async throws -> TableContents? {
        let kernel = FakeRulesetKernel()
        try await NodeRuleset(kernel: kernel).apply(fragment)
        return kernel.contents?.withoutOrder
    }

    @Test(arguments: 0..<30)
    func `any changes end at what handing in the whole would, and no packet misses an endpoint`(
        _ seed: UInt64
    ) async throws {
        var random = SeededNumbers(seed: seed)
        var layout = Balancing(pods: [:])
        try await ruleset.apply(layout.fragment)
        for _ in 0..<10 {
            let next = Self.random(&random)
            let start = kernel.contents
            _ = kernel.takeStates()
            let isWhole = Bool.random(using: &random)
            if isWhole {
                try await ruleset.apply(next.fragment)
            } else {
                try await ruleset.amend(next.change(from: layout))
            }
            Balancing.expectNoHoles(from: layout, to: next, start, kernel.takeStates())
            let whole = try await scratch(next.fragment)
            #expect(kernel.contents?.withoutOrder == whole)
            layout = next
        }
        // Nothing was read again, and nothing is left to do.
        #expect(kernel.reads == 1)
        let written = kernel.log.count
        try await ruleset.apply(layout.fragment)
        let repairs = try await ruleset.repair(always: true)
        #expect(repairs == 0 && kernel.log.count == written)
    }

    @Test(arguments: [false, true])
    func `no packet misses an endpoint while more services than fit into a transaction change their chain`(
        isWhole: Bool
    ) async throws {
        var layout = Self.layout(1500, 2)
        try await ruleset.apply(layout.fragment)
        for next in [Self.layout(1500, 3), Self.layout(1400, 1, pod: 2), Self.layout(1500, 2)] {
            let start = kernel.contents
            _ = kernel.takeStates()
            if isWhole {
                try await ruleset.apply(next.fragment)
            } else {
                try await ruleset.amend(next.change(from: layout))
            }
            let states = kernel.takeStates()
            #expect(states.count > 4)
            Balancing.expectNoHoles(from: layout, to: next, start, states)
            let whole = try await scratch(next.fragment)
            #expect(kernel.contents?.withoutOrder == whole)
            layout = next
        }
    }

    @Test func `no transaction of a large change is long`() async throws {
        let before = Self.layout(1500, 2)
        let after = Self.layout(1500, 3)
        try await ruleset.apply(before.fragment)
        _ = kernel.takeStates()
        try await ruleset.amend(after.change(from: before))
        // The new chain, 1,500 endpoints and 3,000 for services of which each is two, and the old chain.
        let count = kernel.takeStates().count
        #expect(count == 1 + 5 + 1)
    }

    @Test func `nothing packets reach leads to a map before it is filled`() async throws {
        try await ruleset.apply(Self.layout(1500, 1).fragment)
        let states = kernel.takeStates()
        let last = try #require(states.last)
        for state in states where state.chains["forward"] != nil {
            #expect(state.sets["services"]?.elements?.count == last.sets["services"]?.elements?.count)
            #expect(state.sets["endpoints"]?.elements?.count == last.sets["endpoints"]?.elements?.count)
        }
    }

    // MARK: Messages

    @Test func `to amend asks for the generation once, and reads nothing`() async throws {
        let layout = Self.layout(3, 2)
        try await ruleset.apply(layout.fragment)
        try await ruleset.apply(layout.fragment)
        let (reads, looks) = (kernel.reads, kernel.looks)
        _ = kernel.takeStates()
        let change = ElementChange(added: Balancing.endpoints(0, [9]))
        try await ruleset.amend(Samples.change(elements: ["endpoints": change]))
        #expect(kernel.reads == reads)
        #expect(kernel.looks == looks + 1)
        #expect(kernel.takeStates().count == 1)
    }

    @Test func `the same again asks for the generation once, and writes nothing`() async throws {
        let layout = Self.layout(3, 2)
        try await ruleset.apply(layout.fragment)
        try await ruleset.apply(layout.fragment)
        let (reads, looks, written) = (kernel.reads, kernel.looks, kernel.log.count)
        try await ruleset.apply(layout.fragment)
        try await ruleset.amend(Samples.change())
        try await ruleset.amend(layout.change(from: layout))
        #expect(kernel.reads == reads)
        #expect(kernel.looks == looks + 3)
        #expect(kernel.log.count == written)
    }

    @Test func `what others changed is made right before the change, and counted`() async throws {
        let (before, after) = (Self.layout(3, 2), Self.layout(3, 3))
        try await ruleset.apply(before.fragment)
        kernel.intrude { $0.tables[.linnet] = nil }
        try await ruleset.amend(after.change(from: before))
        let whole = try await scratch(after.fragment)
        #expect(kernel.contents?.withoutOrder == whole)
        let repairs = await ruleset.repairs
        #expect(repairs == 1)
    }

    @Test func `what others change in between is made right`() async throws {
        let (before, after) = (Self.layout(3, 2), Self.layout(3, 3))
        try await ruleset.apply(before.fragment)
        kernel.intrudeBeforeNextCommit { $0.tables[.linnet]?.sets["endpoints"]?.elements = [] }
        try await ruleset.amend(after.change(from: before))
        let whole = try await scratch(after.fragment)
        #expect(kernel.contents?.withoutOrder == whole)
    }

    // MARK: Errors

    @Test(arguments: 0..<5)
    func `an error in the middle is made good by a look at the whole`(_ successes: Int) async throws {
        let (before, after) = (Self.layout(600, 2), Self.layout(600, 3))
        try await ruleset.apply(before.fragment)
        kernel.failNextCommit(.noMemory, after: successes)
        try await ruleset.amend(after.change(from: before))
        let whole = try await scratch(after.fragment)
        #expect(kernel.contents?.withoutOrder == whole)
    }

    @Test func `a change that failed is not kept, and the whole makes it good`() async throws {
        let (before, after) = (Self.layout(3, 2), Self.layout(3, 3))
        try await ruleset.apply(before.fragment)
        kernel.refuseCommits(.noMemory)
        await #expect(throws: NftablesError.self) { try await ruleset.amend(after.change(from: before)) }
        kernel.refuseCommits(nil)
        let repairs = try await ruleset.repair()
        #expect(repairs == 0)
        let old = try await scratch(before.fragment)
        #expect(kernel.contents?.withoutOrder == old)
        try await ruleset.apply(after.fragment)
        let new = try await scratch(after.fragment)
        #expect(kernel.contents?.withoutOrder == new)
    }

    static let wrong: [(String, FragmentChange)] = [
        ("a set that is not there", Samples.change(elements: ["absent": ElementChange(added: [Samples.member(1)])])),
        (
            "a chain that is not there",
            Samples.change(elements: ["services": ElementChange(added: [Balancing.frontend(1, 7)])])
        ),
        ("a chain that goes", Samples.change(lostChains: ["to-2"])),
        ("a rule to a chain that goes", Samples.change(chains: [Samples.regular("b", [Rule(.goto("a"))])])),
        ("a rule that uses a set that goes", Samples.change(chains: [Samples.membership], lostSets: ["peers"])),
        ("two chains of a name", Samples.change(chains: [Samples.regular("b"), Samples.regular("b")])),
        ("another's chain", Samples.change(chains: [Samples.regular("other")])),
    ]

    @Test(arguments: wrong)
    func `a change that cannot be is refused, and nothing stays of it`(
        _ name: String,
        _ change: FragmentChange
    ) async throws {
        let layout = Self.layout(3, 2)
        try await ruleset.apply(RulesetFragment(name: "second", chains: [Samples.regular("other")]))
        try await ruleset.apply(layout.fragment)
        let before = kernel.contents?.withoutOrder
        await #expect(throws: NftablesError.self) { try await ruleset.amend(change) }
        #expect(kernel.contents?.withoutOrder == before)
        let repairs = try await ruleset.repair(always: true)
        #expect(repairs == 0)
    }
}
