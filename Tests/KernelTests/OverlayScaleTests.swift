import ClusterState
import LinuxSystem
import Netlink
import NetworkTypes
import Overlay
import Testing

@Suite(.timeLimit(.minutes(2))) struct OverlayScaleTests {
    @Test func `a thousand nodes make exactly 999 of each, and a repeated pass writes nothing`() async throws {
        let node = try #require(try OverlayTestbed(clusterCIDRs: ["10.0.0.0/8", "fd00:42::/48"]).nodes.first)
        defer { node.removeFiles() }
        let peers = try (2...1000).map { try OverlayNode.distantNode($0) }
        node.store.apply(.replace(kinds: [.node], with: peers.map(ClusterObject.node)), confirmedAt: 0)
        try await node.reconcile()
        #expect(node.status.report.complaints.allSatisfy { $0.contains("br_netfilter") })
        for (name, family) in [("flannel.1", AddressFamily.ipv4), ("flannel-v6.1", .ipv6)] {
            let link = try node.link(name).index
            let routes = try node.network.routes(RouteFilter(family: family, interface: link, routeProtocol: .linnet))
            #expect(routes.count == 999)
            let neighbours = try node.network.neighbours(of: link, family: family).filter { $0.state == .permanent }
            #expect(neighbours.count == 999)
            #expect(try node.network.forwardingEntries(of: link).filter(\.isPermanent).count == 999)
        }
        #expect(try await node.reconcile() == 0)

        var changed = peers[500]
        changed.vtep.v4 = try MACAddress(parsing: "02:00:00:00:44:44")
        node.store.apply(.update(set: [.node(changed)], remove: []), confirmedAt: 0)
        #expect(try await node.reconciler.reconcile(node.store.current, thoroughly: false) == 3)
        #expect(try await node.reconcile() == 0)
    }
}
