import ClusterState
import LinuxSystem
import Netlink
import NetworkTypes
import Overlay
import Testing

@Suite(.timeLimit(.minutes(1))) struct OverlayKernelTests {
    @Test func `two nodes reach each other's pods over both families`() async throws {
        let bed = try OverlayTestbed()
        defer { bed.nodes.forEach { $0.removeFiles() } }
        for node in bed.nodes { try await node.reconcile() }
        #expect(
            bed.nodes.allSatisfy { node in
                node.status.report.complaints.allSatisfy { $0.contains("br_netfilter") }
            }
        )
        for (source, destination) in [("10.42.1.1", "10.42.2.1"), ("fd00:42:0:1::1", "fd00:42:0:2::1")] {
            let ping = ["ping", "-q", "-c", "1", "-W", "5", "-I", source, destination]
            #expect(try bed.nodes[0].namespace.runProgram(ping) == 0)
        }
        for node in bed.nodes { #expect(try await node.reconcile() == 0) }
    }

    @Test func `the links are as flannel makes them`() async throws {
        let node = try #require(try OverlayTestbed().nodes.first)
        defer { node.removeFiles() }
        try await node.reconcile()
        let tunnel = try node.link("flannel.1")
        let uplink = try node.link("eth0").index
        #expect(tunnel.kind == .vxlan(VXLAN(vni: 1, link: uplink, local: try IPAddress(parsing: "192.0.2.1"))))
        #expect(tunnel.mtu == 1450)
        #expect(try node.link("flannel-v6.1").mtu == 1430)
        #expect(try node.link("cni0").mtu == 1430)
        #expect(try node.namespace.run { try Sysctl.read(SysctlName("net/ipv4/ip_forward")) } == "1")
    }

    @Test func `each owned object that is deleted comes back`() async throws {
        let node = try #require(try OverlayTestbed().nodes.first)
        defer { node.removeFiles() }
        try await node.reconcile()
        for name in ["flannel.1", "flannel-v6.1"] {
            let index = try node.link(name).index
            let family: AddressFamily = name == "flannel.1" ? .ipv4 : .ipv6
            let filter = RouteFilter(interface: index, routeProtocol: .linnet)
            let damages: [NetlinkOperation] = [
                .deleteRoute(try #require(try node.network.routes(filter).first)),
                .deleteNeighbour(
                    try #require(
                        try node.network.neighbours(of: index, family: family).first { $0.state == .permanent }
                    )
                ),
                .deleteForwardingEntry(
                    try #require(try node.network.forwardingEntries(of: index).first { $0.isPermanent })
                ),
                .deleteAddress(
                    try #require(
                        try node.network.addresses(of: index).first { $0.address.length == family.bitWidth }
                    )
                ),
                .setLink(.index(index), LinkChange(isUp: false)),
                .setLink(.index(index), LinkChange(address: MACAddress(rawValue: 0x0200_0000_0099))),
                .deleteLink(.index(index)),
            ]
            for damage in damages { try await repair(damage, on: node) }
        }
        try await repair(.deleteLink(.name(LinkName(validating: "cni0"))), on: node)
    }

    private func repair(_ damage: NetlinkOperation, on node: OverlayNode) async throws {
        try node.network.perform(damage)
        #expect(try await node.reconcile() > 0, "\(damage)")
        #expect(try await node.reconcile() == 0, "\(damage)")
    }

    @Test func `flannel's link is adopted with its index and its route taken over`() async throws {
        let node = try #require(try OverlayTestbed().nodes.first)
        defer { node.removeFiles() }
        let uplink = try node.link("eth0").index
        let left = try node.network.createLink(
            LinkRequest(
                name: LinkName(validating: "flannel.1"),
                kind: .vxlan(VXLAN(vni: 1, link: uplink, local: try IPAddress(parsing: "192.0.2.1"))),
                mtu: 1450,
                isUp: true
            )
        )
        for subnet in ["10.42.2.0/24", "10.42.7.0/24"] {
            let destination = try IPPrefix(parsing: subnet)
            var route = destination.tunnelRoute(over: left.index)
            route.routeProtocol = .boot
            try node.network.addRoute(route)
        }
        try await node.reconcile()
        #expect(try node.link("flannel.1").index == left.index)
        let routes = try node.network.routes(RouteFilter(family: .ipv4, table: .main, interface: left.index))
        #expect(routes.map { "\($0.destination) \($0.routeProtocol == .linnet)" } == ["10.42.2.0/24 true"])
        #expect(try await node.reconcile() == 0)
    }

    @Test func `a foreign vxlan in the way is named`() async throws {
        let node = try #require(try OverlayTestbed().nodes.first)
        defer { node.removeFiles() }
        let uplink = try node.link("eth0").index
        try node.network.createLink(
            LinkRequest(
                name: LinkName(validating: "vxlan.other"),
                kind: .vxlan(VXLAN(vni: 1, link: uplink, local: try IPAddress(parsing: "192.0.2.1"))),
                isUp: true
            )
        )
        let failure = await #expect(throws: ReconcileFailure.self) { try await node.reconcile() }
        #expect(failure?.description.contains("vxlan.other") == true)
    }
}
