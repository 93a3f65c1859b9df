import ClusterFixtures
import ClusterState
import ServiceBalancer
import Testing

/// A plan that follows a store, and the state that its changes lead to.
struct LivePlan {
    let store = SnapshotStore(sourceDescription: "a test", ownName: testConfiguration.node)
    private(set) var plan = BalancerPlan(testConfiguration)
    /// What services have by the changes that were told alone.
    private(set) var told: [NamespacedName: [PortPlan]] = [:]
    /// What the last update told.
    private(set) var changes: [BalancerPlan.Change] = []
    private var generation: UInt64?
    private var heldPorts: Set<HeldPort> = []

    /// Takes what the store has now. Returns the services that have something else by it, in order.
    @discardableResult
    mutating func update(facts: HostFacts = HostFacts(), heldPorts: Set<HeldPort> = []) -> [String] {
        let snapshot = store.current
        let changed = generation.map { snapshot.changedKeys(since: $0) } ?? .everything
        generation = snapshot.generation
        self.heldPorts = heldPorts
        changes = plan.update(snapshot, changed: changed, facts: facts, heldPorts: heldPorts.byProgram)
        for change in changes {
            #expect((told[change.service] ?? []) == change.old, "\(change.service) had something else")
            #expect(change.old != change.new, "\(change.service) did not change")
            told[change.service] = change.new.isEmpty ? nil : change.new
        }
        #expect(Set(changes.map(\.service)).count == changes.count, "a service is told of twice")
        return changes.map(\.service.description).sorted()
    }

    /// Expects that the plan is what it is from scratch, and that the changes told of all of it.
    func check(_ comment: Comment? = nil) {
        var scratch = BalancerPlan(testConfiguration)
        _ = scratch.update(
            store.current,
            changed: .everything,
            facts: plan.facts,
            heldPorts: heldPorts.byProgram
        )
        #expect(plan.granted == scratch.granted, comment)
        #expect(plan.healthChecks == scratch.healthChecks, comment)
        #expect(plan.refusals == scratch.refusals, comment)
        #expect(plan.wantedPorts == scratch.wantedPorts, comment)
        #expect(plan.ownPods == scratch.ownPods, comment)
        #expect(told == plan.granted, comment)
    }
}
