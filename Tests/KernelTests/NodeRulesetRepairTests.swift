import LinuxSystem
import NetworkTypes
import Nftables
import NodeRuleset
import Supervision
import Testing

@Suite(.timeLimit(.minutes(1))) struct NodeRulesetRepairTests {
    @Test(arguments: [
        "delete table inet linnet", "flush ruleset", "flush chain inet linnet forward",
        "add table inet linnet { flags dormant; }",
    ])
    func `what nft destroys is back soon`(_ commands: String) async throws {
        let host = try FilterNamespace()
        let socket = try NftablesSocket.open(in: host.namespace)
        let monitor = try NftablesMonitor.open(in: host.namespace)
        let ruleset = NodeRuleset(kernel: socket)
        let chain = Chain("forward", base: BaseChain(.filter, .forward, priority: 0))
        try await ruleset.apply(
            RulesetFragment(name: "test", chains: [PlannedChain(chain, [Rule(.counter, .accept)])])
        )
        let listing = try host.list()
        let capability = NodeRulesetCapability(
            ruleset,
            hearing: monitor,
            ownPort: socket.portID,
            audit: .seconds(600)
        )
        let board = HealthBoard { .zero }
        board.add(capability.name)
        try await withThrowingTaskGroup { group in
            group.addTask { try await capability.run(reporting: HealthReporter(capability.name, on: board)) }
            for await _ in board.changes(startingNow: true) where board.snapshot().first?.state == .ready { break }
            // Others' own tables are no matter.
            try host.load("add table ip theirs\n\(commands)")
            for await _ in board.changes(startingNow: true) where await ruleset.repairs == 1 { break }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try host.list() == listing)
    }

    @Test func `our own transactions are heard and cause no look at the table`() async throws {
        let host = try FilterNamespace()
        let socket = try NftablesSocket.open(in: host.namespace)
        let monitor = try NftablesMonitor.open(in: host.namespace)
        let ruleset = NodeRuleset(kernel: socket)
        for name in ["a", "b"] {
            try await ruleset.apply(RulesetFragment(name: name, chains: [PlannedChain(Chain(name), [Rule(.drop)])]))
        }
        let notifications = try monitor.drain()
        #expect(!notifications.isEmpty)
        let author = await ruleset.note(notifications, ownPort: socket.portID)
        #expect(author == nil)
        let count = try await ruleset.repair()
        #expect(count == 0)
    }
}
