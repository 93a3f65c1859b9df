import ClusterFixtures
import ClusterState
import DNSWire
import NetworkTypes
import SeededNumbers

@testable import ClusterDNS

// Pods are in 10.42.0.0/16 and fd00:42::/56, services in 10.43.0.0/16 and fd00:43::/112; cluster DNS answers on the tenth
// address of the latter. Nodes are elsewhere.

let testConfiguration = ClusterDNSConfiguration(
    clusterDomain: name(""),
    addresses: PerFamily(v4: address("10.43.0.10"), v6: address("fd00:43::a")),
    podCIDRs: PerFamily(v4: network("10.42.0.0/16"), v6: network("fd00:42::/56")),
    serviceCIDRs: PerFamily(v4: network("10.43.0.0/16"), v6: network("fd00:43::/112"))
)

let testHasher = {
    var numbers = SeededNumbers(seed: 1)
    return NameHasher(using: &numbers)
}()

/// A cluster that tests change, and the zone that follows it.
struct TestCluster {
    let store = SnapshotStore(sourceDescription: "the test", ownName: nodeName("node-0"))
    private(set) var zone: DNSZone
    private var generation: UInt64 = 0

    /// - Parameter kinds: those that are complete.
    init(
        _ objects: [ClusterObject] = [],
        _ configuration: ClusterDNSConfiguration = testConfiguration,
        kinds: Set<ObjectKind> = Set(ObjectKind.allCases)
    ) {
        zone = DNSZone(configuration, testHasher, serial: 1)
        store.apply(.replace(kinds: kinds, with: objects), confirmedAt: 0)
        _ = update()
    }

    var table: ZoneTable { zone.table }

    /// Takes changes without telling the zone.
    func apply(_ changes: ClusterChange...) {
        for change in changes { store.apply(change, confirmedAt: 0) }
    }

    /// Tells the zone of all changes since the last time. Returns whether its table is another one.
    mutating func update(serial: UInt32 = 1) -> Bool {
        let snapshot = store.current
        let changed = generation == 0 ? .everything : snapshot.changedKeys(since: generation)
        generation = snapshot.generation
        return zone.update(snapshot, changed: changed, serial: serial)
    }
}

extension ClusterObject {
    /// The key `NodeHosts` as k3s writes it.
    static func nodeHosts(_ text: String) -> ClusterObject {
        .configMap(
            ConfigMap(metadata: ObjectMetadata(name: "coredns", namespace: "kube-system"), data: ["NodeHosts": text])
        )
    }
}
