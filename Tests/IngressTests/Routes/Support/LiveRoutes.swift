import ClusterFixtures
import ClusterState
import Ingress
import SeededNumbers
import Testing

/// A table that follows a store.
struct LiveRoutes {
    let store: SnapshotStore
    private(set) var table: RouteTable
    /// What is known of names outside the cluster.
    var names: [ExternalName: ExternalNameFinding]
    private var generation: UInt64?

    init(_ cluster: RouteCluster = RouteCluster()) {
        store = SnapshotStore(sourceDescription: "a test", ownName: cluster.configuration.node)
        names = cluster.names
        table = RouteTable(cluster.configuration, seed: 1)
        let kinds = RouteTable.neededKinds.union([.secret, .node])
        store.apply(.replace(kinds: kinds, with: cluster.objects), confirmedAt: 0)
    }

    /// Takes what the store has now. Returns whether that is something else.
    @discardableResult
    mutating func update() -> Bool {
        let snapshot = store.current
        let former = table
        let changed = generation.map { snapshot.changedKeys(since: $0) } ?? .everything
        generation = snapshot.generation
        let isNews = table.update(snapshot, changed: changed, names: names)
        let isTold = isNews || former == table
        #expect(isTold, "a change was not told")
        return isNews
    }

    /// The table from scratch.
    var scratch: RouteTable {
        var scratch = RouteTable(table.configuration, seed: 2)
        _ = scratch.update(store.current, changed: .everything, names: names)
        return scratch
    }
}
