import ClusterState
import LinuxSystem
import Netlink
import NetlinkFake
import NetworkTypes
import NodeRuleset
import Testing

@testable import Overlay

/// What others change beside the objects themselves, and what is kept while something fails.
extension OverlayReconcilerTests {
    @Test func `an address on the loopback interface too leaves the tunnel under the other`() async throws {
        let state = State(lease: lease(), [peer(2)])
        let loopback = try link("lo").index
        let twice = Address(interface: loopback, address: interfaceAddress("192.0.2.1/32"))
        try await reconciler().reconcile(state.snapshot, thoroughly: true)
        host.fake.interfere([.addAddress(twice)])
        host.forgetTraffic()
        for reconciler in [reconciler(), reconciler()] {
            try await reconciler.reconcile(state.snapshot, thoroughly: true)
            #expect(host.writes == 0)
        }
        #expect(try link("flannel.1").mtu == 1450)
        host.fake.interfere([
            .deleteAddress(Address(interface: host.uplinkIndex, address: interfaceAddress("192.0.2.1/24")))
        ])
        try await reconciler().reconcile(state.snapshot, thoroughly: true)
        #expect(status.report.complaints.contains { $0.contains("192.0.2.1 is on the loopback interface only") })
    }

    @Test func `of two interfaces with the node's address the one in use stays in use`() {
        let address = interfaceAddress("192.0.2.1/24")
        let links = [1, 2, 3].map { Link(index: InterfaceIndex($0), name: linkName("eth\($0)"), isUp: true) }
        func find(_ holders: [Int32], _ previous: PerFamily<Underlay>) -> PerFamily<Underlay> {
            let addresses = holders.map { Address(interface: InterfaceIndex($0), address: address) }
            return Underlay.find(
                holding: PerFamily(v4: ip("192.0.2.1")),
                links: links,
                addresses: addresses,
                previous: previous
            )
        }
        let second = find([2], PerFamily())
        #expect(find([1, 2, 3], second).v4?.index == InterfaceIndex(2))
        #expect(find([1, 3], second).v4?.index == InterfaceIndex(1))
    }

    @Test func `what others set of links that we made is set back, and heard of`() async throws {
        let state = State(lease: lease(), [peer(2)])
        let reconciler = reconciler()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let (bridge, tunnel) = (try link("cni0"), try link("flannel.1"))
        let changes: [(Link, LinkChange)] = [
            (tunnel, LinkChange(master: .bridge(bridge.index))), (tunnel, LinkChange(alias: "x")),
            (bridge, LinkChange(alias: "")), (bridge, LinkChange(spanningTree: true)),
        ]
        for (link, change) in changes {
            host.fake.interfere([.setLink(.index(link.index), change)])
            let altered = try #require(try host.fake.link(link.index))
            #expect(watch.concern(of: .link(altered)) != nil, "\(change)")
            try await reconciler.reconcile(state.snapshot, thoroughly: true)
            #expect(try host.fake.link(link.index) == link, "\(change)")
        }
    }

    @Test func `a link that we made stays ours while its alias is taken and cannot be put back`() async throws {
        let state = State(lease: lease(), [])
        let reconciler = reconciler()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let bridge = try link("cni0")
        host.fake.interfere([.setLink(.index(bridge.index), LinkChange(alias: "x", spanningTree: true))])
        host.fake.refuse { if case .setLink = $0 { .busy } else { nil } }
        await #expect(throws: ReconcileFailure.self) {
            try await reconciler.reconcile(state.snapshot, thoroughly: true)
        }
        host.fake.refuse { _ in nil }
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(try link("cni0") == bridge)
    }

    @Test func `an adopted bridge keeps its alias and its spanning tree`() async throws {
        host.fake.interfere([
            .createLink(LinkRequest(name: linkName("cni0"), kind: .bridge, alias: "mine")),
            .setLink(.name(linkName("cni0")), LinkChange(spanningTree: true)),
        ])
        try await reconciler().reconcile(State(lease: lease(), []).snapshot, thoroughly: true)
        #expect(try link("cni0").alias == "mine")
        #expect(try link("cni0").hasSpanningTree)
    }

    @Test func `forwarding of our links and who may read subnet.env are set right`() async throws {
        for name in ["ipv4/conf/cni0", "ipv4/conf/flannel.1", "ipv6/conf/cni0"] {
            host.setSysctl("net/\(name)/forwarding", "0")
        }
        let state = State(lease: lease(), [])
        let reconciler = reconciler()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        for name in ["ipv4/conf/cni0", "ipv4/conf/flannel.1", "ipv6/conf/cni0"] {
            #expect(host.sysctl("net/\(name)/forwarding") == "1")
        }
        host.close("/run/flannel/subnet.env")
        #expect(watch.alteredFileOrSetting(host, configuration()) == .file("/run/flannel/subnet.env"))
        #expect(try await reconciler.reconcile(state.snapshot, thoroughly: true) == 1)
        // Whoever hardens a host does this.
        host.close("/etc/cni/net.d/10-linnet.conflist")
        #expect(watch.alteredFileOrSetting(host, configuration()) == nil)
    }

    @Test func `files that were announced are kept while a tunnel cannot be made`() async throws {
        let state = State(lease: lease(), [peer(2)])
        let reconciler = reconciler()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        host.fake.interfere([
            .deleteLink(.name(linkName("flannel.1"))),
            .createLink(LinkRequest(name: linkName("other"), kind: .vxlan(VXLAN(vni: 1, link: host.uplinkIndex)))),
            .deleteRoute(prefix("fd00:42:0:2::/64").tunnelRoute(over: try link("flannel-v6.1").index)),
        ])
        host.setFile("/run/flannel/subnet.env", nil)
        await #expect(throws: ReconcileFailure.self) {
            try await reconciler.reconcile(state.snapshot, thoroughly: true)
        }
        #expect(host.file("/run/flannel/subnet.env") != nil)
        #expect(try host.fake.routes(RouteFilter(family: .ipv6, routeProtocol: .linnet)).count == 1)
    }

    @Test func `a file that cannot be written does not wake the loop again by itself`() async throws {
        let path = "/etc/cni/net.d/10-linnet.conflist"
        let state = State(lease: lease(), [])
        let reconciler = reconciler()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        host.obstruct(path)
        #expect(watch.alteredFileOrSetting(host, configuration()) == .file(path))
        await #expect(throws: ReconcileFailure.self) {
            try await reconciler.reconcile(state.snapshot, thoroughly: true)
        }
        #expect(watch.alteredFileOrSetting(host, configuration()) == nil)
    }

    @Test func `what stays for its user's sake is looked at again when that one changes`() async throws {
        let state = State(lease: lease(), [])
        try await reconciler().reconcile(state.snapshot, thoroughly: true)
        let request = LinkRequest(name: linkName("guest"), kind: .veth, master: try link("cni0").index)
        host.fake.interfere([.createLink(request)])
        var off = configuration()
        off.backend = .none
        let last = reconciler(off)
        try await last.reconcile(state.snapshot, thoroughly: true)
        let guest = try link("guest")
        #expect(watch.concern(of: .link(guest)) != nil)
        #expect(watch.concern(of: .linkRemoved(guest)) != nil)
        #expect(watch.concern(of: .link(try link("eth0"))) == nil)
        host.fake.interfere([.deleteLink(.index(guest.index))])
        try await last.reconcile(state.snapshot, thoroughly: true)
        #expect(try host.fake.link(named: linkName("cni0")) == nil)
        #expect(status.report.complaints == [])
    }
}
