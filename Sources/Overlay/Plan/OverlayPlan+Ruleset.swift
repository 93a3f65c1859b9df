import ClusterState
import Netlink
import NetworkTypes
import Nftables
package import NodeRuleset

extension OverlayPlan {
    /// Our part of the nft table: masquerading, forwarding, and who may send to pods and into the tunnels.
    package var ruleset: RulesetFragment {
        guard let host else { return .empty(OverlayNames.fragment) }
        let port = configuration.backend.vxlan?.port
        var chains = [
            PlannedChain(
                Chain("overlay-sources", base: BaseChain(.filter, .prerouting, priority: -105)),
                host.families.flatMap { unknownSources($0, host) }
            )
        ]
        if let port {
            let rules = host.families.map { Self.foreignSenders($0, port) }
            chains.append(PlannedChain(Chain("overlay-input", base: BaseChain(.filter, .input, priority: 0)), rules))
        }
        chains += [
            PlannedChain(
                Chain("overlay-forward", base: BaseChain(.filter, .forward, priority: 0)),
                configuration.clusterCIDRs.values.flatMap(Self.forwarding)
            ),
            PlannedChain(
                Chain("overlay-postrouting", base: BaseChain(.nat, .postrouting, priority: 99)),
                postrouting(host, port)
            ),
        ]
        return RulesetFragment(
            name: OverlayNames.fragment,
            chains: chains,
            sets: host.families.map(peerSet) + host.families.map(subnetSet)
        )
    }

    private static func setName(_ family: AddressFamily) -> String {
        family == .ipv4 ? "overlay-peers-v4" : "overlay-peers-v6"
    }

    private func peerSet(_ family: AddressFamily) -> PlannedSet {
        let known = peers.addresses.keys.filter { $0.family == family }.sorted()
        return PlannedSet(
            SetDefinition(Self.setName(family), key: [.ip(.source, family)]),
            .planned(known.map { SetElement(.address($0)) })
        )
    }

    private static func subnetSetName(_ family: AddressFamily) -> String {
        family == .ipv4 ? "overlay-subnets-v4" : "overlay-subnets-v6"
    }

    /// The networks of the pods of other nodes. No two of them overlap.
    private func subnetSet(_ family: AddressFamily) -> PlannedSet {
        let known = peers.plans.values.compactMap { $0.paths[family]?.podCIDR }.sorted()
        return PlannedSet(
            SetDefinition(Self.subnetSetName(family), key: [.ip(.source, family)], isInterval: true),
            .planned(known.map { SetElement($0) })
        )
    }

    /// An address of a pod comes from the node that has the pod's subnet, by a tunnel or over the underlay.
    ///
    /// Other sources pass: where a family is not masqueraded, and from flannel's nodes that do not masquerade, clients
    /// outside the cluster and other addresses of nodes come through the tunnel as they are.
    private func unknownSources(_ family: AddressFamily, _ host: HostPlan) -> [Rule] {
        guard let cluster = configuration.clusterCIDRs[family] else { return [] }
        let tunnels = host.tunnelNames.values.map { ($0, "from no known node's pods, through the tunnel") }
        let underlay = host.directNames[family].map { [($0, "from no known node's pods, without a tunnel")] } ?? []
        return (tunnels + underlay).map { link, comment in
            Rule(
                .inputInterface(link.rawValue),
                .source(in: cluster),
                .matchSet(.ip(.source, family), notIn: Self.subnetSetName(family)),
                .counter,
                .drop,
                comment: comment
            )
        }
    }

    private static func foreignSenders(_ family: AddressFamily, _ port: UInt16) -> Rule {
        Rule(
            .udpDestinationPort(port),
            .matchSet(.ip(.source, family), notIn: setName(family)),
            .counter,
            .drop,
            comment: "tunnel packets from no known node"
        )
    }

    private static func forwarding(_ cluster: IPPrefix) -> [Rule] {
        [
            Rule(.source(in: cluster), .accept, comment: "from pods"),
            Rule(.destination(in: cluster), .accept, comment: "to pods"),
        ]
    }

    /// In flannel's order, with its fourth rule in the form that lets the sixth be reached.
    private func postrouting(_ host: HostPlan, _ port: UInt16?) -> [Rule] {
        var rules: [Rule] = []
        if let port {
            // The mark of the packet inside is still on the one around it: it would be masqueraded a second time by
            // kube-proxy, which some kernels answer with a broken checksum.
            rules.append(
                Rule(
                    .udpDestinationPort(port),
                    .isLocal(.source),
                    .clearMark(Self.masqueradeMark),
                    .return,
                    comment: "the tunnel's own packets"
                )
            )
        }
        rules.append(Rule(.mark(Self.masqueradeMark), .return, comment: "kube-proxy will masquerade"))
        for family in host.lease.podCIDRs.families where family == .ipv4 || configuration.ipv6Masquerade {
            guard let cluster = configuration.clusterCIDRs[family], let own = host.lease.podCIDRs[family] else {
                continue
            }
            rules += Self.masquerading(cluster, own, Self.multicast(family))
        }
        return rules
    }

    private static func masquerading(_ cluster: IPPrefix, _ own: IPPrefix, _ multicast: IPPrefix) -> [Rule] {
        [
            Rule(.source(in: own), .destination(in: cluster), .return, comment: "own pods to pods"),
            Rule(.source(in: cluster), .destination(in: own), .return, comment: "pods to own pods"),
            Rule(
                .source(notIn: cluster),
                .destination(in: own),
                .return,
                comment: "clients keep their address on the way to own pods"
            ),
            Rule(
                .source(in: cluster),
                .destination(notIn: multicast),
                .clearMark(masqueradeMark),
                .masquerade(.fullyRandom),
                comment: "pods to the outside"
            ),
            Rule(
                .source(notIn: cluster),
                .destination(in: cluster),
                .clearMark(masqueradeMark),
                .masquerade(.fullyRandom),
                comment: "the outside to pods of other nodes"
            ),
        ]
    }

    /// What kube-proxy, and flannel after it, mark packets with that need the node's address.
    private static let masqueradeMark: UInt32 = 0x4000

    private static func multicast(_ family: AddressFamily) -> IPPrefix {
        switch family {
        case .ipv4: IPPrefix(containing: .v4(IPv4Address(224, 0, 0, 0)), length: 4)
        case .ipv6: IPPrefix(containing: IPAddress(family: .ipv6, number: 0xff << 120), length: 8)
        }
    }
}
