import ClusterState
import Netlink
import NetlinkFake
import NetworkTypes
import Nftables
import NodeRuleset
import Testing

@testable import Overlay

// Peers are on the link if their address is in 192.0.2.0/24 or 2001:db8::/64.

private let onLink = OnLinkNetworks(networks: [prefix("192.0.2.0/24")])
private let onLink6 = OnLinkNetworks(networks: [prefix("2001:db8::/64")])
private let known = PerFamily(
    v4: Underlay(index: InterfaceIndex(2), name: uplink, mtu: 1500, onLink: onLink),
    v6: Underlay(index: InterfaceIndex(2), name: uplink, mtu: 1500, onLink: onLink6)
)

private func configuration(_ backend: OverlayConfiguration.Backend) -> OverlayConfiguration {
    OverlayConfiguration(backend: backend, node: own, clusterCIDRs: both)
}

private let directRouting = OverlayConfiguration.Backend.vxlan(VXLANOptions(directRouting: true))

extension OnLinkNetworks {
    fileprivate init(networks: Set<IPPrefix>) {
        self.init()
        self.networks = networks
    }
}

@Suite struct OnLinkNetworksTests {
    private static let link = InterfaceIndex(2)

    private static func route(_ destination: String, via gateway: String? = nil, on link: Int32 = 2) -> Route {
        Route(
            destination: prefix(destination),
            gateway: gateway.map { ip($0) },
            interface: InterfaceIndex(link),
            routeProtocol: .static
        )
    }

    @Test(arguments: [
        ([route("192.0.2.0/24")], true), ([route("192.0.2.0/24", on: 3)], false), ([], false),
        ([route("0.0.0.0/0", via: "192.0.2.1")], false), ([route("0.0.0.0/0")], true),
        ([route("192.0.2.0/24"), route("192.0.2.9/32", via: "192.0.2.1")], false),
        ([route("192.0.2.0/24"), route("192.0.2.9/32", on: 3)], false),
        ([route("192.0.2.0/24"), route("192.0.2.0/28", via: "192.0.2.1"), route("192.0.2.9/32")], true),
        ([route("192.0.2.0/24"), route("192.0.2.8/32", via: "192.0.2.1")], true),
        ([Route(destination: prefix("192.0.2.0/24"), interface: link, table: RouteTable(rawValue: 7))], false),
        ([Route(destination: prefix("192.0.2.0/24"), interface: link, routeProtocol: .linnet)], false),
    ])
    func `an address is on the link if the most specific route leads there without a router`(
        _ routes: [Route],
        _ isOnLink: Bool
    ) {
        #expect(OnLinkNetworks(of: Self.link, among: routes).contains(ip("192.0.2.9")) == isOnLink)
    }
}

@Suite struct OverlayDirectPlanTests {
    private func plan(_ backend: OverlayConfiguration.Backend, _ nodes: [Node]) -> OverlayPlan {
        OverlayPlan(State(lease: lease(), nodes).snapshot, known, configuration(backend))
    }

    private func distant(_ number: Int) -> Node {
        var node = peer(number)
        node.publicAddresses.v4 = ip("198.51.100.\(number)")
        return node
    }

    @Test func `host-gw routes to each peer's address and makes no tunnel`() throws {
        let plan = plan(.hostGateway, [peer(2)])
        let host = try #require(plan.host)
        #expect(host.tunnels.isEmpty)
        #expect(host.bridge.mtu == 1500)
        let paths = try #require(plan.peerPlans[nodeName("node-2")]?.paths)
        #expect(paths.v4 == PeerPath(podCIDR: prefix("10.42.2.0/24"), endpoint: ip("192.0.2.2"), linkAddress: nil))
        #expect(paths.v6?.endpoint == ip("2001:db8::2"))
    }

    @Test func `host-gw names a peer behind a router, and says why`() {
        let found = plan(.hostGateway, [peer(2), distant(3)]).peerPlans[nodeName("node-3")]
        let problem =
            "has the public address 198.51.100.3, which is on no network of eth0: host-gw reaches only nodes without a"
            + " router between"
        #expect(found?.problems == [problem])
        #expect(found?.paths.families == [.ipv6])
    }

    @Test func `with DirectRouting only a peer behind a router gets the tunnel`() {
        let peers = plan(directRouting, [peer(2), distant(3)]).peerPlans
        #expect(peers[nodeName("node-2")]?.paths.v4?.linkAddress == nil)
        #expect(peers[nodeName("node-3")]?.paths.v4?.linkAddress == mac("02:00:00:00:04:03"))
        #expect(peers[nodeName("node-3")]?.paths.v6?.linkAddress == nil)
        #expect(peers.values.allSatisfy { $0.problems.isEmpty })
    }

    @Test func `a peer of the other backend is named`() {
        var vxlan = peer(2)
        vxlan.backendType = "vxlan"
        var gateway = peer(3)
        gateway.backendType = "host-gw"
        let peers = plan(.hostGateway, [vxlan, gateway]).peerPlans
        #expect(peers[nodeName("node-2")]?.problems == ["uses the backend vxlan, not host-gw"])
        #expect(peers[nodeName("node-3")]?.problems == [])
    }

    @Test func `two peers without a tunnel may have the same VTEP address`() {
        var other = peer(3)
        other.vtep = peer(2).vtep
        #expect(plan(.hostGateway, [peer(2), other]).peerPlans.values.allSatisfy { $0.problems.isEmpty })
    }

    @Test func `what is on the link while the interface is down is what was known last`() throws {
        var down = known
        down.v4?.isUp = false
        let plan = OverlayPlan(State(lease: lease(), [peer(2)]).snapshot, down, configuration(.hostGateway))
        #expect(plan.peerPlans[nodeName("node-2")]?.paths.v4?.endpoint == ip("192.0.2.2"))
        let host = try #require(plan.host)
        #expect(host.direct == PerFamily(v6: InterfaceIndex(2)))
        #expect(host.complaints.contains { $0.hasPrefix("the interface eth0 is down") })
    }

    @Test func `the rules of host-gw know no tunnel, and let in what peers' pods send`() throws {
        let fragment = plan(.hostGateway, [peer(2)]).ruleset
        #expect(!fragment.chains.contains { $0.chain.name == "overlay-input" })
        let chains = fragment.chains.map { chain in
            chain.rules.map { Rule(expressions: $0.expressions).description }
        }
        #expect(!chains.joined().contains { $0.contains("8472") })
        let sources = try #require(fragment.chains.first { $0.chain.name == "overlay-sources" })
        #expect(
            sources.rules.map { Rule(expressions: $0.expressions).description } == [
                "meta iifname \"eth0\" meta nfproto ipv4 ip saddr 10.42.0.0/16 ip saddr != @overlay-subnets-v4 counter drop",
                "meta iifname \"eth0\" meta nfproto ipv6 ip6 saddr fd00:42::/56 ip6 saddr != @overlay-subnets-v6 counter drop",
            ]
        )
    }

    @Test func `nodes that are reached directly may still send through the tunnel, and are checked on both ways`() {
        let fragment = plan(.vxlan(VXLANOptions(directRouting: true)), [peer(2)]).ruleset
        let names = ["overlay-sources", "overlay-input", "overlay-tunnel", "overlay-forward", "overlay-postrouting"]
        #expect(fragment.chains.map(\.chain.name) == names)
        let sets = ["peers-v4", "peers-v6", "pods-v4-24", "pods-v6-64", "subnets-v4", "subnets-v6"]
        #expect(fragment.sets.map(\.definition.name) == sets.map { "overlay-\($0)" })
    }
}

/// The loop over a kernel in memory.
@Suite struct OverlayDirectReconcilerTests {
    private let host = FakeHost()
    private let ruleset = FakeRuleset()
    private let status = OverlayStatus()
    private let watch = OverlayWatch()

    private func connected(_ network: String) -> Route {
        Route(destination: prefix(network), interface: host.uplinkIndex, routeProtocol: .kernel)
    }

    private func reconciler(_ backend: OverlayConfiguration.Backend) -> OverlayReconciler {
        OverlayReconciler(
            configuration(backend),
            kernel: host,
            ruleset: ruleset,
            status: status,
            watch: watch,
            now: { .now }
        )
    }

    private func routes() throws -> [String] {
        let links = try host.fake.links()
        return try host.fake.routes(RouteFilter(routeProtocol: .linnet)).map { route in
            let link = links.first { $0.index == route.interface }?.name.rawValue ?? "-"
            return "\(route.destination) via \(route.gateway.map { "\($0)" } ?? "-") dev \(link)"
        }.sorted()
    }

    private let direct = ["10.42.2.0/24 via 192.0.2.2 dev eth0", "fd00:42:0:2::/64 via 2001:db8::2 dev eth0"]
    private let tunnelled = [
        "10.42.2.0/24 via 10.42.2.0 dev flannel.1", "fd00:42:0:2::/64 via fd00:42:0:2:: dev flannel-v6.1",
    ]

    @Test func `host-gw makes routes only, and a second pass writes nothing`() async throws {
        let state = State(lease: lease(), [peer(2)])
        let reconciler = reconciler(.hostGateway)
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(try routes() == direct)
        #expect(try host.fake.links().map(\.name.rawValue).sorted() == ["cni0", "eth0", "lo"])
        #expect(host.file("/run/flannel/subnet.env")?.contains("FLANNEL_MTU=1500\n") == true)
        host.forgetTraffic()
        #expect(try await reconciler.reconcile(state.snapshot, thoroughly: true) == 0)
        #expect(host.writes == 0)
        state.remove(nodeName("node-2"))
        try await reconciler.reconcile(state.snapshot, thoroughly: false)
        #expect(try routes() == [])
    }

    @Test func `each change of backend leaves what the new one needs and no more`() async throws {
        let state = State(lease: lease(), [peer(2)])
        let steps: [(OverlayConfiguration.Backend, [String], [String])] = [
            (.vxlan(VXLANOptions()), tunnelled, ["cni0", "eth0", "flannel-v6.1", "flannel.1", "lo"]),
            (.hostGateway, direct, ["cni0", "eth0", "lo"]),
            (directRouting, direct, ["cni0", "eth0", "flannel-v6.1", "flannel.1", "lo"]),
            (.vxlan(VXLANOptions()), tunnelled, ["cni0", "eth0", "flannel-v6.1", "flannel.1", "lo"]),
            (.none, [], ["eth0", "lo"]), (.hostGateway, direct, ["cni0", "eth0", "lo"]), (.none, [], ["eth0", "lo"]),
        ]
        for (backend, wanted, links) in steps {
            try await reconciler(backend).reconcile(state.snapshot, thoroughly: true)
            #expect(try routes() == wanted, "\(backend)")
            #expect(try host.fake.links().map(\.name.rawValue).sorted() == links, "\(backend)")
            let neighbours = try host.fake.neighbours(of: nil, family: nil)
            #expect(neighbours.isEmpty == (wanted != tunnelled), "\(backend)")
        }
    }

    @Test func `another VNI takes the former link away`() async throws {
        let state = State(lease: lease(), [peer(2)])
        try await reconciler(.vxlan(VXLANOptions())).reconcile(state.snapshot, thoroughly: true)
        try await reconciler(.vxlan(VXLANOptions(vni: 7, gbp: true))).reconcile(state.snapshot, thoroughly: true)
        let links = try host.fake.links().map(\.name.rawValue).sorted()
        #expect(links == ["cni0", "eth0", "flannel-v6.7", "flannel.7", "lo"])
        #expect(status.report.complaints == [])
    }

    @Test func `a tunnel that somebody builds upon is left and named`() async throws {
        let state = State(lease: lease(), [])
        try await reconciler(.vxlan(VXLANOptions())).reconcile(state.snapshot, thoroughly: true)
        let tunnel = try #require(try host.fake.link(named: linkName("flannel.1")))
        let upper = VXLAN(vni: 99, link: tunnel.index, port: 4789)
        host.fake.interfere([.createLink(LinkRequest(name: linkName("upper"), kind: .vxlan(upper)))])
        try await reconciler(.none).reconcile(state.snapshot, thoroughly: true)
        #expect(try host.fake.link(named: linkName("flannel.1")) != nil)
        #expect(status.report.complaints.contains { $0.contains("flannel.1") && $0.contains("upper") })
    }

    @Test(arguments: [("192.0.2.2/32", "192.0.2.254"), ("2001:db8::2/128", "2001:db8::fe")])
    func `a peer goes to the tunnel and back as the link's networks change`(
        destination: String,
        gateway: String
    ) async throws {
        let state = State(lease: lease(), [peer(2)])
        let reconciler = reconciler(directRouting)
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(try routes() == direct)
        let detour = Route(destination: prefix(destination), gateway: ip(gateway), routeProtocol: .static)
        host.fake.interfere([.addRoute(detour)])
        let added = try #require(try host.fake.routes(RouteFilter(routeProtocol: .static)).first)
        #expect(watch.concern(of: .route(added)) != nil)
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let isIPv4 = prefix(destination).family == .ipv4
        #expect(try routes() == (isIPv4 ? [tunnelled[0], direct[1]] : [direct[0], tunnelled[1]]))
        #expect(try host.fake.neighbours(of: nil, family: nil).count == 1)
        host.fake.interfere([.deleteRoute(added)])
        #expect(watch.concern(of: .routeRemoved(added)) != nil)
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(try routes() == direct)
        #expect(try host.fake.neighbours(of: nil, family: nil).isEmpty)
    }

    @Test(arguments: ["fd00:42:0:2::/64", "fd00:42::/56"])
    func `the tunnel's IPv6 route comes back under another's route`(destination: String) async throws {
        let state = State(lease: lease(), [peer(2)])
        let reconciler = reconciler(.vxlan(VXLANOptions()))
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let own = try host.fake.routes(RouteFilter(family: .ipv6, routeProtocol: .linnet))
        let other = Route(destination: prefix(destination), gateway: ip("2001:db8::fe"), routeProtocol: .static)
        host.fake.interfere(own.map { .deleteRoute($0) } + [.addRoute(other)])
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(try routes() == tunnelled)
        #expect(status.report.complaints == [])
    }

    @Test func `a helping route that was left is taken away`() async throws {
        let state = State(lease: lease(), [peer(2)])
        let reconciler = reconciler(.vxlan(VXLANOptions()))
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let tunnel = try #require(try host.fake.link(named: linkName("flannel-v6.1")))
        let route = try #require(OnLinkDetour(to: prefix("fd00:42:0:2::/64").tunnelRoute(over: tunnel.index)))
        host.fake.interfere([.addRoute(route.help)])
        #expect(watch.concern(of: .route(route.help)) == nil)
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(try routes() == tunnelled)
    }

    @Test func `only what bears on direct routes wakes the loop`() async throws {
        let state = State(lease: lease(), [peer(2)])
        try await reconciler(.hostGateway).reconcile(state.snapshot, thoroughly: true)
        let route = prefix("10.42.2.0/24").directRoute(via: ip("192.0.2.2"), over: host.uplinkIndex)
        #expect(watch.concern(of: .route(route.asReported)) == nil)
        #expect(watch.concern(of: .routeRemoved(route.asReported)) != nil)
        #expect(watch.concern(of: .routeRemoved(connected("192.0.2.0/24"))) != nil)
        #expect(watch.concern(of: .route(connected("203.0.113.0/24"))) == nil)
        var link = try #require(try host.fake.link(host.uplinkIndex))
        #expect(watch.concern(of: .link(link)) == nil)
        link.isUp = false
        #expect(watch.concern(of: .link(link)) != nil)
    }

    @Test func `while the interface is down nothing is taken away, and afterwards all is back`() async throws {
        let state = State(lease: lease(), [peer(2)])
        let reconciler = reconciler(.hostGateway)
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        let gone = try host.fake.routes(RouteFilter(family: .ipv4)).map { NetlinkOperation.deleteRoute($0) }
        host.fake.interfere(gone + [.setLink(.index(host.uplinkIndex), LinkChange(isUp: false))])
        host.forgetTraffic()
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(host.fake.writes == 0)
        #expect(status.report.complaints.contains { $0.hasPrefix("the interface eth0 is down") })
        // The kernel takes IPv6 addresses away with the interface, and does not bring them back.
        #expect(status.report.complaints.contains { $0.contains("2001:db8::1 is on no interface") })
        #expect(status.report.peers[nodeName("node-2")]?.problems == [])
        host.fake.interfere([
            .setLink(.index(host.uplinkIndex), LinkChange(isUp: true)),
            .addAddress(Address(interface: host.uplinkIndex, address: interfaceAddress("2001:db8::1/64"))),
        ])
        try await reconciler.reconcile(state.snapshot, thoroughly: true)
        #expect(try routes() == direct)
        #expect(status.report.complaints == [])
    }
}
