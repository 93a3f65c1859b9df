import LinuxSystem
import NetworkTypes
import Nftables
import NodeRuleset
import Testing

/// Changes of an applied fragment: a service gets more endpoints, fewer, and goes with its chain.
@Suite struct NodeRulesetAmendTests {
    private let host: FilterNamespace
    private let socket: NftablesSocket
    private let ruleset: NodeRuleset

    init() throws {
        host = try FilterNamespace()
        socket = try NftablesSocket.open(in: host.namespace)
        ruleset = NodeRuleset(kernel: socket)
    }

    private static func frontend(_ count: Int) -> SetElement {
        SetElement(ServiceLayout.service(1), .l4proto(.tcp), .port(80), verdict: .goto("lb-\(count)"))
    }

    private static func backend(_ index: UInt32) -> SetElement {
        SetElement(
            ServiceLayout.service(1),
            .l4proto(.tcp),
            .port(80),
            .number(index),
            data: [ServiceLayout.pod(7), .port(8080)]
        )
    }

    /// From two endpoints to four, for which there is no chain yet.
    private static let growth = FragmentChange(
        name: "balancer",
        chains: [ServiceLayout.balance(4)],
        elements: [
            "services": ElementChange(added: [frontend(4)]),
            "endpoints": ElementChange(added: [backend(2), backend(3)]),
        ],
        lostChains: ["lb-2"]
    )

    /// And back.
    private static let shrinking = FragmentChange(
        name: "balancer",
        chains: [ServiceLayout.balance(2)],
        elements: [
            "services": ElementChange(added: [frontend(2)]),
            "endpoints": ElementChange(removed: [backend(2), backend(3)]),
        ],
        lostChains: ["lb-4"]
    )

    /// What a namespace lists in which the fragment alone was handed in. Objects made later stand at another place.
    private func scratch(_ fragment: RulesetFragment) async throws -> [Substring] {
        let other = try FilterNamespace()
        try await NodeRuleset(kernel: NftablesSocket.open(in: other.namespace)).apply(fragment)
        return try Self.sorted(other)
    }

    private static func sorted(_ host: FilterNamespace) throws -> [Substring] {
        // The elements of a set come in the order of a hash that each table has its own of.
        try host.list().split { "\n,{}\t ".contains($0) }.sorted()
    }

    @Test func `a service grows, shrinks and loses its chain, each time to what the whole would be`() async throws {
        var fragment = ServiceLayout.fragment()
        try await ruleset.apply(fragment)
        for change in [Self.growth, Self.shrinking] {
            fragment.apply(change)
            try await ruleset.amend(change)
            let whole = try await scratch(fragment)
            #expect(try Self.sorted(host) == whole)
        }
        let repairs = try await ruleset.repair(always: true)
        #expect(repairs == 0)
    }

    @Test(arguments: [
        "flush ruleset", "flush map inet linnet endpoints",
        "delete element inet linnet services { 10.43.0.1 . tcp . 80 }",
    ])
    func `what others destroy in between is there again, with the change`(_ commands: String) async throws {
        var fragment = ServiceLayout.fragment()
        try await ruleset.apply(fragment)
        #expect(try host.load(commands) == "")
        fragment.apply(Self.growth)
        try await ruleset.amend(Self.growth)
        let whole = try await scratch(fragment)
        #expect(try Self.sorted(host) == whole)
        let repairs = await ruleset.repairs
        #expect(repairs == 1)
    }

    @Test func `one element is one transaction, and the same again none`() async throws {
        try await ruleset.apply(ServiceLayout.fragment())
        try await ruleset.apply(ServiceLayout.fragment())
        let generation = try socket.generation()
        let change = FragmentChange(name: "balancer", elements: ["endpoints": ElementChange(added: [Self.backend(1)])])
        try await ruleset.amend(change)
        try await ruleset.amend(change)
        #expect(try socket.generation() == generation + 1)
        #expect(try host.list().contains("10.43.0.1 . tcp . 80 . 1 : 10.42.0.7 . 8080"))
    }

    @Test func `a chain that is still named cannot go, and nothing is changed`() async throws {
        try await ruleset.apply(ServiceLayout.fragment())
        let before = try host.list()
        await #expect(throws: NftablesError.self) {
            try await ruleset.amend(FragmentChange(name: "balancer", lostChains: ["lb-2"]))
        }
        #expect(try host.list() == before)
    }
}
