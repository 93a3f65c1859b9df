import NetworkTypes
import Nftables
package import NodeRuleset

/// The balancer's part of the table `linnet`, as it follows from a plan: pure.
///
/// It counts what services share, so that a change costs what changed.
package struct BalancerRuleset: Sendable {
    /// What its part of the table is called.
    package static let fragmentName = BalancerNames.fragment

    private let configuration: BalancerConfiguration
    private var chains = Tally<BalancerChain>()
    private var addresses = Tally<IPAddress>()
    private var clusterAddresses = Tally<IPAddress>()
    private var localEndpoints = Tally<IPAddress>()
    private var nodePorts = Tally<HeldPort>()

    /// The ruleset without services.
    package init(_ configuration: BalancerConfiguration) {
        self.configuration = configuration
    }

    /// The fragment of a plan, from scratch.
    package mutating func fragment(of plan: BalancerPlan) -> RulesetFragment {
        self = BalancerRuleset(configuration)
        var fragment = BalancerFrame(plan).fragment
        guard !fragment.isEmpty else { return fragment }
        let all = change(plan.granted.map { BalancerPlan.Change(service: $0.key, old: [], new: $0.value) })
        fragment.chains += all.chains
        fragment.sets += all.sets
        for index in fragment.sets.indices {
            guard let elements = all.elements[fragment.sets[index].definition.name] else { continue }
            // At once, and not one by one into what is empty.
            fragment.sets[index].contents = .planned(ElementTable(elements.added))
        }
        return fragment
    }

    /// What the changes of a plan change in the fragment.
    package mutating func change(_ services: [BalancerPlan.Change]) -> FragmentChange {
        var change = FragmentChange(name: BalancerNames.fragment)
        let old = ServiceElements(services.lazy.map(\.old), configuration)
        let new = ServiceElements(services.lazy.map(\.new), configuration)
        for (set, difference) in new.elements.changes(from: old.elements) { change.elements[set] = difference }
        change.replace(old.affinity, by: new.affinity)
        chains.replace(old.chains, by: new.chains)
        addresses.replace(old.addresses, by: new.addresses)
        clusterAddresses.replace(old.clusterAddresses, by: new.clusterAddresses)
        localEndpoints.replace(old.localEndpoints, by: new.localEndpoints)
        nodePorts.replace(old.nodePorts, by: new.nodePorts)
        let (comeChains, goneChains) = chains.take()
        change.chains += comeChains.map { chain in
            PlannedChain(
                Chain(chain.name, comment: chain.comment),
                chain.planned(cluster: configuration.clusterCIDRs)
            )
        }
        change.lostChains += goneChains.map(\.name)
        change.replace(addresses.take()) { (BalancerNames.addresses($0.family), SetElement([.address($0)])) }
        change.replace(clusterAddresses.take()) {
            (BalancerNames.clusterAddresses($0.family), SetElement([.address($0)]))
        }
        let endpoints = localEndpoints.take()
        change.replace(endpoints) { (BalancerNames.localEndpoints($0.family), SetElement([.address($0)])) }
        change.replace(endpoints) { (BalancerNames.hairpins($0.family), SetElement([.address($0), .address($0)])) }
        change.replace(nodePorts.take()) {
            (BalancerNames.nodePorts($0.transport, $0.family), SetElement([.port($0.port)]))
        }
        return change
    }
}

extension FragmentChange {
    fileprivate mutating func replace(_ old: [AffinityChains], by new: [AffinityChains]) {
        guard old != new else { return }
        let oldChains = Dictionary(old.flatMap(\.chains).map { ($0.chain.name, $0) }) { first, _ in first }
        let newChains = new.flatMap(\.chains)
        chains += newChains.filter { oldChains[$0.chain.name] != $0 }
        lostChains += Set(oldChains.keys).subtracting(newChains.map(\.chain.name)).sorted()
        let oldSets = Set(old.flatMap(\.sets).map(\.definition.name))
        let newSets = new.flatMap(\.sets)
        sets += newSets.filter { !oldSets.contains($0.definition.name) }
        lostSets += oldSets.subtracting(newSets.map(\.definition.name)).sorted()
    }

    /// Puts what came in, and takes out what went.
    fileprivate mutating func replace<Value>(
        _ values: (come: [Value], gone: [Value]),
        _ element: (Value) -> (set: String, SetElement)
    ) {
        for (set, new) in values.come.map(element) { elements[set, default: ElementChange()].added.append(new) }
        for (set, old) in values.gone.map(element) { elements[set, default: ElementChange()].removed.append(old) }
    }
}
