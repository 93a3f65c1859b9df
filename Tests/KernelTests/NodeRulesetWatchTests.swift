import LinuxSystem
import NetworkTypes
import Nftables
import NodeRuleset
import Testing

@Suite(.timeLimit(.minutes(1))) struct NodeRulesetWatchTests {
    private typealias Watch = RulesetWatch<ContinuousClock>

    @Test(arguments: ["delete table inet linnet", "flush ruleset", "flush chain inet linnet forward"])
    func `what nft destroys is back soon, and nft is named`(_ commands: String) async throws {
        let host = try FilterNamespace()
        let socket = try NftablesSocket.open(in: host.namespace)
        let monitor = try NftablesMonitor.open(in: host.namespace)
        let ruleset = NodeRuleset(kernel: socket)
        let chain = Chain("forward", base: BaseChain(.filter, .forward, priority: 0))
        try await ruleset.apply(
            RulesetFragment(name: "test", chains: [PlannedChain(chain, [Rule(.counter, .accept)])])
        )
        let listing = try host.list()
        let watch = Watch(of: ruleset, notifications: monitor, ownPort: socket.portID, audit: .seconds(600))
        let (events, continuation) = AsyncStream<Watch.Event>.makeStream()
        try await withThrowingTaskGroup { group in
            group.addTask { await watch.run { continuation.yield($0) } }
            for await event in events where event == .waiting { break }
            // Others' own tables are no matter; the first event about ours is the repair.
            try host.load("add table ip theirs\n\(commands)")
            for await event in events {
                guard case .repaired(let count, let author) = event else { continue }
                #expect(count == 1)
                #expect(author?.name == "nft")
                break
            }
            group.cancelAll()
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
