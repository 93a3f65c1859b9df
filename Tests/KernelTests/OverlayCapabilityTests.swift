import ClusterState
import LinuxSystem
import Netlink
import NetworkTypes
import NodeRuleset
import Overlay
import Supervision
import Testing

@Suite(.timeLimit(.minutes(1))) struct OverlayCapabilityTests {
    @Test func `it waits for a lease, then makes the overlay and repairs what is deleted`() async throws {
        let bed = try OverlayTestbed()
        let node = bed.nodes[0]
        defer { node.removeFiles() }
        let lease = try #require(node.store.current.ownLease)
        node.store.setOwnLease(nil)
        let capability = OverlayCapability(
            configuration: node.configuration,
            snapshots: node.store,
            ruleset: NodeRuleset(kernel: node.nft),
            namespace: node.namespace
        )
        let board = HealthBoard(now: { .zero })
        board.add(capability.name)
        let monitor = try NetlinkMonitor.open(groups: [.link, .ipv4Route], in: node.namespace)
        try await withThrowingTaskGroup { group in
            group.addTask { try await capability.run(reporting: HealthReporter(capability.name, on: board)) }
            try await board.reaches { $0.activity == .waiting(for: "a lease for this node") }
            #expect(try node.network.link(named: LinkName(validating: "flannel.1")) == nil)

            node.store.setOwnLease(lease)
            try await monitor.hears { if case .route(let route) = $0 { route.routeProtocol == .linnet } else { false } }
            let index = try node.link("flannel.1").index
            // Settled, so that what follows is a repair and not the first pass.
            try await board.reaches { health in
                switch health.state {
                case .ready, .degraded: health.activity == .waiting(for: "changes of nodes or of the kernel")
                default: false
                }
            }
            let filter = RouteFilter(family: .ipv4, interface: index, routeProtocol: .linnet)
            let route = try #require(try node.network.routes(filter).first)
            try node.network.deleteRoute(route)
            try await monitor.hears { $0 == .route(route) }
            try node.network.deleteLink(index)
            try await monitor.hears {
                if case .route(let new) = $0 { new.destination == route.destination } else { false }
            }
            #expect(capability.status.report.repairs > 0)
            group.cancelAll()
        }
    }
}

extension HealthBoard {
    /// Waits until the one capability is as `condition` says.
    fileprivate func reaches(_ condition: (CapabilityHealth) -> Bool) async throws {
        for await _ in changes(startingNow: true) where snapshot().contains(where: condition) { return }
        throw CancellationError()
    }
}

extension NetlinkMonitor {
    /// Waits until something is notified that is as `condition` says.
    fileprivate func hears(_ condition: (NetlinkNotification) -> Bool) async throws {
        if try drain().contains(where: condition) { return }
        for await _ in Reactor.shared.readiness(of: descriptor) where try drain().contains(where: condition) { return }
        throw CancellationError()
    }
}
