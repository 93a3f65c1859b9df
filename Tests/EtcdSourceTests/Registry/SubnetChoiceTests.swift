import ClusterState
import NetworkTypes
import Testing

@testable import EtcdSource

/// This node is "here" at 192.168.77.1; subnets are of 10.5.0.0/21 in /24s: .1 to .7.
@Suite struct SubnetChoiceTests {
    private static let network = #"{"Network":"10.5.0.0/21"}"#

    private func choice(
        previous: [String] = [],
        network: String = network,
        address: String = "192.168.77.1"
    ) throws -> SubnetChoice {
        SubnetChoice(
            network: try NetworkConfiguration(parsing: network),
            node: try #require(NodeName(rawValue: "here")),
            publicAddresses: PerFamily(v4: try IPAddress(parsing: address)),
            previous: try previous.map { PerFamily(v4: try IPPrefix(parsing: $0)) }
        )
    }

    /// A lease of a flanneld, or, with a node's name, of a Linnet node.
    private func lease(
        _ key: String,
        at address: String,
        of node: String? = nil,
        leaseID: Int64 = 1,
        revision: Int64 = 5
    ) throws -> RegisteredLease {
        RegisteredLease(
            key: try #require(SubnetKey(parsing: key)),
            record: LeaseRecord(publicAddresses: PerFamily(v4: try IPAddress(parsing: address)), backendType: "vxlan"),
            leaseID: leaseID,
            revision: revision,
            extras: try node.map { name in
                LeaseExtrasRecord(
                    node: try #require(NodeName(rawValue: name)),
                    extras: LeaseExtras(agentVersion: "0.1.0", readyCapabilities: []),
                    addresses: PerFamily()
                )
            }
        )
    }

    private func decide(_ choice: SubnetChoice, _ leases: [RegisteredLease], seed: UInt64 = 1) throws -> String {
        var random = SequenceOfNumbers(number: seed)
        switch try choice.decide(among: leases, using: &random) {
        case .take(let lease): return "take \(lease.key)"
        case .create(let key): return "create \(key)"
        }
    }

    @Test func `of two leases that name this node the one it has is kept, however new the other is`() throws {
        let leases = try [
            lease("10.5.3.0-24", at: "192.168.77.1", of: "here", revision: 5),
            lease("10.5.2.0-24", at: "192.168.77.1", of: "here", revision: 9),
        ]
        #expect(try decide(choice(previous: ["10.5.3.0/24"]), leases) == "take 10.5.3.0-24")
        #expect(try decide(choice(), leases) == "take 10.5.2.0-24")
    }

    @Test(arguments: ["0.0.0.0-0", "10.0.0.0-8", "10.5.0.0-21"])
    func `a key as wide as the whole network takes no subnet`(_ key: String) throws {
        let leases = try [lease(key, at: "192.168.77.99")]
        #expect(try decide(choice(previous: ["10.5.3.0/24"]), leases) == "create 10.5.3.0-24")
        #expect(try decide(choice(), leases).hasPrefix("create 10.5."))
    }

    @Test func `the lease that names this node is kept, whatever its address`() throws {
        let leases = try [
            lease("10.5.2.0-24", at: "192.168.77.1"), lease("10.5.3.0-24", at: "192.168.77.99", of: "here"),
        ]
        #expect(try decide(choice(previous: ["10.5.4.0/24"]), leases) == "take 10.5.3.0-24")
    }

    @Test func `of two leases that name this node the newer one is kept and the other is surplus`() throws {
        let leases = try [
            lease("10.5.2.0-24", at: "192.168.77.1", of: "here", revision: 9),
            lease("10.5.3.0-24", at: "192.168.77.1", of: "here", revision: 7),
        ]
        #expect(try decide(choice(), leases) == "take 10.5.2.0-24")
        #expect(try choice().surplus(among: leases, keeping: leases[0].key) == [leases[1]])
    }

    @Test func `what flanneld left on this node is taken over`() throws {
        let leases = try [lease("10.5.2.0-24", at: "192.168.77.1"), lease("10.5.3.0-24", at: "192.168.77.2")]
        #expect(try decide(choice(previous: ["10.5.4.0/24"]), leases) == "take 10.5.2.0-24")
    }

    @Test func `another Linnet node with this address keeps its lease and is a rival`() throws {
        let leases = try [lease("10.5.2.0-24", at: "192.168.77.1", of: "there")]
        #expect(try decide(choice(previous: ["10.5.2.0/24"]), leases) != "take 10.5.2.0-24")
        #expect(try decide(choice(previous: ["10.5.2.0/24"]), leases) != "create 10.5.2.0-24")
        #expect(try choice().rivals(among: leases) == leases)
    }

    @Test func `a lease that does not fit the network is given up for a new one`() throws {
        let leases = try [
            lease("10.6.2.0-24", at: "192.168.77.1"), lease("10.5.2.0-25", at: "192.168.77.1", of: "here"),
        ]
        #expect(try decide(choice(previous: ["10.5.4.0/24"]), leases) == "create 10.5.4.0-24")
        #expect(
            try choice().surplus(among: leases, keeping: try #require(SubnetKey(parsing: "10.5.4.0-24"))) == leases
        )
    }

    @Test func `a reservation for this address is taken, and never given up`() throws {
        let fitting = try lease("10.5.2.0-24", at: "192.168.77.1", leaseID: 0)
        let other = try lease("10.6.2.0-24", at: "192.168.77.1", leaseID: 0)
        #expect(try decide(choice(), [fitting]) == "take 10.5.2.0-24")
        #expect(try choice().surplus(among: [fitting, other], keeping: fitting.key) == [])
    }

    @Test(
        arguments: [
            (["10.5.4.0/24"], [], "create 10.5.4.0-24"),
            (["10.5.4.0/24", "10.5.6.0/24"], ["10.5.4.0-24"], "create 10.5.6.0-24"),
            // Too long, outside, the first subnet of the network, overlapped by a lease of another length.
            (
                ["10.5.4.0/25", "10.6.4.0/24", "10.5.0.0/24", "10.5.6.0/24", "10.5.7.0/24"], ["10.5.6.0-25"],
                "create 10.5.7.0-24"
            ),
        ] as [([String], [String], String)]
    )
    func `what the node had before is taken if it is free and fits`(
        previous: [String],
        taken: [String],
        outcome: String
    ) throws {
        let leases = try taken.map { try lease($0, at: "192.168.77.2", of: "there") }
        #expect(try decide(choice(previous: previous), leases) == outcome)
    }

    @Test func `every free subnet can be drawn and no other`() throws {
        let leases = try [2, 3, 5].map { try lease("10.5.\($0).0-24", at: "192.168.77.\($0 + 10)") }
        var drawn: Set<String> = []
        for seed in 0..<64 { drawn.insert(try decide(choice(), leases, seed: UInt64(seed) << 58)) }
        #expect(drawn == ["create 10.5.1.0-24", "create 10.5.4.0-24", "create 10.5.6.0-24", "create 10.5.7.0-24"])
    }

    @Test func `without a free subnet there is none`() throws {
        let leases = try (1...7).map { try lease("10.5.\($0).0-24", at: "192.168.77.\($0 + 10)") }
        let choice = try choice()
        #expect(throws: OutOfSubnets(try #require(choice.network.pools.v4))) { try decide(choice, leases) }
    }

    @Test func `with both families the choices are independent`() throws {
        let dual = #"{"EnableIPv6":true,"Network":"10.5.0.0/21","IPv6Network":"fd00:5::/62"}"#
        var keys: Set<String> = []
        for seed in 0..<64 {
            keys.insert(try decide(choice(network: dual), [], seed: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15))
        }
        #expect(keys.allSatisfy { $0.contains("&fd00:5:0:") && $0.hasPrefix("create 10.5.") })
        #expect(keys.count > 7)
        // A lease of IPv4 alone does not fit any more.
        let old = try lease("10.5.2.0-24", at: "192.168.77.1")
        #expect(try decide(choice(network: dual), [old]).hasPrefix("create"))
    }
}

/// Numbers that a test chooses.
private struct SequenceOfNumbers: RandomNumberGenerator {
    var number: UInt64

    mutating func next() -> UInt64 {
        defer { number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        return number
    }
}
