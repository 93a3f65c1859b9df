import ClusterState
import NetworkTypes
import Nftables
import NodeRuleset
import Testing

@testable import Overlay

@Suite struct OverlayRulesetTests {
    private func fragment(_ own: NodeLease = lease(), ipv6Masquerade: Bool = false) -> RulesetFragment {
        var configuration = configuration()
        configuration.ipv6Masquerade = ipv6Masquerade
        return OverlayPlan(State(lease: own, [peer(2)]).snapshot, underlays, configuration).ruleset
    }

    private func rules(of chain: String, in fragment: RulesetFragment) -> [String] {
        let found = fragment.chains.first { $0.chain.name == chain }
        return found?.rules.map { Rule(expressions: $0.expressions).description } ?? []
    }

    @Test func `masquerading is flannel's, with the fourth rule in its correct form`() {
        let own = "meta nfproto ipv4 ip"
        let unmark = "meta mark set meta mark & 0xffffbfff"
        let expected = [
            "meta l4proto udp udp dport 8472 fib saddr type local \(unmark) return",
            "meta mark & 0x4000 == 0x4000 return",
            "\(own) saddr 10.42.1.0/24 ip daddr 10.42.0.0/16 return",
            "\(own) saddr 10.42.0.0/16 ip daddr 10.42.1.0/24 return",
            "\(own) saddr != 10.42.0.0/16 ip daddr 10.42.1.0/24 return",
            "\(own) saddr 10.42.0.0/16 ip daddr != 224.0.0.0/4 \(unmark) masquerade fully-random",
            "\(own) saddr != 10.42.0.0/16 ip daddr 10.42.0.0/16 \(unmark) masquerade fully-random",
        ]
        #expect(rules(of: "overlay-postrouting", in: fragment()) == expected)
    }

    @Test func `IPv6 is masqueraded only when told`() {
        let without = rules(of: "overlay-postrouting", in: fragment())
        #expect(!without.contains { $0.contains("ip6") })
        let with = rules(of: "overlay-postrouting", in: fragment(ipv6Masquerade: true))
        #expect(with.count == without.count + 5)
        #expect(with.contains { $0.contains(" ip6 saddr fd00:42::/56 ip6 daddr != ff00::/8") })
    }

    @Test func `what is forwarded for pods is accepted`() {
        let expected = [
            "meta nfproto ipv4 ip saddr 10.42.0.0/16 accept",
            "meta nfproto ipv4 ip daddr 10.42.0.0/16 accept",
            "meta nfproto ipv6 ip6 saddr fd00:42::/56 accept",
            "meta nfproto ipv6 ip6 daddr fd00:42::/56 accept",
        ]
        #expect(rules(of: "overlay-forward", in: fragment()) == expected)
    }

    @Test func `the tunnel's port takes packets of known nodes only`() throws {
        var peers = [peer(2), peer(3)]
        peers[1].externalAddresses.v4 = ip("198.51.100.3")
        peers[1].podCIDRs.v4 = prefix("10.99.0.0/24")
        let fragment = OverlayPlan(State(lease: lease(), peers).snapshot, underlays, configuration()).ruleset
        #expect(rules(of: "overlay-input", in: fragment) == ["meta l4proto udp udp dport 8472 jump overlay-tunnel"])
        let expectedRules =
            ["cni0", "flannel.1", "flannel-v6.1"].map { "meta iifname \"\($0)\" counter drop" } + [
                "meta nfproto ipv6 ct state invalid counter drop",
                "meta nfproto ipv4 @th,224,16 0x0800 ip saddr . @th,336,32 & 0xffffff00 @overlay-pods-v4-24 accept",
                "meta nfproto ipv6 @th,224,16 0x86dd ip6 saddr . @th,304,128 & 0xffffffffffffffff0000000000000000 @overlay-pods-v6-64 accept",
                "meta nfproto ipv4 ip saddr != @overlay-peers-v4 counter drop",
                "meta nfproto ipv6 ip6 saddr != @overlay-peers-v6 counter drop",
                "@th,224,16 0x0800 @th,336,16 0x0a2a counter drop",
                "@th,224,16 0x86dd @th,304,56 0xfd000042000000 counter drop",
                "@th,224,16 0x8100 counter drop",
                "@th,224,16 0x88a8 counter drop",
            ]
        #expect(rules(of: "overlay-tunnel", in: fragment) == expectedRules)
        let set = try #require(fragment.sets.first { $0.definition.name == "overlay-peers-v4" })
        let expected = ["192.0.2.2", "192.0.2.3", "198.51.100.3"].map { SetElement(.address(ip($0))) }
        #expect(set.contents == .planned(ElementTable(expected)))
    }

    @Test func `a node's pods are paired with each address that it may send from`() throws {
        var peers = [peer(2), peer(3), peer(4), peer(5)]
        peers[1].externalAddresses.v4 = ip("198.51.100.3")
        // What has no way to it may send nothing of its own.
        peers[2].podCIDRs.v4 = prefix("10.99.0.0/24")
        peers[3].podCIDRs.v4 = prefix("10.42.16.0/22")
        let fragment = OverlayPlan(State(lease: lease(), peers).snapshot, underlays, configuration()).ruleset
        let expected = [
            "overlay-pods-v4-22": [("192.0.2.5", "10.42.16.0")],
            "overlay-pods-v4-24": [
                ("192.0.2.2", "10.42.2.0"), ("192.0.2.3", "10.42.3.0"), ("198.51.100.3", "10.42.3.0"),
            ],
        ]
        for (name, pairs) in expected {
            let set = try #require(fragment.sets.first { $0.definition.name == name })
            let elements = pairs.map { SetElement(.address(ip($0.0)), .address(ip($0.1))) }
            #expect(set.contents == .planned(ElementTable(elements)))
        }
        let accepting = rules(of: "overlay-tunnel", in: fragment).filter { $0.contains("@overlay-pods-v4") }
        let start = "meta nfproto ipv4 @th,224,16 0x0800 ip saddr . @th,336,32"
        #expect(
            accepting == [
                "\(start) & 0xfffffc00 @overlay-pods-v4-22 accept", "\(start) & 0xffffff00 @overlay-pods-v4-24 accept",
            ]
        )
        #expect(!fragment.chains.contains { $0.chain.name == "overlay-sources" })
    }

    @Test func `off means an empty fragment`() {
        #expect(OverlayPlan.empty(configuration()).ruleset.isEmpty)
    }
}
