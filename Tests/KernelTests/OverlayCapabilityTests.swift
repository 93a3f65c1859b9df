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
            try await board.settles()
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

    @Test func `what was lost for want of room in the socket is found by a pass over everything`() async throws {
        let bed = try OverlayTestbed()
        let node = bed.nodes[0]
        defer { node.removeFiles() }
        var configuration = node.configuration
        configuration.auditInterval = .seconds(3600)
        let capability = OverlayCapability(
            configuration: configuration,
            snapshots: node.store,
            ruleset: NodeRuleset(kernel: node.nft),
            namespace: node.namespace,
            // The kernel makes it the least that it allows, which a few messages fill.
            notificationBuffer: 1
        )
        let board = HealthBoard(now: { .zero })
        board.add(capability.name)
        try await withThrowingTaskGroup { group in
            group.addTask { try await capability.run(reporting: HealthReporter(capability.name, on: board)) }
            try await board.settles()
            let monitor = try NetlinkMonitor.open(groups: [.ipv4Route], in: node.namespace)
            let index = try node.link("flannel.1").index
            let filter = RouteFilter(family: .ipv4, interface: index, routeProtocol: .linnet)
            let route = try #require(try node.network.routes(filter).first)
            // A neighbour that comes and goes on another link says nothing of ours, and fills the socket; our route goes
            // in the middle of it.
            let other = try node.link("eth0").index
            let noise = (1...250).flatMap { number -> [NetlinkOperation] in
                let address = IPAddress.v4(IPv4Address(198, 51, 100, UInt8(number)))
                let neighbour = Neighbour(interface: other, address: address, linkAddress: MACAddress(rawValue: 2))
                return [.replaceNeighbour(neighbour), .deleteNeighbour(neighbour)]
            }
            let before = try node.lostNotifications()
            var isLost = false
            // The listener may be quick enough to hear all of it, once or twice.
            for _ in 0..<20 where !isLost {
                let done = node.network.perform(noise + [.deleteRoute(route)] + noise)
                #expect(done.allSatisfy { $0 == nil })
                try await monitor.hears { $0 == .route(route) }
                isLost = try node.lostNotifications() > before
            }
            #expect(isLost)
            group.cancelAll()
        }
    }
}

extension OverlayNode {
    /// How many notifications sockets of the namespace had no room for.
    fileprivate func lostNotifications() throws -> Int {
        let text = try namespace.run { try Files.readText("/proc/thread-self/net/netlink") }
        // sk, Eth (the subsystem), Pid, Groups, Rmem, Wmem, Dump, Locks, Drops, Inode
        var count = 0
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 8, fields[1] == "0" { count += Int(fields[8]) ?? 0 }
        }
        return count
    }
}

extension HealthBoard {
    /// Waits until the overlay has done what it has to do, so that what follows is a repair and not the first pass.
    fileprivate func settles() async throws {
        try await reaches { health in
            switch health.state {
            case .ready, .degraded: health.activity == .waiting(for: "changes of nodes or of the kernel")
            default: false
            }
        }
    }

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
