import ClusterFixtures
import ClusterState
import NetworkTypes
import Testing

@testable import ServiceBalancer

@Suite struct LoadBalancerStatusesTests {
    @Test(
        arguments: [
            LoadBalancerRow.nodeChoice, LoadBalancerRow.addressChoice, LoadBalancerRow.localPolicy,
            LoadBalancerRow.refusals, LoadBalancerRow.rivals, LoadBalancerRow.nodePorts, LoadBalancerRow.others,
        ].joined()
    )
    func `a load balancer is published with the addresses at which it is served`(row: LoadBalancerRow) {
        let objects =
            row.nodes.map(ClusterObject.node) + row.services.map(ClusterObject.service)
            + row.slices.map(ClusterObject.endpointSlice)
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        store.apply(.replace(kinds: [.node, .service, .endpointSlice], with: objects), confirmedAt: 0)
        var statuses = LoadBalancerStatuses(.forStatuses)
        let changes = statuses.update(store.current, changed: .everything, ownRefusals: row.refusals)
        let wanted = row.wanted.map { (NamespacedName(namespace: "default", name: $0), $1) }
        #expect(statuses.addresses == Dictionary(uniqueKeysWithValues: wanted))
        #expect(Set(changes.map(\.object.namespacedName)) == Set(statuses.addresses.keys))
    }

    @Test(arguments: LoadBalancerRow.publishers)
    func `the first node that can speaks for all`(nodes: [Node], publisher: AddressSpeaker) {
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        store.apply(.replace(kinds: [.node], with: nodes.map(ClusterObject.node)), confirmedAt: 0)
        var statuses = LoadBalancerStatuses(.forStatuses)
        _ = statuses.update(store.current, changed: .everything, ownRefusals: [])
        #expect(statuses.publisher == publisher)
    }
}
