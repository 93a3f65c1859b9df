import LinuxSystem
import Nftables
import NodeRuleset
import Testing

/// Elements that come and go while their fragment stays.
@Suite struct LiveSetTests {
    private let kernel = FakeRulesetKernel()
    private let ruleset: NodeRuleset
    private let fragment = Samples.fragment([Samples.refresh], [PlannedSet(Samples.recent, .live)])

    init() {
        ruleset = NodeRuleset(kernel: kernel)
    }

    private func element(_ last: UInt8, seconds: UInt32 = 30) -> SetElement {
        SetElement(Samples.address(last), timeoutSeconds: seconds)
    }

    private var present: [SetElement]? { kernel.contents?.sets["recent"]?.elements }

    @Test func `elements are replaced in one transaction, without a look at the table`() async throws {
        try await ruleset.apply(fragment)
        try await ruleset.refill(["recent": [element(1), element(2)]], of: "test")
        let reads = kernel.reads
        try await ruleset.refill(["recent": [element(2, seconds: 3)]], of: "test")
        #expect(present == [element(2, seconds: 3)])
        #expect(kernel.log.count == 3)
        #expect(kernel.reads == reads)
        try await ruleset.refill(["recent": []], of: "test")
        #expect(present == [])
    }

    @Test func `a set that went with its table is filled once that is made right`() async throws {
        try await ruleset.apply(fragment)
        var doubts = await ruleset.doubts().makeAsyncIterator()
        kernel.intrude { $0.tables[.linnet] = nil }
        let error = await #expect(throws: NftablesError.self) {
            try await ruleset.refill(["recent": [element(1)]], of: "test")
        }
        #expect(error?.errno == .noEntry)
        let repairs = try await ruleset.repair()
        #expect(repairs == 1)
        await doubts.next()
        try await ruleset.refill(["recent": [element(1)]], of: "test")
        #expect(present == [element(1)])
    }

    @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
    func `a look at the table is a doubt only if others wrote since the last one`(
        always: Bool,
        hasChange: Bool
    ) async throws {
        try await ruleset.apply(fragment)
        try await ruleset.refill(["recent": [element(1)]], of: "test")
        try await ruleset.repair(always: true)
        let doubts = await ruleset.doubts()
        if hasChange { kernel.intrude { $0.tables[.linnet]?.sets["recent"]?.elements = [] } }
        try await ruleset.repair(always: always)
        let waiting = Task {
            for await _ in doubts { return true }
            return false
        }
        // What is there already is told to one that is cancelled, too.
        waiting.cancel()
        #expect(await waiting.value == hasChange)
    }

    @Test func `whoever fills a set is told when others may have emptied it`() async throws {
        try await ruleset.apply(fragment)
        var doubts = await ruleset.doubts().makeAsyncIterator()
        try await ruleset.refill(["recent": [element(1)]], of: "test")
        kernel.intrude { $0.tables[.linnet]?.sets["recent"]?.elements = [] }
        let repairs = try await ruleset.repair()
        #expect(repairs == 0)
        await doubts.next()
        try await ruleset.refill(["recent": [element(1)]], of: "test")
        #expect(present == [element(1)])
    }

    @Test(arguments: ["absent", "peers"])
    func `only live sets of the fragment are filled`(name: String) async throws {
        try await ruleset.apply(Samples.fragment([Samples.membership], [Samples.peers(1)]))
        let error = await #expect(throws: NftablesError.self) {
            try await ruleset.refill([name: [element(2)]], of: "test")
        }
        #expect(error?.description.contains("no live set") == true)
        #expect(kernel.log.count == 1)
    }
}
