import ClusterFixtures
import ClusterState
import LinuxSystem
import Netlink
import NetworkTypes
import Nftables
import NodeRuleset
import ServiceBalancer

/// The balancer of node-1 in a namespace: what the cluster says becomes a plan, and that the kernel's rules.
actor BalancerNode {
    nonisolated let ruleset: NodeRuleset
    nonisolated let socket: NftablesSocket
    private let connections: ConntrackSocket
    private let store = SnapshotStore(sourceDescription: "a test", ownName: configuration.node)
    private var facts: HostFacts
    private var plan = BalancerPlan(configuration)
    private var rules = BalancerRuleset(configuration)
    private var generation: UInt64?

    static let configuration = BalancerConfiguration(
        node: nodeName("node-1"),
        clusterCIDRs: PerFamily(v4: network("10.42.0.0/16"), v6: network("fd00:42::/48")),
        serviceCIDRs: PerFamily(v4: network("10.43.0.0/16"), v6: network("fd00:43::/112"))
    )

    init(in namespace: NetworkNamespace, filtersBridges: Bool) throws {
        socket = try NftablesSocket.open(in: namespace)
        connections = try ConntrackSocket.open(in: namespace)
        ruleset = NodeRuleset(kernel: socket)
        let held = address(BalancerTestbed.held)
        facts = HostFacts(
            heldAddresses: [held, held.twin],
            unfilteredBridges: filtersBridges ? [] : Set(AddressFamily.allCases)
        )
        let nodes = [fixtureNode(1), fixtureNode(2)].map(ClusterObject.node)
        store.apply(.replace(kinds: BalancerPlan.neededKinds, with: nodes), confirmedAt: 0)
    }

    /// Puts in place what has become of these objects, and that these others are gone.
    func put(_ objects: [ClusterObject], removing gone: [ClusterObject] = []) async throws {
        store.apply(.update(set: objects, remove: gone.map(\.key)), confirmedAt: 0)
        try await pass()
    }

    /// Serves another part of services.
    func serve(_ scope: BalancerScope) async throws {
        facts.scope = scope
        generation = nil
        try await pass()
    }

    private func pass() async throws {
        let snapshot = store.current
        let isFirst = generation == nil
        let changed = generation.map { snapshot.changedKeys(since: $0) } ?? .everything
        let changes = plan.update(snapshot, changed: changed, facts: facts)
        generation = snapshot.generation
        if isFirst {
            try await ruleset.apply(rules.fragment(of: plan))
        } else {
            let change = rules.change(changes)
            if !change.isEmpty { try await ruleset.amend(change) }
        }
        try forget(StaleFlows(changes))
    }

    private func forget(_ stale: StaleFlows) throws {
        for filter in stale.filters {
            _ = try connections.delete(filter) { stale.contains($0, ownAddresses: Self.addresses) }
        }
    }

    /// The node's own.
    private static let addresses: Set<IPAddress> = {
        let addresses = ["192.0.2.1", BalancerTestbed.second, BalancerTestbed.held, "10.42.1.1"].map { address($0) }
        return Set(addresses + addresses.map(\.twin))
    }()
}
