import ClusterState
import NetworkTypes
import Nftables
import NodeRuleset
import SeededNumbers
import ServiceBalancer
import Testing

/// Whatever changes: a fragment that is amended is what it is from scratch.
struct RulesetDifferenceTests {
    @Test(arguments: 0..<16 as Range<UInt64>)
    func `an amended fragment equals one from scratch`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        var live = LivePlan()
        var rules = BalancerRuleset(testConfiguration)
        var fragment = rules.fragment(of: live.plan)
        var facts = HostFacts()
        for step in 0..<60 {
            for _ in 0...Int.random(in: 0...4, using: &random) {
                live.store.apply(RandomCluster.change(using: &random), confirmedAt: 0)
            }
            if Int.random(in: 0..<10, using: &random) == 0 { facts = RandomCluster.facts(using: &random) }
            let before = (live.plan.facts, live.plan.ownPods)
            live.update(facts: facts, heldPorts: RandomCluster.heldPorts(using: &random))
            // What no service has a part in is made anew as a whole.
            if before == (live.plan.facts, live.plan.ownPods) {
                fragment.apply(rules.change(live.changes))
            } else {
                fragment = rules.fragment(of: live.plan)
            }
            var scratch = BalancerRuleset(testConfiguration)
            try #require(fragment.parts == scratch.fragment(of: live.plan).parts, "step \(step)")
        }
    }

    @Test func `a service that is gone leaves nothing behind`() {
        var random = SeededNumbers(seed: 5)
        var live = LivePlan()
        live.update()
        var rules = BalancerRuleset(testConfiguration)
        let empty = rules.fragment(of: live.plan)
        for _ in 0..<100 { live.store.apply(RandomCluster.change(using: &random), confirmedAt: 0) }
        live.store.apply(.replace(kinds: [.node], with: []), confirmedAt: 0)
        live.update()
        var fragment = rules.fragment(of: live.plan)
        #expect(fragment.parts != empty.parts)
        live.store.apply(.replace(kinds: BalancerPlan.neededKinds, with: []), confirmedAt: 0)
        live.update()
        fragment.apply(rules.change(live.changes))
        #expect(fragment.parts == empty.parts)
    }
}

extension RulesetFragment {
    /// Chains and sets by name: their order means nothing.
    fileprivate var parts: Parts {
        Parts(
            chains: Dictionary(uniqueKeysWithValues: chains.map { ($0.chain.name, $0) }),
            sets: Dictionary(uniqueKeysWithValues: sets.map { ($0.definition.name, $0) })
        )
    }

    fileprivate struct Parts: Equatable {
        var chains: [String: PlannedChain]
        var sets: [String: PlannedSet]
    }
}
