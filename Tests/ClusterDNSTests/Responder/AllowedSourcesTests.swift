import ClusterFixtures
import ClusterState
import LinuxSystem
import NetworkTypes
import Testing

@testable import ClusterDNS

// Pods are in 10.42.0.0/16 and fd00:42::/56, services in 10.43.0.0/16 and fd00:43::/112, the node is 192.168.77.1.

@Suite struct AllowedSourcesTests {
    @Test(
        arguments: [
            ("10.42.0.1", true),
            ("10.42.255.255", true),
            ("10.44.0.0", false),
            ("10.41.255.255", false),
            ("10.43.0.10", true),
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("128.0.0.1", false),
            ("192.168.77.1", true),
            ("192.168.77.2", false),
            ("0.0.0.0", false),
            ("fd00:42::1", true),
            ("fd00:42:0:100::1", false),
            ("fd00:43::a", true),
            ("fd00:43::1:0", false),
            ("fd00:77::1", true),
            ("::1", true),
            ("::2", false),
            ("2001:db8::1", false),
        ]
    )
    func `pods, services, nodes and the host itself may ask`(text: String, isAllowed: Bool) {
        var sources = AllowedSources(testConfiguration)
        _ = sources.update(Self.cluster.store.current)
        #expect(sources.contains(PacketAddress(address(text))) == isAllowed)
    }

    @Test func `the same nodes are no news`() {
        var sources = AllowedSources(testConfiguration)
        let snapshots = [Self.cluster, Self.cluster, TestCluster([])].map(\.store.current)
        let news = snapshots.map { sources.update($0) }
        #expect(news == [true, false, true])
        #expect(!sources.contains(PacketAddress(address("192.168.77.1"))))
    }

    private static let cluster = TestCluster([
        .node(
            Node(
                name: nodeName("north"),
                internalAddresses: PerFamily(v4: address("192.168.77.1"), v6: address("fd00:77::1"))
            )
        )
    ])
}
