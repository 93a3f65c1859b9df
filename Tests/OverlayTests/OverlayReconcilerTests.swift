import ClusterState
import Netlink
import NetlinkFake
import NetworkTypes
import NodeRuleset
import Testing

@testable import Overlay

@Suite struct OverlayReconcilerTests {
    let host = FakeHost()
    let ruleset = FakeRuleset()
    let status = OverlayStatus()
    let watch = OverlayWatch()

    func reconciler(_ configuration: OverlayConfiguration = configuration()) -> OverlayReconciler {
        OverlayReconciler(configuration, kernel: host, ruleset: ruleset, status: status, watch: watch, now: { .now })
    }

    func link(_ name: String) throws -> Link { try #require(try host.fake.link(named: linkName(name))) }

    private func addresses(of name: String) throws -> [String] {
        try host.fake.addresses(of: link(name).index).map { "\($0.address)" }.sorted()
    }

    @Test func `a cold start makes everything`() async throws {
        let state = State(lease: lease(), [peer(2), peer(3)])
        try await reconciler().reconcile(state.snapshot, thoroughly: true)

        let tunnel = try link("flannel.1")
        #expect(tunnel.kind == .vxlan(VXLAN(vni: 1, link: host.uplinkIndex, local: ip("192.0.2.1"))))
        #expect(tunnel.isUp)
        #expect(tunnel.mtu == 1450)
        #expect(tunnel.address == mac("02:00:00:00:04:01"))
        #expect(tunnel.alias == "linnet")
        #expect(try addresses(of: "flannel.1") == ["10.42.1.0/32"])
        #expect(try addresses(of: "flannel-v6.1") == ["fd00:42:0:1::/128"])
        #expect(try addresses(of: "cni0") == ["10.42.1.1/24", "fd00:42:0:1::1/64"])
        #expect(try link("cni0").mtu == 1430)

        let routes = try host.fake.routes(RouteFilter(routeProtocol: .linnet)).map { "\($0.destination)" }.sorted()
        #expect(routes == ["10.42.2.0/24", "10.42.3.0/24", "fd00:42:0:2::/64", "fd00:42:0:3::/64"])
        #expect(try host.fake.neighbours(of: nil, family: nil).count == 4)
        let entries = try host.fake.forwardingEntries(of: tunnel.index)
        #expect(Set(entries.map(\.destination)) == [ip("192.0.2.2"), ip("192.0.2.3")])

        #expect(host.sysctl("net/ipv4/ip_forward") == "1")
        #expect(host.sysctl("net/ipv6/conf/eth0/accept_ra") == "2")
        #expect(host.sysctl("net/ipv4/conf/cni0/rp_filter") == "2")
        #expect(host.sysctl("net/bridge/bridge-nf-call-ip6tables") == "1")
        #expect(ruleset.fragments.count == 1)
        #expect(status.report.complaints == [])
        #expect(status.report.peers.count == 2)
    }

    @Test func `files are as flannel and runtimes read them`() async throws {
        try await reconciler().reconcile(State(lease: lease(), []).snapshot, thoroughly: true)
        let expected = """
            FLANNEL_NETWORK=10.42.0.0/16
            FLANNEL_SUBNET=10.42.1.1/24
            FLANNEL_IPV6_NETWORK=fd00:42::/56
            FLANNEL_IPV6_SUBNET=fd00:42:0:1::1/64
            FLANNEL_MTU=1430
            FLANNEL_IPMASQ=true

            """
        #expect(host.file("/run/flannel/subnet.env") == expected)
        let list = try #require(host.file("/etc/cni/net.d/10-linnet.conflist"))
        #expect(list.contains("\"type\": \"linnet-cni\""))
        #expect(!list.contains("\"dns\""))
    }

    @Test func `a second pass over the same state writes nothing`() async throws {
        let reconciler = reconciler()
        let state = State(lease: lease(), [peer(2), peer(3)])
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        host.forgetTraffic()
        #expect(try await reconciler.reconcile(state.snapshot, thoroughly: true) == 0)
        #expect(try await reconciler.reconcile(state.snapshot, thoroughly: false) == 0)
        #expect(host.writes == 0)
        #expect(ruleset.fragments.count == 1)
        #expect(status.report.repairs == 0)
    }

    @Test func `one changed peer costs the same among few as among many`() async throws {
        var costs: Set<Int> = []
        for count in [3, 200] {
            let host = FakeHost()
            let reconciler = OverlayReconciler(
                configuration(),
                kernel: host,
                ruleset: ruleset,
                status: status,
                now: { .now }
            )
            let state = State(lease: lease(), (2...(count + 1)).map { peer($0) })
            try await reconciler.reconcile(state.snapshot, thoroughly: true)
            host.forgetTraffic()
            var changed = peer(3)
            changed.vtep.v4 = mac("02:00:00:00:44:44")
            state.set(changed)
            try await reconciler.reconcile(state.snapshot, thoroughly: false)
            costs.insert(host.fake.writes + host.fake.reads)
            host.forgetTraffic()
            #expect(try await reconciler.reconcile(state.snapshot, thoroughly: true) == 0)
        }
        // The neighbour, the new entry, and the old entry's deletion.
        #expect(costs == [3])
    }

    @Test func `a peer's subnet taken over by another node is not lost`() async throws {
        let reconciler = reconciler()
        let state = State(lease: lease(), [peer(2)])
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        state.remove(nodeName("node-2"))
        state.set(peer(2, name: "reborn"))
        try await reconciler.reconcile(state.snapshot, thoroughly: false)
        host.forgetTraffic()
        #expect(try await reconciler.reconcile(state.snapshot, thoroughly: true) == 0)
        #expect(try host.fake.routes(RouteFilter(routeProtocol: .linnet)).count == 2)
    }

    @Test func `whatever somebody else deletes comes back and is counted`() async throws {
        let reconciler = reconciler()
        let state = State(lease: lease(), [peer(2)])
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let tunnel = try link("flannel.1").index
        let route = try #require(try host.fake.routes(RouteFilter(interface: tunnel)).first)
        let neighbour = try #require(try host.fake.neighbours(of: tunnel, family: nil).first)
        let entry = try #require(try host.fake.forwardingEntries(of: tunnel).first)
        let address = try #require(try host.fake.addresses(of: tunnel).first)
        let damages: [NetlinkOperation] = [
            .deleteRoute(route), .deleteNeighbour(neighbour), .deleteForwardingEntry(entry), .deleteAddress(address),
            .setLink(.index(tunnel), LinkChange(mtu: 1400)),
            .setLink(.index(tunnel), LinkChange(address: mac("02:00:00:00:99:99"))),
            .setLink(.index(tunnel), LinkChange(isUp: false)),
            .deleteLink(.name(linkName("flannel-v6.1"))), .deleteLink(.name(linkName("cni0"))),
            .deleteLink(.index(tunnel)),
        ]
        for damage in damages {
            let before = status.report.repairs
            #expect(host.fake.interfere([damage]) == [nil])
            try await reconciler.reconcile(state.snapshot, thoroughly: true)
            #expect(status.report.repairs > before, "\(damage)")
            #expect(try await reconciler.reconcile(state.snapshot, thoroughly: true) == 0, "\(damage)")
        }
        #expect(try addresses(of: "flannel.1") == ["10.42.1.0/32"])
    }

    @Test func `what flannel left is adopted with its index, and its stale routes go`() async throws {
        let left = VXLAN(vni: 1, link: host.uplinkIndex, local: ip("192.0.2.1"))
        host.fake.interfere([
            .createLink(
                LinkRequest(
                    name: linkName("flannel.1"),
                    kind: .vxlan(left),
                    mtu: 1450,
                    address: mac("02:00:00:00:77:77"),
                    isUp: true
                )
            )
        ])
        let index = try link("flannel.1").index
        for number in [2, 7] {
            host.fake.interfere([
                .addRoute(
                    Route(
                        destination: prefix("10.42.\(number).0/24"),
                        gateway: ip("10.42.\(number).0"),
                        interface: index,
                        routeProtocol: .boot,
                        isOnLink: true
                    )
                )
            ])
        }
        try await reconciler().reconcile(State(lease: lease(), [peer(2)]).snapshot, thoroughly: true)
        let tunnel = try link("flannel.1")
        #expect(tunnel.index == index)
        #expect(tunnel.address == mac("02:00:00:00:04:01"))
        #expect(tunnel.alias == nil)
        let routes = try host.fake.routes(RouteFilter(interface: index))
        #expect(routes.map { "\($0.destination) \($0.routeProtocol == .linnet)" } == ["10.42.2.0/24 true"])
    }

    @Test(arguments: [true, false])
    func `a bridge gets its hardware address and its name back, made or adopted`(isAdopted: Bool) async throws {
        let address = isAdopted ? mac("02:00:00:00:55:55") : mac("0a:58:0a:2a:01:01")
        if isAdopted {
            host.fake.interfere([
                .createLink(LinkRequest(name: linkName("cni0"), kind: .bridge, address: address, isUp: true))
            ])
        }
        let reconciler = reconciler()
        let state = State(lease: lease(), [])
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let bridge = try link("cni0")
        #expect(bridge.address == address)
        #expect(watch.concern(of: .link(bridge)) == nil)
        for change in [LinkChange(address: mac("02:00:00:00:99:99")), LinkChange(name: linkName("br9"))] {
            host.fake.interfere([.setLink(.index(bridge.index), change)])
            let altered = try #require(try host.fake.link(bridge.index))
            #expect(watch.concern(of: .link(altered)) != nil, "\(change)")
            try await reconciler.reconcile(state.snapshot, thoroughly: true)
            #expect(try link("cni0") == bridge, "\(change)")
        }
        #expect(try host.fake.links().filter { $0.kind == .bridge }.count == 1)
    }

    @Test func `pods with addresses of a former subnet are named`() async throws {
        for name in ["10.42.1.7", "10.42.9.3", "fd00:42:0:9::2", "last_reserved_ip.0", "lock"] {
            host.setFile("/var/lib/cni/networks/cbr0/\(name)", "x")
        }
        try await reconciler().reconcile(State(lease: lease(), []).snapshot, thoroughly: true)
        let wanted =
            "pods have addresses of a subnet that this node no longer has: 10.42.9.3, fd00:42:0:9::2; it has 10.42.1.0/24,"
            + " fd00:42:0:1::/64: restart them"
        #expect(status.report.complaints == [wanted])
    }

    @Test func `pods on a second bridge of ours are named`() async throws {
        let state = State(lease: lease(), [])
        try await reconciler().reconcile(state.snapshot, thoroughly: true)
        host.fake.interfere([
            .createLink(LinkRequest(name: linkName("br9"), kind: .bridge, alias: "linnet")),
            .createLink(LinkRequest(name: linkName("veth9"), kind: .veth, peer: VethPeer(name: linkName("pod9")))),
        ])
        let port = LinkChange(master: .bridge(try link("br9").index))
        host.fake.interfere([.setLink(.name(linkName("veth9")), port)])
        try await reconciler().reconcile(state.snapshot, thoroughly: true)
        #expect(status.report.complaints.contains { $0.contains("br9") && $0.contains("veth9") })
    }

    @Test func `a start without the underlay's address leaves the tunnel as it is`() async throws {
        try await reconciler().reconcile(State(lease: lease(), [peer(2)]).snapshot, thoroughly: true)
        let before = try link("flannel.1")
        var partial = lease()
        partial.underlay.v4 = nil
        try await reconciler().reconcile(State(lease: partial, [peer(2)]).snapshot, thoroughly: true)
        #expect(try link("flannel.1") == before)
        #expect(try host.fake.routes(RouteFilter(interface: before.index)).count == 1)
        #expect(status.report.complaints.contains { $0.hasPrefix("this node has no IPv4 address") })
    }

    @Test func `a foreign vxlan on our port and VNI is named, and no runtime is told`() async throws {
        let foreign = VXLAN(vni: 1, link: host.uplinkIndex, local: ip("192.0.2.1"))
        host.fake.interfere([.createLink(LinkRequest(name: linkName("vxlan.other"), kind: .vxlan(foreign)))])
        let failure = await #expect(throws: ReconcileFailure.self) {
            try await reconciler().reconcile(State(lease: lease(), [peer(2)]).snapshot, thoroughly: true)
        }
        #expect(failure?.description.contains("vxlan.other (vxlan id 1, port 8472)") == true)
        #expect(host.file("/etc/cni/net.d/10-linnet.conflist") == nil)
        // The other family does not suffer.
        #expect(try link("flannel-v6.1").isUp)
    }

    @Test func `addresses of ours from before are replaced and foreign ones left`() async throws {
        let state = State(lease: lease(), [])
        let reconciler = reconciler()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let bridge = try link("cni0").index
        host.fake.interfere([
            .addAddress(Address(interface: bridge, address: interfaceAddress("10.42.9.1/24"))),
            .addAddress(Address(interface: bridge, address: interfaceAddress("198.51.100.1/24"))),
        ])
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(try addresses(of: "cni0") == ["10.42.1.1/24", "198.51.100.1/24", "fd00:42:0:1::1/64"])
    }

    @Test func `a missing bridge filter and a configuration that sorts first are said, with a remedy`() async throws {
        host.setSysctl("net/bridge/bridge-nf-call-iptables", nil)
        host.setFile("/etc/cni/net.d/05-cilium.conflist", "{}")
        host.setFile("/etc/cni/net.d/99-loopback.conf", "{}")
        try await reconciler().reconcile(State(lease: lease(), []).snapshot, thoroughly: true)
        let complaints = status.report.complaints
        #expect(complaints.count == 2)
        #expect(complaints.contains { $0.contains("modprobe br_netfilter") })
        #expect(complaints.contains { $0.contains("/etc/cni/net.d/05-cilium.conflist") })
    }

    @Test func `what a thorough pass found wrong is said until the next thorough pass`() async throws {
        host.setSysctl("net/bridge/bridge-nf-call-iptables", nil)
        let state = State(lease: lease(), [])
        let reconciler = reconciler()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        state.set(peer(2))
        try await reconciler.reconcile(state.snapshot, thoroughly: false)
        #expect(status.report.complaints.contains { $0.contains("modprobe br_netfilter") })
        host.setSysctl("net/bridge/bridge-nf-call-iptables", "0")
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(status.report.complaints.isEmpty)
    }

    @Test func `an underlay address that is nowhere leaves its tunnel as it is`() async throws {
        let state = State(lease: lease(), [peer(2)])
        let reconciler = reconciler()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let address = Address(interface: host.uplinkIndex, address: interfaceAddress("2001:db8::1/64"))
        host.fake.interfere([.deleteAddress(address)])
        host.forgetTraffic()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(host.writes == 0)
        #expect(status.report.complaints.contains { $0.contains("2001:db8::1 is on no interface") })
    }

    @Test func `switched off, nothing of ours stays and what was only adopted does`() async throws {
        let state = State(lease: lease(), [peer(2)])
        try await reconciler().reconcile(state.snapshot, thoroughly: true)
        var off = configuration()
        off.backend = .none
        try await reconciler(off).reconcile(state.snapshot, thoroughly: true)
        #expect(try host.fake.links().map(\.name.rawValue) == ["lo", "eth0"])
        #expect(host.file("/etc/cni/net.d/10-linnet.conflist") == nil)
        #expect(host.file("/run/flannel/subnet.env") == nil)
        #expect(ruleset.fragments.last == .empty("overlay"))
    }

    @Test func `only what contradicts the plan wakes the loop`() async throws {
        let notifications = host.fake.notifications()
        let state = State(lease: lease(), [peer(2)])
        let reconciler = reconciler()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let tunnel = try link("flannel.1")
        let route = prefix("10.42.2.0/24").tunnelRoute(over: tunnel.index)
        var iterator = notifications.makeAsyncIterator()
        // Our own writes, up to the last of them.
        host.fake.interfere([
            .addAddress(Address(interface: host.uplinkIndex, address: interfaceAddress("192.0.2.99/24")))
        ])
        var own: [NetlinkNotification] = []
        while let next = await iterator.next() {
            own.append(next)
            if case .address(let address) = next, address.address == interfaceAddress("192.0.2.99/24") { break }
        }
        let settled = own.filter { notification in
            if case .link = notification { false } else { watch.concern(of: notification) != nil }
        }
        #expect(settled == [])
        #expect(watch.concern(of: .link(tunnel)) == nil)
        #expect(watch.concern(of: .linkRemoved(tunnel)) != nil)
        #expect(watch.concern(of: .routeRemoved(route.asReported)) != nil)
        #expect(watch.concern(of: .resynchronise) != nil)
        #expect(watch.concern(of: .link(Link(index: InterfaceIndex(77), name: linkName("veth1")))) == nil)
        let foreign = Route(destination: prefix("203.0.113.0/24"), interface: host.uplinkIndex, routeProtocol: .static)
        #expect(watch.concern(of: .route(foreign)) == nil)
        var moved = route
        moved.gateway = ip("192.0.2.77")
        moved.interface = host.uplinkIndex
        #expect(watch.concern(of: .route(moved)) != nil)
        #expect(concern(.ipv4, .all, isForwarding: false) == .setting("net/ipv4/ip_forward"))
        #expect(concern(.ipv4, .all, isForwarding: true) == nil)
        #expect(concern(.ipv4, .initial, isForwarding: false) == nil)
        #expect(concern(.ipv4, .interface(tunnel.index), filter: 1) != nil)
        #expect(concern(.ipv4, .interface(tunnel.index), filter: 2) == nil)
        #expect(concern(.ipv4, .interface(host.uplinkIndex), filter: 1) == nil)
    }

    private func concern(
        _ family: AddressFamily,
        _ scope: ConfigurationChange.Scope,
        isForwarding: Bool? = nil,
        filter: Int32? = nil
    ) -> OverlayObject? {
        let change = ConfigurationChange(
            family: family,
            scope: scope,
            isForwarding: isForwarding,
            reversePathFilter: filter
        )
        return watch.concern(of: .configuration(change))
    }
}
