import NetworkTypes
import Nftables
import NodeRuleset
import Testing

/// One change of a fragment, and what it must come to.
struct Amendment: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let from: RulesetFragment
    let change: FragmentChange
    let to: RulesetFragment

    init(_ description: String, _ from: RulesetFragment, _ change: FragmentChange, _ to: RulesetFragment) {
        testDescription = description
        self.from = from
        self.change = change
        self.to = to
    }
}

extension Samples {
    static func change(
        chains: [PlannedChain] = [],
        sets: [PlannedSet] = [],
        elements: [String: ElementChange] = [:],
        lostChains: [String] = [],
        lostSets: [String] = []
    ) -> FragmentChange {
        FragmentChange(
            name: "test",
            chains: chains,
            sets: sets,
            elements: elements,
            lostChains: lostChains,
            lostSets: lostSets
        )
    }

    static func member(_ last: UInt8) -> SetElement { SetElement(address(last)) }

    static func service(_ last: UInt8, _ verdict: Verdict) -> SetElement {
        SetElement(address(last), .l4proto(.tcp), verdict: verdict)
    }

    static func endpoint(_ last: UInt8, _ pod: UInt8) -> SetElement {
        SetElement(address(last), .number(0), data: [address(pod), .port(80)])
    }

    static let amendments: [Amendment] = [
        Amendment(
            "elements come and go",
            fragment([membership], [peers(1, 2)]),
            change(elements: ["peers": ElementChange(removed: [member(1)], added: [member(3)])]),
            fragment([membership], [peers(2, 3)])
        ),
        Amendment(
            "an element takes the place of one with its key",
            fragment([], [endpoints((1, 7))]),
            change(elements: ["endpoints": ElementChange(added: [endpoint(1, 8)])]),
            fragment([], [endpoints((1, 8))])
        ),
        Amendment(
            "an element goes and comes back with another value",
            fragment([], [endpoints((1, 7))]),
            change(elements: ["endpoints": ElementChange(removed: [endpoint(1, 7)], added: [endpoint(1, 8)])]),
            fragment([], [endpoints((1, 8))])
        ),
        Amendment(
            "what is not there goes, and what is there comes",
            fragment([membership], [peers(1)]),
            change(elements: ["peers": ElementChange(removed: [member(2)], added: [member(1)])]),
            fragment([membership], [peers(1)])
        ),
        Amendment(
            "a verdict moves to a new chain and the old one goes",
            fragment([dispatch, regular("a")], [services((1, .goto("a")), (2, .drop))]),
            change(
                chains: [regular("b")],
                elements: ["services": ElementChange(added: [service(1, .goto("b"))])],
                lostChains: ["a"]
            ),
            fragment([dispatch, regular("b")], [services((1, .goto("b")), (2, .drop))])
        ),
        Amendment(
            "a chain gets other rules",
            fragment([regular("a")]),
            change(chains: [regular("a", [Rule(.accept)])]),
            fragment([regular("a", [Rule(.accept)])])
        ),
        Amendment(
            "a chain gets other rules and another policy",
            fragment([forward([Rule(.accept)])]),
            change(chains: [forward([], policy: .drop)]),
            fragment([forward([], policy: .drop)])
        ),
        Amendment(
            "a base chain is made anew",
            fragment([forward([Rule(.accept)])]),
            change(chains: [forward([Rule(.accept)], priority: 5)]),
            fragment([forward([Rule(.accept)], priority: 5)])
        ),
        Amendment(
            "a set comes with the rule that looks it up",
            fragment([forward([])]),
            change(chains: [membership], sets: [peers(1, 2)]),
            fragment([membership], [peers(1, 2)])
        ),
        Amendment(
            "a set goes with the rule",
            fragment([membership], [peers(1)]),
            change(chains: [forward([])], lostSets: ["peers"]),
            fragment([forward([])])
        ),
        Amendment(
            "a set is put in the place of another",
            fragment([membership], [peers(1, 2)]),
            change(sets: [peers(2, 3)], elements: ["peers": ElementChange(added: [member(4)])]),
            fragment([membership], [peers(2, 3, 4)])
        ),
        Amendment(
            "a chain goes and is made",
            fragment([regular("a")]),
            change(chains: [regular("a", [Rule(.accept)])], lostChains: ["a"]),
            fragment([regular("a", [Rule(.accept)])])
        ),
        Amendment(
            "all that there is goes",
            fragment([membership], [peers(1)]),
            change(lostChains: ["forward"], lostSets: ["peers"]),
            none
        ),
        Amendment("nothing changes", fragment([membership], [peers(1)]), change(), fragment([membership], [peers(1)])),
    ]
}

@Suite struct FragmentChangeTests {
    @Test(arguments: Samples.amendments)
    func `a change comes to the wanted fragment, and what it answers takes it back`(_ amendment: Amendment) {
        var fragment = amendment.from
        let inverse = fragment.apply(amendment.change)
        #expect(fragment.parts == amendment.to.parts)
        fragment.apply(inverse)
        #expect(fragment.parts == amendment.from.parts)
    }

    @Test(arguments: Samples.amendments)
    func `to amend leaves in the kernel what applying the whole would`(_ amendment: Amendment) async throws {
        let kernel = FakeRulesetKernel()
        let ruleset = NodeRuleset(kernel: kernel)
        try await ruleset.apply(amendment.from)
        try await ruleset.amend(amendment.change)
        let other = FakeRulesetKernel()
        try await NodeRuleset(kernel: other).apply(amendment.to)
        #expect(kernel.contents?.withoutOrder == other.contents?.withoutOrder)
    }

    @Test func `a fragment that was not applied cannot be amended`() async throws {
        let kernel = FakeRulesetKernel()
        let error = await #expect(throws: NftablesError.self) {
            try await NodeRuleset(kernel: kernel).amend(Samples.change(chains: [Samples.regular("a")]))
        }
        #expect(error?.description.contains("was not applied") == true)
        #expect(kernel.log.isEmpty)
    }
}

extension RulesetFragment {
    /// The fragment without the order of its parts, which means nothing.
    fileprivate var parts: Set<AnyHashable> { Set(chains.map { AnyHashable($0) } + sets.map { AnyHashable($0) }) }
}

extension TableContents {
    /// The contents without the order of elements and the number of the generation, which mean nothing.
    var withoutOrder: TableContents {
        var contents = self
        contents.generation = 0
        for name in contents.sets.keys {
            contents.sets[name]?.elements?.sort { $0.key.lexicographicallyPrecedes($1.key) }
        }
        return contents
    }
}
