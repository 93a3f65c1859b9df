import ClusterState
import Netlink
import NetworkTypes
import SeededNumbers
import Testing

@testable import Overlay

@Suite struct OverlayPlanTests {
    private func plan(_ nodes: [Node], _ own: NodeLease = lease()) -> OverlayPlan {
        OverlayPlan(State(lease: own, nodes).snapshot, underlays, configuration())
    }

    @Test func `each peer gets a way in both families`() throws {
        let peers = plan([peer(2), peer(3)]).peerPlans
        #expect(peers.count == 2)
        let paths = try #require(peers[nodeName("node-3")]?.paths)
        let v4 = PeerPath(
            podCIDR: prefix("10.42.3.0/24"),
            endpoint: ip("192.0.2.3"),
            linkAddress: mac("02:00:00:00:04:03")
        )
        let v6 = PeerPath(
            podCIDR: prefix("fd00:42:0:3::/64"),
            endpoint: ip("2001:db8::3"),
            linkAddress: mac("02:00:00:00:06:03")
        )
        #expect(paths == PerFamily(v4: v4, v6: v6))
    }

    @Test func `without a lease the plan is empty`() {
        let snapshot = State(lease: nil, [peer(2)]).snapshot
        #expect(OverlayPlan(snapshot, underlays, configuration()) == .empty(configuration()))
    }

    @Test func `a tunnel over IPv6 makes pods' packets smaller, not those of the IPv4 tunnel`() throws {
        let host = try #require(plan([]).host)
        #expect(host.tunnels.v4?.mtu == 1450)
        #expect(host.tunnels.v6?.mtu == 1430)
        #expect(host.bridge.mtu == 1430)
        let single = try #require(plan([], lease(ipv6: false)).host)
        #expect(single.bridge.mtu == 1450)
        #expect(single.tunnels.v6 == nil)
    }

    /// A peer that cannot be reached as it is, and what is said of it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout Node) -> Void
        let message: String
    }

    static let mistakes = [
        Mistake(
            testDescription: "podCIDR outside",
            change: { $0.podCIDRs.v4 = prefix("10.43.2.0/24") },
            message: "has the podCIDR 10.43.2.0/24, which is outside the cluster CIDR 10.42.0.0/16"
        ),
        Mistake(
            testDescription: "no address",
            change: { $0.publicAddresses.v4 = nil },
            message: "has no IPv4 address to send to"
        ),
        Mistake(
            testDescription: "address 0.0.0.0",
            change: { $0.publicAddresses.v4 = ip("0.0.0.0") },
            message: "has no IPv4 address to send to"
        ),
        Mistake(
            testDescription: "address of the host itself",
            change: { $0.publicAddresses.v4 = ip("127.0.0.1") },
            message: "has the public address 127.0.0.1, by which no host is reached"
        ),
        Mistake(
            testDescription: "multicast address",
            change: { $0.publicAddresses.v4 = ip("224.0.0.1") },
            message: "has the public address 224.0.0.1, by which no host is reached"
        ),
        Mistake(
            testDescription: "broadcast address",
            change: { $0.publicAddresses.v4 = ip("255.255.255.255") },
            message: "has the public address 255.255.255.255, by which no host is reached"
        ),
        Mistake(
            testDescription: "address of a pod",
            change: { $0.publicAddresses.v4 = ip("10.42.3.1") },
            message: "has the public address 10.42.3.1, which is inside the cluster CIDR 10.42.0.0/16"
        ),
        Mistake(
            testDescription: "same podCIDR",
            change: { $0.podCIDRs.v4 = prefix("10.42.2.0/24") },
            message: "has the podCIDR 10.42.2.0/24, which overlaps 10.42.2.0/24 of node node-2: node-2 keeps it"
        ),
        Mistake(
            testDescription: "wider podCIDR",
            change: { $0.podCIDRs.v4 = prefix("10.42.2.0/23") },
            message: "has the podCIDR 10.42.2.0/23, which overlaps 10.42.2.0/24 of node node-2: node-2 keeps it"
        ),
        Mistake(
            testDescription: "this node's podCIDR",
            change: { $0.podCIDRs.v4 = prefix("10.42.1.128/25") },
            message: "has the podCIDR 10.42.1.128/25, which overlaps 10.42.1.0/24 of node node-1: node-1 keeps it"
        ),
        Mistake(
            testDescription: "same address",
            change: { $0.publicAddresses.v4 = ip("192.0.2.2") },
            message: "has the public address 192.0.2.2 of node node-2: node-2 keeps it"
        ),
        Mistake(
            testDescription: "same VTEP",
            change: { $0.vtep.v4 = mac("02:00:00:00:04:02") },
            message: "has the VTEP address 02:00:00:00:04:02 of node node-2: node-2 keeps it"
        ),
    ]

    @Test(arguments: mistakes)
    func `a mistake in one family of one peer costs only that`(_ mistake: Mistake) throws {
        var wrong = peer(5)
        mistake.change(&wrong)
        let peers = plan([peer(2), wrong]).peerPlans
        let found = try #require(peers[nodeName("node-5")])
        #expect(found.problems == [mistake.message])
        #expect(found.paths.families == [.ipv6])
        #expect(peers[nodeName("node-2")]?.problems == [])
        #expect(peers[nodeName("node-2")]?.paths.families == [.ipv4, .ipv6])
    }

    @Test func `a peer of another backend or without pods is named and left out`() {
        var wireguard = peer(2)
        wireguard.backendType = "wireguard"
        var bare = peer(3)
        bare.podCIDRs = PerFamily()
        let peers = plan([wireguard, bare]).peerPlans
        #expect(peers[nodeName("node-2")]?.problems == ["uses the backend wireguard, not vxlan"])
        #expect(peers[nodeName("node-3")]?.problems == ["has no podCIDR"])
        #expect(peers.values.allSatisfy { $0.paths.isEmpty })
    }

    @Test func `one key as wide as the network takes nothing from anybody`() throws {
        var wide = Node(name: nodeName("10.42.0.0-16"))
        wide.podCIDRs = PerFamily(v4: prefix("10.42.0.0/16"))
        wide.publicAddresses = PerFamily(v4: ip("192.0.2.99"))
        let peers = plan([wide, peer(2), peer(3)]).peerPlans
        #expect(peers[wide.name]?.paths.isEmpty == true)
        for name in ["node-2", "node-3"] {
            #expect(peers[nodeName(name)]?.problems == [])
            #expect(peers[nodeName(name)]?.paths.v4 != nil)
        }
    }

    @Test func `the older lease that names its node keeps the address, whatever the names are`() throws {
        var (incumbent, newcomer, leftover) = (peer(2), peer(3, name: "aaa"), peer(4, name: "10.42.4.0-24"))
        newcomer.publicAddresses.v4 = ip("192.0.2.2")
        leftover.publicAddresses.v4 = ip("192.0.2.2")
        (incumbent.leaseCreation, newcomer.leaseCreation) = (7, 90)
        let peers = plan([newcomer, leftover, incumbent]).peerPlans
        #expect(peers[incumbent.name]?.problems == [])
        #expect(peers[incumbent.name]?.paths.v4?.endpoint == ip("192.0.2.2"))
        for node in [newcomer, leftover] {
            let found = try #require(peers[node.name])
            #expect(found.paths.v4 == nil)
            #expect(found.problems == ["has the public address 192.0.2.2 of node node-2: node-2 keeps it"])
        }
    }

    @Test func `one that lost takes nothing, and takes it once it no longer loses`() throws {
        // b loses to a by its address; c wants the subnet of b.
        let first = peer(2, name: "a")
        var (second, third) = (peer(3, name: "b"), peer(4, name: "c"))
        second.publicAddresses.v4 = ip("192.0.2.2")
        third.podCIDRs.v4 = prefix("10.42.3.0/24")
        let state = State(lease: lease(), [first, second, third])
        var plan = OverlayPlan(state.snapshot, underlays, configuration())
        #expect(plan.peerPlans[third.name]?.problems == [])
        #expect(plan.peerPlans[third.name]?.paths.v4 != nil)
        let before = state.snapshot.generation
        state.remove(first.name)
        _ = plan.update(state.snapshot, changed: state.snapshot.changedKeys(since: before), underlays)
        #expect(plan.peerPlans[second.name]?.paths.v4 != nil)
        #expect(plan.peerPlans[third.name]?.paths.v4 == nil)
    }

    @Test func `a rival that goes away gives back what it had won`() throws {
        var rival = peer(9, name: "a-first")
        rival.publicAddresses.v4 = ip("192.0.2.2")
        let state = State(lease: lease(), [peer(2), rival])
        var plan = OverlayPlan(state.snapshot, underlays, configuration())
        #expect(plan.peerPlans[nodeName("node-2")]?.paths.v4 == nil)
        let before = state.snapshot.generation
        state.remove(rival.name)
        let change = plan.update(state.snapshot, changed: state.snapshot.changedKeys(since: before), underlays)
        #expect(plan.peerPlans[nodeName("node-2")]?.paths.v4 != nil)
        guard case .peers(let touched) = change else {
            Issue.record("not an incremental change: \(change)")
            return
        }
        #expect(Set(touched.keys) == [nodeName("node-2"), rival.name])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `an updated plan equals one from scratch`(seed: UInt64) {
        var random = SeededNumbers(seed: seed &* 7919 &+ 1)
        let state = State(lease: lease(), [])
        var plan = OverlayPlan(state.snapshot, underlays, configuration())
        var seen = state.snapshot.generation
        for _ in 0..<60 {
            // Several changes between two looks: some generations are never seen.
            for _ in 0..<Int.random(in: 1...3, using: &random) { state.changeAtRandom(&random) }
            _ = plan.update(state.snapshot, changed: state.snapshot.changedKeys(since: seen), underlays)
            seen = state.snapshot.generation
            #expect(plan == OverlayPlan(state.snapshot, underlays, configuration()))
        }
    }

    @Test func `what is wrong with this node's own lease is said`() throws {
        var outside = lease()
        outside.podCIDRs.v4 = prefix("10.99.0.0/24")
        outside.underlay.v6 = nil
        let host = try #require(plan([], outside).host)
        #expect(
            host.complaints == [
                "this node's podCIDR 10.99.0.0/24 is outside the cluster CIDR 10.42.0.0/16",
                "this node has no IPv6 address: what leads to the IPv6 pods of other nodes is left as it is",
            ]
        )
    }
}
