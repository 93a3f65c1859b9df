import LinuxSystem
import NetworkTypes
import Nftables
import NodeRuleset
import Testing

/// A small version of the layout by which services are balanced: one verdict map for all frontends, one chain per
/// number of endpoints, one map of endpoints by frontend and index. Services are in 10.43.0.0/16 and fd00:43::/112, pods
/// in 10.42.0.0/16 and fd00:42::/56.
enum ServiceLayout {
    static let frontend: [Selector] = [.ip4(.destination), .l4proto, .port(.destination)]
    static let frontend6: [Selector] = [.ip6(.destination), .l4proto, .port(.destination)]

    static func generator(_ modulus: UInt32) -> Selector { .numgen(NumberGenerator(.random, modulus: modulus)) }

    static let services = SetDefinition("services", key: frontend, value: .verdict)
    static let services6 = SetDefinition("services6", key: frontend6, value: .verdict)
    static let endpoints = SetDefinition(
        "endpoints",
        key: frontend + [generator(2)],
        value: .fields([.ip4(.destination), .port(.destination)])
    )
    static let endpoints6 = SetDefinition(
        "endpoints6",
        key: frontend6 + [generator(2)],
        value: .fields([.ip6(.destination), .port(.destination)])
    )
    static let affinity = SetDefinition(
        "affinity",
        key: [.ip4(.source), .ip4(.destination), .l4proto, .port(.destination)],
        isDynamic: true,
        timeoutSeconds: 10_800,
        size: 65_535
    )
    static let sources = SetDefinition(
        "sources",
        key: [.ip4(.destination), .l4proto, .port(.destination), .ip4(.source)],
        isInterval: true
    )

    static func service(_ last: UInt8) -> FieldValue { .address(.v4(IPv4Address(10, 43, 0, last))) }
    static func pod(_ last: UInt8) -> FieldValue { .address(.v4(IPv4Address(10, 42, 0, last))) }
    static func service6(_ last: UInt128) -> FieldValue {
        .address(.v6(IPv6Address(rawValue: 0xfd00_0043 << 96 + last)))
    }
    static func pod6(_ last: UInt128) -> FieldValue { .address(.v6(IPv6Address(rawValue: 0xfd00_0042 << 96 + last))) }

    static func balance(_ count: UInt32) -> PlannedChain {
        PlannedChain(
            Chain("lb-\(count)"),
            [
                Rule(
                    .destinationNAT(
                        .ipv4,
                        by: .ip4(.destination),
                        .l4proto,
                        .port(.destination),
                        generator(count),
                        in: "endpoints"
                    )
                ),
                Rule(.drop, comment: "the endpoint went meanwhile"),
            ]
        )
    }

    static let balance6 = PlannedChain(
        Chain("lb6-2"),
        [
            Rule(
                .destinationNAT(
                    .ipv6,
                    by: .ip6(.destination),
                    .l4proto,
                    .port(.destination),
                    generator(2),
                    in: "endpoints6"
                )
            ),
            Rule(.drop),
        ]
    )

    static func fragment(services count: Int = 2) -> RulesetFragment {
        let dispatch = [
            Rule(.verdictMap(.ip4(.destination), .l4proto, .port(.destination), in: "services")),
            Rule(.verdictMap(.ip6(.destination), .l4proto, .port(.destination), in: "services6")),
        ]
        var frontends = [
            SetElement(service(1), .l4proto(.tcp), .port(80), verdict: .goto("lb-2"), comment: "default/web")
        ]
        var backends = [
            SetElement(service(1), .l4proto(.tcp), .port(80), .number(0), data: [pod(1), .port(8080)]),
            SetElement(service(1), .l4proto(.tcp), .port(80), .number(1), data: [pod(2), .port(8080)]),
        ]
        if count > 1 {
            frontends.append(SetElement(service(10), .l4proto(.udp), .port(53), verdict: .goto("lb-3")))
            backends += (0..<3).map { index in
                SetElement(service(10), .l4proto(.udp), .port(53), .number(index), data: [pod(3), .port(5353)])
            }
        }
        let first: [FieldValue] = [service(1), .l4proto(.tcp), .port(80), .address(.v4(IPv4Address(192, 0, 2, 0)))]
        let last: [FieldValue] = [service(1), .l4proto(.tcp), .port(80), .address(.v4(IPv4Address(192, 0, 2, 255)))]
        return RulesetFragment(
            name: "balancer",
            chains: [
                balance(2), balance(3), balance6,
                PlannedChain(Chain("prerouting", base: BaseChain(.nat, .prerouting, priority: -110)), dispatch),
                PlannedChain(Chain("output", base: BaseChain(.nat, .output, priority: -110)), dispatch),
                PlannedChain(
                    Chain("sources-check", base: BaseChain(.filter, .prerouting, priority: -105)),
                    [
                        Rule(
                            .matchSet(
                                .ip4(.destination),
                                .l4proto,
                                .port(.destination),
                                .ip4(.source),
                                in: "sources"
                            ),
                            .insert(.ip4(.source), .ip4(.destination), .l4proto, .port(.destination), into: "affinity")
                        )
                    ]
                ),
            ],
            sets: [
                PlannedSet(services, .planned(ElementTable(frontends))),
                PlannedSet(
                    services6,
                    .planned([SetElement(service6(1), .l4proto(.tcp), .port(80), verdict: .goto("lb6-2"))])
                ),
                PlannedSet(endpoints, .planned(ElementTable(backends))),
                PlannedSet(
                    endpoints6,
                    .planned([
                        SetElement(service6(1), .l4proto(.tcp), .port(80), .number(0), data: [pod6(1), .port(8080)]),
                        SetElement(service6(1), .l4proto(.tcp), .port(80), .number(1), data: [pod6(2), .port(8080)]),
                    ])
                ),
                PlannedSet(affinity, .live),
                PlannedSet(sources, .planned([SetElement(from: first, to: last)])),
            ]
        )
    }
}

@Suite struct NodeRulesetKernelTests {
    let host: FilterNamespace
    let socket: NftablesSocket
    let ruleset: NodeRuleset

    init() throws {
        host = try FilterNamespace()
        socket = try NftablesSocket.open(in: host.namespace)
        ruleset = NodeRuleset(kernel: socket)
    }

    @Test func `the service maps are listed by nft and reload to an equal listing`() async throws {
        try await ruleset.apply(ServiceLayout.fragment())
        let listing = try host.list()
        #expect(
            listing.contains("typeof ip daddr . meta l4proto . th dport . numgen random mod 2 : ip daddr . th dport")
        )
        #expect(listing.contains("dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 3 map @endpoints"))
        #expect(listing.contains("10.43.0.10 . udp . 53 . 2 : 10.42.0.3 . 5353"))
        let second = try FilterNamespace()
        #expect(try second.load(listing) == "")
        #expect(try second.list() == listing)
    }

    @Test func `a connection to a service reaches an endpoint`() async throws {
        try host.run("ip link set lo up; ip addr add 10.42.0.1/32 dev lo; ip addr add 10.42.0.2/32 dev lo")
        try host.run("ip route add 10.43.0.0/16 dev lo src 10.42.0.1")
        try await ruleset.apply(ServiceLayout.fragment())
        // The kernel knows the flow by its translation only if the rule did its work: the port is closed.
        let answer = try host.run("bash -c 'echo > /dev/tcp/10.43.0.1/80'")
        #expect(answer.contains("Connection refused"))
        try await ruleset.apply(.empty("balancer"))
        #expect(try host.run("nft list tables") == "")
    }

    @Test func `the same fragment again, and one of an earlier run, write nothing`() async throws {
        try await ruleset.apply(ServiceLayout.fragment())
        let generation = try socket.generation()
        try await ruleset.apply(ServiceLayout.fragment())
        try await NodeRuleset(kernel: socket).apply(ServiceLayout.fragment())
        #expect(try socket.generation() == generation)
    }

    @Test func `a service goes and comes back, the smaller change one transaction`() async throws {
        try await ruleset.apply(ServiceLayout.fragment(services: 1))
        let small = try host.list()
        let generation = try socket.generation()
        try await ruleset.apply(ServiceLayout.fragment(services: 2))
        #expect(try socket.generation() == generation + 1)
        try await ruleset.apply(ServiceLayout.fragment(services: 1))
        #expect(try host.list() == small)
    }

    @Test(arguments: [
        "delete table inet linnet",
        "flush ruleset",
        "flush chain inet linnet lb-2",
        "add rule inet linnet prerouting counter",
        "insert rule inet linnet output ip daddr 192.0.2.1 drop",
        "add rule inet linnet lb-3 meta cpu 1 rt classid 1 accept",
        "delete element inet linnet services { 10.43.0.1 . tcp . 80 }",
        "flush map inet linnet endpoints",
        "add element inet linnet sources { 10.43.0.1 . tcp . 81 . 192.0.2.7 }",
        "add chain inet linnet prerouting { policy drop; }",
        "add chain inet linnet stray\nadd rule inet linnet stray drop\nadd set inet linnet strays { type mark; }",
        "flush map inet linnet services\nflush chain inet linnet lb-3\ndelete chain inet linnet lb-3",
    ])
    func `damage is repaired to the same listing and counted`(_ commands: String) async throws {
        try await ruleset.apply(ServiceLayout.fragment())
        let listing = try host.list()
        #expect(try host.load(commands) == "")
        #expect(try host.list() != listing)
        let count = try await ruleset.repair()
        #expect(count >= 1)
        // Objects made anew stand at another place in the listing.
        #expect(try host.list().split(separator: "\n").sorted() == listing.split(separator: "\n").sorted())
        let again = try await ruleset.repair()
        #expect(again == 0)
    }

    @Test func `ten thousand services are written, found unchanged, and one more is one transaction`() async throws {
        func fragment(_ count: UInt32) -> RulesetFragment {
            var fragment = ServiceLayout.fragment()
            fragment.sets[0].contents = .planned(
                ElementTable(
                    (0..<count).map { number in
                        let address = FieldValue.address(.v4(IPv4Address(rawValue: 0x0a2b_0000 + number)))
                        return SetElement(address, .l4proto(.tcp), .port(80), verdict: .goto("lb-2"))
                    }
                )
            )
            fragment.sets[2].contents = .planned(
                ElementTable(
                    (0..<count * 2).map { number in
                        let address = FieldValue.address(.v4(IPv4Address(rawValue: 0x0a2b_0000 + number / 2)))
                        return SetElement(
                            address,
                            .l4proto(.tcp),
                            .port(80),
                            .number(number % 2),
                            data: [address, .port(80)]
                        )
                    }
                )
            )
            return fragment
        }
        try await ruleset.apply(fragment(10_000))
        let contents = try socket.read(.linnet)
        #expect(contents.sets["services"]?.elements?.count == 10_000)
        #expect(contents.sets["endpoints"]?.elements?.count == 20_000)
        try await NodeRuleset(kernel: socket).apply(fragment(10_000))
        #expect(try socket.generation() == contents.generation)
        try await ruleset.apply(fragment(10_001))
        #expect(try socket.generation() == contents.generation + 1)
    }

    @Test func `a live set keeps what packets put in when others' damage is repaired`() async throws {
        let recent = SetDefinition("recent", key: [.ip4(.destination)], isDynamic: true, timeoutSeconds: 600, size: 100)
        let fragment = RulesetFragment(
            name: "test",
            chains: [
                PlannedChain(
                    Chain("out", base: BaseChain(.filter, .output, priority: 0)),
                    [Rule(.insert(.ip4(.destination), into: "recent"))]
                )
            ],
            sets: [PlannedSet(recent, .live)]
        )
        try await ruleset.apply(fragment)
        try host.run("ip link set lo up && bash -c 'echo x > /dev/udp/127.0.0.1/9'")
        try await ruleset.insert([SetElement(.address(.v4(IPv4Address(192, 0, 2, 1))))], into: "recent", of: "test")
        let quiet = try await ruleset.repair(always: true)
        #expect(quiet == 0)
        try host.load("flush chain inet linnet out")
        let count = try await ruleset.repair()
        #expect(count == 1)
        let listing = try host.list()
        #expect(listing.contains("127.0.0.1") && listing.contains("192.0.2.1"))
    }

    @Test func `reset deletes our table and no other`() async throws {
        try host.load("add table inet linnet-cni\nadd table ip linnet\nadd table inet theirs")
        try await ruleset.apply(ServiceLayout.fragment())
        let removed = try TableRemoval.run(on: socket)
        let again = try TableRemoval.run(on: socket)
        #expect(removed && !again)
        #expect(try host.run("nft list tables") == "table inet linnet-cni\ntable ip linnet\ntable inet theirs\n")
    }
}
