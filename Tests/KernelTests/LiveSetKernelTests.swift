import LinuxSystem
import NetworkTypes
import Nftables
import NodeRuleset
import Testing

/// Elements with a time to live that their owner renews.
@Suite struct LiveSetKernelTests {
    private let host: FilterNamespace
    private let socket: NftablesSocket
    private let ruleset: NodeRuleset

    init() throws {
        host = try FilterNamespace()
        socket = try NftablesSocket.open(in: host.namespace)
        ruleset = NodeRuleset(kernel: socket)
    }

    private static let fragment = RulesetFragment(
        name: "test",
        chains: [
            PlannedChain(
                Chain("raw", base: BaseChain(.filter, .prerouting, priority: -300)),
                [Rule(.matchSet(.ip4(.destination), in: "answering"), .udpDestinationPort(53), .notrack)]
            )
        ],
        sets: [PlannedSet(SetDefinition("answering", key: [.ip4(.destination)], hasTimeout: true), .live)]
    )

    private func fill(_ last: [UInt8], seconds: UInt32) async throws {
        let elements = last.map {
            SetElement(.address(.v4(IPv4Address(10, 43, 0, $0))), timeoutSeconds: seconds)
        }
        try await ruleset.refill(["answering": elements], of: "test")
    }

    @Test func `a renewed element has its whole time to live, the new one, in one transaction`() async throws {
        try await ruleset.apply(Self.fragment)
        try await fill([10, 11], seconds: 30)
        #expect(try host.list().contains("10.43.0.10 timeout 30s"))
        let generation = try socket.generation()
        try await fill([10], seconds: 600)
        #expect(try socket.generation() == generation + 1)
        let listing = try host.list()
        #expect(listing.contains("10.43.0.10 timeout 10m expires 9m"))
        #expect(!listing.contains("10.43.0.11"))
    }

    @Test func `an element that lapsed is renewed too, and lapsing is no foreign change`() async throws {
        try await ruleset.apply(Self.fragment)
        try await fill([10], seconds: 1)
        let generation = try socket.generation()
        while try host.list().contains("10.43.0.10") { await Task.yield() }
        #expect(try socket.generation() == generation)
        try await fill([10], seconds: 600)
        #expect(try host.list().contains("10.43.0.10 timeout 10m"))
    }

    @Test(arguments: ["flush ruleset", "flush set inet linnet answering", "delete table inet linnet"])
    func `after what others do the set is there to be filled`(_ commands: String) async throws {
        try await ruleset.apply(Self.fragment)
        try await fill([10], seconds: 600)
        try host.load(commands)
        try await ruleset.repair()
        try await fill([10], seconds: 600)
        let listing = try host.list()
        #expect(listing.contains("10.43.0.10 timeout 10m"))
        #expect(listing.contains("notrack"))
    }
}
