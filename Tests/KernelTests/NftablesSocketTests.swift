import LinuxSystem
import NetworkNamespaces
import NetworkTypes
import Nftables
import Testing

/// A network namespace of one test, with the commands of the distribution in it.
struct FilterNamespace: Sendable {
    let namespace: NetworkNamespace

    init() throws {
        namespace = try NetworkNamespace.create()
    }

    /// The output of a shell command in the namespace; its errors are part of it.
    @discardableResult
    func run(_ command: String, input: String = "") throws -> String {
        let result = try namespace.finish(["sh", "-c", command], input: input)
        let text = result.output + result.errors
        return result.exitCode == 0 ? text : "exit \(result.exitCode): \(text)"
    }

    /// Runs commands of nft, given as the text of a file.
    @discardableResult
    func load(_ text: String) throws -> String {
        try run("nft -f -", input: text)
    }

    func list() throws -> String { try run("nft list table inet linnet") }
}

/// Pods are in 10.42.0.0/16 and fd00:42::/56, of them ours 10.42.3.0/24.
private enum Prefixes {
    static let cluster = IPPrefix(containing: .v4(IPv4Address(10, 42, 0, 0)), length: 16)
    static let odd = IPPrefix(containing: .v4(IPv4Address(10, 42, 16, 0)), length: 20)
    static let local = IPPrefix(containing: .v4(IPv4Address(10, 42, 3, 0)), length: 24)
    static let multicast = IPPrefix(containing: .v4(IPv4Address(224, 0, 0, 0)), length: 4)
    static let cluster6 = IPPrefix(containing: .v6(IPv6Address(rawValue: 0xfd00_0042 << 96)), length: 56)
    static let odd6 = IPPrefix(containing: .v6(IPv6Address(rawValue: 0xfd00_0042 << 96)), length: 52)
    static let host = IPPrefix(host: .v4(IPv4Address(10, 43, 0, 10)))
}

/// Every clause and every kind of set in one table.
private let everything: [Nftables.Operation] = {
    let peers = SetDefinition("peers", key: [.ip4(.source)], isInterval: true, comment: "overlay")
    let recent = SetDefinition(
        "recent",
        key: [.ip4(.source), .port(.destination)],
        isDynamic: true,
        timeoutSeconds: 30,
        size: 1000
    )
    let ranges = SetDefinition("ranges", key: [.ip6(.source), .port(.destination)], isInterval: true)
    let names = SetDefinition("names", key: [.inputInterface])
    let marks = SetDefinition("marks", key: [.mark], value: .verdict)
    let rules: [Rule] = [
        Rule(.mark(0x4000), .return, comment: "kube-proxy does it"),
        Rule(.mark(0xff00, equals: 0x1200), .counter, .accept),
        Rule(.source(in: Prefixes.cluster), .destination(in: Prefixes.cluster), .return),
        Rule(.source(in: Prefixes.odd), .destination(notIn: Prefixes.odd), .accept),
        Rule(.source(notIn: Prefixes.cluster), .destination(in: Prefixes.local), .counter, .return),
        Rule(.source(in: Prefixes.cluster6), .destination(notIn: Prefixes.odd6), .counter),
        Rule(.match(.ip4(.destination), in: Prefixes.host), .udpDestinationPort(53), .accept),
        Rule(.source(in: Prefixes.cluster), .destination(notIn: Prefixes.multicast), .counter, .masquerade()),
        Rule(.outputInterface("eth0"), .udpDestinationPort(8472), .return, comment: "the tunnel itself"),
        Rule(.inputInterface(not: "cni0"), .tcpDestinationPort(80), .accept),
        Rule(.setMark(0x4000)),
        Rule(.udpDestinationPort(8472), .isLocal(.source), .clearMark(0x4000), .return),
        Rule(.udpDestinationPort(8472), .matchSet(.ip4(.source), notIn: "peers"), .drop),
        Rule(.source(notIn: Prefixes.cluster), .destination(in: Prefixes.cluster), .clearMark(0x4000), .masquerade()),
        Rule(.clearMark(0x4000)),
        Rule(.toggleMark(0x4000)),
        Rule(.conntrackState([.established, .related]), .accept),
        Rule(.conntrackState(.invalid), .drop),
        Rule(.destinationTranslated, .accept),
        Rule(.isLocal(.destination), .jump("sub")),
        Rule(.l4proto(.icmpv6), .accept),
        Rule(.family(.ipv6), .goto("sub")),
        Rule(.matchSet(.ip4(.source), in: "peers"), .accept),
        Rule(.matchSet(.ip4(.source), notIn: "peers"), .udpDestinationPort(8472), .drop),
        Rule(.matchSet(.ip6(.source), .port(.destination), in: "ranges"), .accept),
        Rule(.matchSet(.inputInterface, in: "names"), .accept),
        Rule(.verdictMap(.mark, in: "marks")),
        Rule(.insert(.ip4(.source), .port(.destination), into: "recent", timeoutSeconds: 10)),
        Rule(.limit(RateLimit(packets: 5)), .expressions(.log(prefix: "linnet ")), .accept),
    ]
    let sub: [Rule] = [Rule(.reject()), Rule(.reject(.tcpReset)), Rule(.reject(.administrativelyProhibited))]
    return [
        .addTable,
        .createSet(peers), .createSet(recent), .createSet(ranges), .createSet(names), .createSet(marks),
        .createChain(Chain("sub")),
        .createChain(
            Chain("forward", base: BaseChain(.filter, .forward, priority: 0, policy: .drop), comment: "overlay")
        ),
        .createChain(Chain("post", base: BaseChain(.nat, .postrouting, priority: 99))),
        .createChain(Chain("raw", base: BaseChain(.filter, .prerouting, priority: -300))),
        .addElements([SetElement(Prefixes.local, comment: "ours"), SetElement(Prefixes.host)], peers),
        .addElements(
            [
                SetElement(
                    from: [.address(Prefixes.cluster6.base), .port(80)],
                    to: [.address(Prefixes.cluster6.last), .port(90)]
                )
            ],
            ranges
        ),
        .addElements([SetElement(.interface("cni0"))], names),
        .addElements(
            [SetElement(.number(0x10), verdict: .goto("sub")), SetElement(.number(1), verdict: .drop)],
            marks
        ),
        .addRule(Rule(.udpDestinationPort(53), .notrack), chain: "raw"),
    ] + sub.map { .addRule($0, chain: "sub") }
        + rules.map { .addRule($0, chain: $0.expressions.contains(.masquerade(.fullyRandom)) ? "post" : "forward") }
}()

@Suite struct NftablesSocketTests {
    @Test func `nft lists what was committed and reloads it to an equal listing`() throws {
        let first = try FilterNamespace()
        let second = try FilterNamespace()
        try NftablesSocket.open(in: first.namespace).commit(Transaction(.linnet, everything))
        let listing = try first.list()
        #expect(
            listing.contains(
                "ip saddr 10.42.0.0/16 ip daddr != 224.0.0.0/4 counter packets 0 bytes 0 masquerade fully-random"
            )
        )
        #expect(listing.contains("comment \"the tunnel itself\""))
        #expect(try second.load(listing) == "")
        #expect(try second.list() == listing)
    }

    @Test func `a transaction printed as commands makes nft build the same table`() throws {
        let first = try FilterNamespace()
        let second = try FilterNamespace()
        let transaction = Transaction(.linnet, everything)
        let commands = transaction.commands
        try NftablesSocket.open(in: first.namespace).commit(transaction)
        #expect(try second.load(commands) == "")
        // nft takes the types of single fields from the expression and says so; the rest is the same.
        #expect(try second.list().filteredTypes == first.list().filteredTypes)
    }

    @Test func `what is read back equals what was committed`() throws {
        let namespace = try FilterNamespace()
        let socket = try NftablesSocket.open(in: namespace.namespace)
        try socket.commit(Transaction(.linnet, everything))
        let contents = try socket.read(.linnet)
        var expected = TableContents(generation: contents.generation, exists: true)
        for operation in everything {
            switch operation {
            case .createChain(let chain): expected.chains[chain.name] = HeldChain(chain, [])
            case .createSet(let set): expected.sets[set.name] = HeldSet(name: set.name, shape: set.shape, elements: [])
            case .addRule(let rule, let chain): expected.chains[chain]?.rules.append(rule)
            case .addElements(let elements, let set):
                expected.sets[set.name]?.elements = elements.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            default: break
            }
        }
        for chain in expected.chains.values {
            let found = contents.chains[chain.chain.name]
            #expect(found?.chain == chain.chain)
            for (index, rule) in chain.rules.enumerated() { #expect(found?.rules[index] == rule) }
        }
        for set in expected.sets.values {
            #expect(contents.sets[set.name]?.shape == set.shape)
            let elements = contents.sets[set.name]?.elements?.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            #expect(elements == set.elements)
        }
        #expect(contents.chains.count == expected.chains.count && contents.sets.count == expected.sets.count)
    }

    @Test func `one refused operation undoes the transaction and is named`() throws {
        let namespace = try FilterNamespace()
        let socket = try NftablesSocket.open(in: namespace.namespace)
        let operations: [Nftables.Operation] = [
            .addTable, .createChain(Chain("a")), .addRule(Rule(.jump("nowhere")), chain: "a"),
            .createChain(Chain("b")),
        ]
        let error = #expect(throws: NftablesError.self) { try socket.commit(Transaction(.linnet, operations)) }
        #expect(error?.operation == "add rule")
        #expect(error?.subject == "inet linnet a 'jump nowhere'")
        #expect(error?.errno == .noEntry)
        #expect(try !socket.exists(.linnet))
        // The socket is usable after it.
        try socket.commit(Transaction(.linnet, [.addTable]))
        #expect(try socket.exists(.linnet))
    }

    @Test func `a transaction for an older generation is stale and changes nothing`() throws {
        let namespace = try FilterNamespace()
        let socket = try NftablesSocket.open(in: namespace.namespace)
        let generation = try socket.generation()
        try namespace.load("add table ip theirs")
        let error = #expect(throws: NftablesError.self) {
            try socket.commit(Transaction(.linnet, [.addTable]), expecting: generation)
        }
        #expect(error?.isStale == true)
        try socket.commit(Transaction(.linnet, [.addTable]), expecting: generation + 1)
        #expect(try socket.generation() == generation + 2)
    }

    @Test(arguments: [1, 700, 20_000])
    func `every element arrives, however many there are`(_ count: Int) throws {
        let namespace = try FilterNamespace()
        let socket = try NftablesSocket.open(in: namespace.namespace)
        let map = SetDefinition(
            "endpoints",
            key: [.ip6(.destination), .l4proto, .port(.destination), .numgen(NumberGenerator(.random, modulus: 2))],
            value: .fields([.ip6(.destination), .port(.destination)])
        )
        let elements = (0..<count).map { number in
            let address = FieldValue.address(.v6(IPv6Address(rawValue: 0xfd << 120 + UInt128(number))))
            return SetElement(address, .l4proto(.udp), .port(53), .number(1), data: [address, .port(5353)])
        }
        try socket.commit(Transaction(.linnet, [.addTable, .createSet(map), .addElements(elements, map)]))
        let held = try socket.read(.linnet).sets["endpoints"]?.elements ?? []
        #expect(held.count == count)
        #expect(Set(held) == Set(elements))
        try socket.commit(Transaction(.linnet, [.deleteElements(elements, map)]))
        #expect(try socket.read(.linnet).sets["endpoints"]?.elements == [])
    }

    @Test func `packets fill a set and its elements time out`() throws {
        let namespace = try FilterNamespace()
        let socket = try NftablesSocket.open(in: namespace.namespace)
        let recent = SetDefinition("recent", key: [.ip4(.destination)], isDynamic: true, timeoutSeconds: 60, size: 100)
        try socket.commit(
            Transaction(
                .linnet,
                [
                    .addTable, .createSet(recent),
                    .createChain(Chain("out", base: BaseChain(.filter, .output, priority: 0))),
                    .addRule(Rule(.insert(.ip4(.destination), into: "recent")), chain: "out"),
                    .addElements([SetElement(.address(.v4(IPv4Address(192, 0, 2, 1))), timeoutSeconds: 5)], recent),
                ]
            )
        )
        try namespace.run("ip link set lo up && bash -c 'echo x > /dev/udp/127.0.0.1/9'")
        let held = try socket.read(.linnet).sets["recent"]?.elements ?? []
        let timeouts = Dictionary(uniqueKeysWithValues: held.map { ($0.key, $0.timeoutSeconds) })
        #expect(timeouts[[127, 0, 0, 1]] != nil)
        #expect(timeouts[[192, 0, 2, 1]] == 5)
        #expect(try namespace.list().contains("192.0.2.1 timeout 5s"))
    }
}

extension String {
    /// The listing without the lines that say how a set is typed.
    fileprivate var filteredTypes: [Substring] {
        split(separator: "\n").filter {
            !$0.contains("type ipv4_addr") && !$0.contains("typeof") && !$0.contains("type ")
        }
    }
}
