import NetworkTypes
import Nftables
import Testing

@testable import NodeRuleset

/// One step from a fragment to another, through a kernel that refuses what it would refuse.
struct Step: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let from: RulesetFragment
    let to: RulesetFragment

    init(_ description: String, _ from: RulesetFragment, _ to: RulesetFragment) {
        testDescription = description
        self.from = from
        self.to = to
    }
}

/// Pods are in 10.42.0.0/16, services in 10.43.0.0/16.
enum Samples {
    static let none = RulesetFragment.empty("test")
    static let addresses = SetDefinition("peers", key: [.ip4(.source)], isInterval: true)
    static let verdicts = SetDefinition("services", key: [.ip4(.destination), .l4proto], value: .verdict)
    static let endpoints = SetDefinition(
        "endpoints",
        key: [.ip4(.destination), .numgen(NumberGenerator(.random, modulus: 2))],
        value: .fields([.ip4(.destination), .port(.destination)])
    )
    static let recent = SetDefinition("recent", key: [.ip4(.source)], isDynamic: true, timeoutSeconds: 30, size: 100)

    static func address(_ last: UInt8) -> FieldValue { .address(.v4(IPv4Address(10, 43, 0, last))) }

    static func forward(_ rules: [Rule], policy: ChainPolicy = .accept, priority: Int32 = 0) -> PlannedChain {
        PlannedChain(Chain("forward", base: BaseChain(.filter, .forward, priority: priority, policy: policy)), rules)
    }

    static func regular(_ name: String, _ rules: [Rule] = [Rule(.drop)]) -> PlannedChain {
        PlannedChain(Chain(name), rules)
    }

    static func fragment(_ chains: [PlannedChain], _ sets: [PlannedSet] = []) -> RulesetFragment {
        RulesetFragment(name: "test", chains: chains, sets: sets)
    }

    static func peers(_ addresses: UInt8...) -> PlannedSet {
        PlannedSet(Self.addresses, .planned(ElementTable(addresses.map { SetElement(address($0)) })))
    }

    static func services(_ pairs: (UInt8, Verdict)...) -> PlannedSet {
        PlannedSet(
            verdicts,
            .planned(ElementTable(pairs.map { SetElement(address($0.0), .l4proto(.tcp), verdict: $0.1) }))
        )
    }

    static func endpoints(_ pairs: (UInt8, UInt8)...) -> PlannedSet {
        PlannedSet(
            endpoints,
            .planned(
                ElementTable(
                    pairs.map { SetElement(address($0.0), .number(0), data: [address($0.1), .port(80)]) }
                )
            )
        )
    }

    static let dispatch = forward([Rule(.verdictMap(.ip4(.destination), .l4proto, in: "services"))])
    static let membership = forward([Rule(.matchSet(.ip4(.source), in: "peers"), .accept)])
    static let refresh = forward([Rule(.insert(.ip4(.source), into: "recent"))])

    static let steps: [Step] = {
        var withoutPort = endpoints
        withoutPort.value = .fields([.ip4(.destination)])
        let plainEndpoint = SetElement(address(1), .number(0), data: [address(9)])
        return [
            Step("nothing", none, none),
            Step("first chain", none, fragment([forward([Rule(.accept)])])),
            Step("empty chain", none, fragment([forward([])])),
            Step(
                "a rule more",
                fragment([forward([Rule(.accept)])]),
                fragment([forward([Rule(.accept), Rule(.drop)])])
            ),
            Step("no rule left", fragment([forward([Rule(.accept)])]), fragment([forward([])])),
            Step("policy", fragment([forward([])]), fragment([forward([], policy: .drop)])),
            Step("priority", fragment([forward([Rule(.accept)])]), fragment([forward([Rule(.accept)], priority: 5)])),
            Step(
                "base chain becomes a regular one that another jumps to",
                fragment([forward([Rule(.accept)])]),
                fragment([
                    regular("forward"),
                    PlannedChain(
                        Chain("in", base: BaseChain(.filter, .input, priority: 0)),
                        [
                            Rule(.jump("forward"))
                        ]
                    ),
                ])
            ),
            Step("all goes", fragment([dispatch, regular("a")], [services((1, .goto("a")))]), none),
            Step(
                "a verdict moves to a new chain and the old chain goes",
                fragment([dispatch, regular("a")], [services((1, .goto("a")), (2, .drop))]),
                fragment([dispatch, regular("b")], [services((1, .goto("b")), (2, .drop))])
            ),
            Step(
                "the chain of an element that stays is made anew",
                fragment([dispatch, regular("a")], [services((1, .goto("a")))]),
                fragment(
                    [dispatch, PlannedChain(Chain("a", comment: "other"), [Rule(.drop)])],
                    [services((1, .goto("a")))]
                )
            ),
            Step("members", fragment([membership], [peers(1, 2)]), fragment([membership], [peers(2, 3)])),
            Step("no member left", fragment([membership], [peers(1, 2)]), fragment([membership], [peers()])),
            Step("endpoints", fragment([], [endpoints((1, 7), (2, 8))]), fragment([], [endpoints((1, 9), (3, 8))])),
            Step(
                "a map of another shape",
                fragment([], [endpoints((1, 7))]),
                fragment([], [PlannedSet(withoutPort, .planned([plainEndpoint]))])
            ),
            Step(
                "a set in use changes its shape",
                fragment([refresh], [PlannedSet(recent, .live)]),
                fragment([refresh], [PlannedSet(SetDefinition("recent", key: [.ip4(.source)], isDynamic: true), .live)])
            ),
            Step("a set goes with the rule", fragment([membership], [peers(1)]), fragment([forward([])])),
        ]
    }()
}

@Suite struct RulesetDifferenceTests {
    @Test(arguments: Samples.steps)
    func `a step ends at the wanted fragment, and a second look finds nothing to do`(_ step: Step) throws {
        var held = TableContents(generation: 1, exists: false)
        for wanted in [step.from, step.to] {
            let difference = RulesetDifference(wanted: wanted, held: held)
            for operation in difference.transactions.joined() {
                let errno = held.perform(operation)
                #expect(errno == nil, "\(operation.command(in: .linnet)): \(String(describing: errno))")
            }
            let rest = RulesetDifference(wanted: wanted, held: held).transactions.joined()
            #expect(rest.map { $0.command(in: .linnet) } == [])
        }
    }

    @Test(arguments: Samples.steps)
    func `rebuilding from any state ends at the wanted fragment`(_ step: Step) throws {
        var held = TableContents(generation: 1, exists: false)
        for operation in RulesetDifference(wanted: step.from, held: held).transactions.joined() {
            #expect(held.perform(operation) == nil)
        }
        for operation in RulesetDifference(wanted: step.to, held: held, rebuilding: true).transactions.joined() {
            let errno = held.perform(operation)
            #expect(errno == nil, "\(operation.command(in: .linnet)): \(String(describing: errno))")
        }
        #expect(RulesetDifference(wanted: step.to, held: held).isEmpty)
    }

    @Test func `a live set keeps its elements when the fragment is rebuilt`() throws {
        let fragment = Samples.fragment([Samples.refresh], [PlannedSet(Samples.recent, .live)])
        var held = TableContents(generation: 1, exists: false)
        for operation in RulesetDifference(wanted: fragment, held: held).transactions.joined() {
            #expect(held.perform(operation) == nil)
        }
        held.sets["recent"]?.elements = [SetElement(Samples.address(1))]
        for operation in RulesetDifference(wanted: fragment, held: held, rebuilding: true).transactions.joined() {
            #expect(held.perform(operation) == nil)
        }
        #expect(held.sets["recent"]?.elements == [SetElement(Samples.address(1))])
    }

    @Test func `a rule that Linnet cannot read makes its chain be filled anew`() throws {
        let fragment = Samples.fragment([Samples.forward([Rule(.accept)])])
        var held = TableContents(generation: 1, exists: false)
        for operation in RulesetDifference(wanted: fragment, held: held).transactions.joined() {
            #expect(held.perform(operation) == nil)
        }
        held.chains["forward"]?.rules.append(Rule(expressions: [.unknown("xfrm")]))
        let commands = RulesetDifference(wanted: fragment, held: held).transactions.joined()
        #expect(
            commands.map { $0.command(in: .linnet) } == [
                "flush chain inet linnet forward", "add rule inet linnet forward accept",
            ]
        )
    }

    @Test func `another fragment's chains and sets are left alone`() throws {
        var held = TableContents(generation: 1, exists: true)
        held.chains["other"] = HeldChain(Chain("other", comment: "balancer"), [Rule(.drop)])
        #expect(RulesetDifference(wanted: Samples.none, held: held).isEmpty)
    }

    @Test func `what nobody's comment claims is removed`() throws {
        var held = TableContents(generation: 1, exists: true)
        held.chains["mine"] = HeldChain(Chain("mine", comment: "overlay: nat"), [])
        held.chains["stray"] = HeldChain(Chain("stray"), [Rule(.drop)])
        let commands = RulesetDifference(strayIn: held).transactions.joined().map { $0.command(in: .linnet) }
        #expect(commands == ["flush chain inet linnet stray", "delete chain inet linnet stray"])
    }

    @Test func `many elements are cut into transactions of at most a thousand, a small change is one`() throws {
        let many = (0..<10_000).map { number in
            SetElement(.address(.v4(IPv4Address(rawValue: 0x0a00_0000 + UInt32(number) * 2))))
        }
        let fragment = Samples.fragment(
            [Samples.membership],
            [PlannedSet(Samples.addresses, .planned(ElementTable(many)))]
        )
        var held = TableContents(generation: 1, exists: false)
        let transactions = RulesetDifference(wanted: fragment, held: held).transactions
        #expect(transactions.count == 11)
        #expect(transactions.allSatisfy { $0.reduce(0) { $0 + $1.cost } <= 1000 })

        held.exists = true
        held.chains["forward"] = HeldChain(fragment.ownedChains[0].chain, fragment.ownedChains[0].rules)
        let shape = fragment.ownedSets[0].definition.shape
        held.sets["peers"] = HeldSet(name: "peers", shape: shape, elements: Array(many.dropLast()))
        let small = RulesetDifference(wanted: fragment, held: held).transactions
        #expect(small.count == 1 && small[0].count == 1 && small[0][0].cost == 1)
    }

    @Test func `an element of a data map goes a transaction after what leads to it`() throws {
        let before = Samples.fragment(
            [Samples.dispatch, Samples.regular("a")],
            [Samples.services((1, .goto("a"))), Samples.endpoints((1, 7))]
        )
        let after = Samples.fragment([Samples.dispatch], [Samples.services(), Samples.endpoints()])
        var held = TableContents(generation: 1, exists: false)
        for operation in RulesetDifference(wanted: before, held: held).transactions.joined() {
            #expect(held.perform(operation) == nil)
        }
        let transactions = RulesetDifference(wanted: after, held: held).transactions
        #expect(transactions.count == 2)
        #expect(
            transactions.last?.map { $0.command(in: .linnet) } == [
                "delete element inet linnet endpoints { 10.43.0.1 . 0 }",
                "flush chain inet linnet a",
                "delete chain inet linnet a",
            ]
        )
    }
}
