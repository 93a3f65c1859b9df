import ClusterState
import NetworkTypes
import SeededNumbers

/// A store with a lease and some nodes, to be changed as a source would.
final class State {
    let store: SnapshotStore

    init(lease: NodeLease?, _ nodes: [Node]) {
        store = SnapshotStore(sourceDescription: "test", ownName: own)
        store.apply(.replace(kinds: [.node], with: []), confirmedAt: 0)
        store.setOwnLease(lease)
        for node in nodes { set(node) }
    }

    var snapshot: ClusterSnapshot { store.current }

    func set(_ node: Node) { store.apply(.update(set: [.node(node)], remove: []), confirmedAt: 0) }

    func remove(_ name: NodeName) { store.apply(.update(set: [], remove: [.node(name)]), confirmedAt: 0) }

    /// One node of few appears, goes, or gets something that another has: collisions are frequent.
    func changeAtRandom(_ random: inout SeededNumbers) {
        let number = Int.random(in: 1...8, using: &random)
        guard Int.random(in: 0..<4, using: &random) > 0 else { return remove(nodeName("node-\(number)")) }
        var node = peer(number)
        let other = peer(Int.random(in: 1...8, using: &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0: node.publicAddresses.v4 = other.publicAddresses.v4
        case 1: node.podCIDRs.v4 = other.podCIDRs.v4
        case 2: node.podCIDRs.v6 = nil
        case 3: node.vtep.v6 = other.vtep.v6
        case 4: node.podCIDRs.v4 = prefix("10.42.0.0/21")
        case 5: node.backendType = "host-gw"
        case 6: node.externalAddresses.v4 = other.publicAddresses.v4
        default: break
        }
        set(node)
    }
}
