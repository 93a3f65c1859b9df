import ClusterFixtures
import ClusterState
import SeededNumbers
import ServiceBalancer
import Testing

/// Whatever changes, and however many generations are skipped: an update gives what a plan from scratch is.
struct PlanDifferenceTests {
    @Test(arguments: 0..<24 as Range<UInt64>)
    func `an update equals a plan from scratch and tells all that changed`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var live = LivePlan()
        var facts = HostFacts()
        var heldPorts: Set<HeldPort> = []
        for step in 0..<60 {
            // Now and then so many generations are skipped that the history does not reach back.
            let count = Int.random(in: 0..<20, using: &random) == 0 ? 80 : Int.random(in: 0...4, using: &random)
            for _ in 0..<count { live.store.apply(RandomCluster.change(using: &random), confirmedAt: 0) }
            if Int.random(in: 0..<4, using: &random) == 0 { facts = RandomCluster.facts(using: &random) }
            if Int.random(in: 0..<4, using: &random) == 0 { heldPorts = RandomCluster.heldPorts(using: &random) }
            live.update(facts: facts, heldPorts: heldPorts)
            live.check("step \(step)")
        }
    }

    @Test func `a plan whose objects are all gone is as empty as a new one`() {
        var random = SeededNumbers(seed: 99)
        var live = LivePlan()
        for _ in 0..<300 { live.store.apply(RandomCluster.change(using: &random), confirmedAt: 0) }
        live.update()
        #expect(!live.plan.granted.isEmpty)
        live.store.apply(.replace(kinds: BalancerPlan.neededKinds, with: []), confirmedAt: 0)
        live.update()
        #expect(live.told.isEmpty)
        #expect(live.plan.refusals.isEmpty)
        #expect(live.plan.healthChecks.isEmpty)
        live.check()
    }

    @Test func `what changes nothing tells of nothing`() {
        var random = SeededNumbers(seed: 7)
        var live = LivePlan()
        for _ in 0..<100 { live.store.apply(RandomCluster.change(using: &random), confirmedAt: 0) }
        live.update()
        #expect(live.update() == [])
        for node in live.store.current.nodes.values where node.name != testConfiguration.node {
            var node = node
            node.annotations["changed"] = "true"
            live.store.apply(.set(.node(node)), confirmedAt: 0)
        }
        #expect(live.update() == [])
    }
}
