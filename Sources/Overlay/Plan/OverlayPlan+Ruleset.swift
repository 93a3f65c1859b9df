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
        let senders = port == nil ? [] : host.families.flatMap(senders)
        var chains: [PlannedChain] = []
        let unknown = host.families.flatMap { unknownSources($0, host) }
        if !unknown.isEmpty {
            let chain = Chain("overlay-sources", base: BaseChain(.filter, .prerouting, priority: -105))
            chains.append(PlannedChain(chain, unknown))
        }
        if let port {
            chains += [
                PlannedChain(
                    Chain("overlay-input", base: BaseChain(.filter, .input, priority: 0)),
                    [Rule(.udpDestinationPort(port), .jump("overlay-tunnel"))]
                ),
                PlannedChain(Chain("overlay-tunnel"), tunnelled(host, senders)),
            ]
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
        let tunnelled = port == nil ? [] : host.families
        let sets = tunnelled.map(peerSet) + senders.map(\.set) + host.directNames.families.map(subnetSet)
        return RulesetFragment(name: OverlayNames.fragment, chains: chains, sets: sets)
    }

    private static func setName(_ family: AddressFamily) -> String {
        family == .ipv4 ? "overlay-peers-v4" : "overlay-peers-v6"
    }

    private func peerSet(_ family: AddressFamily) -> PlannedSet {
        let known = peers.addresses.keys.filter { $0.family == family }
        return PlannedSet(
            SetDefinition(Self.setName(family), key: [.ip(.source, family)]),
            .planned(ElementTable(known.map { SetElement(.address($0)) }))
        )
    }

    private static func subnetSetName(_ family: AddressFamily) -> String {
        family == .ipv4 ? "overlay-subnets-v4" : "overlay-subnets-v6"
    }

    /// The networks of the pods of other nodes. No two of them overlap.
    private func subnetSet(_ family: AddressFamily) -> PlannedSet {
        let known = peers.plans.values.compactMap { $0.paths[family]?.podCIDR }
        return PlannedSet(
            SetDefinition(Self.subnetSetName(family), key: [.ip(.source, family)], isInterval: true),
            .planned(ElementTable(known.map { SetElement($0) }))
        )
    }

    /// The family's senders, by the length of their networks.
    private func senders(_ family: AddressFamily) -> [Senders] {
        Dictionary(grouping: peers.senders(family)) { $0.podCIDR.length }.sorted { $0.key < $1.key }.map {
            Senders(family: family, length: $0.key, pairs: $0.value)
        }
    }

    /// Without a tunnel, an address of a pod comes from a subnet that some node has.
    ///
    /// Other sources pass: where a family is not masqueraded, and from flannel's nodes that do not masquerade, clients
    /// outside the cluster and other addresses of nodes come as they are.
    private func unknownSources(_ family: AddressFamily, _ host: HostPlan) -> [Rule] {
        guard let cluster = configuration.clusterCIDRs[family], let link = host.directNames[family] else { return [] }
        return [
            Rule(
                .inputInterface(link.rawValue),
                .source(in: cluster),
                .matchSet(.ip(.source, family), notIn: Self.subnetSetName(family)),
                .counter,
                .drop,
                comment: "packets of no known node's pods"
            )
        ]
    }

    /// What comes to the tunnel's port: a node's own pods with one lookup, nothing from who is no node, and no address of
    /// a pod from a node that the pod is not on. Other sources pass, as they do without a tunnel.
    private func tunnelled(_ host: HostPlan, _ senders: [Senders]) -> [Rule] {
        let families = host.families
        // A pod may send from any address, that of a node too.
        var rules = ([host.bridge.name] + host.tunnelNames.values).map { link in
            Rule(.inputInterface(link.rawValue), .counter, .drop, comment: "tunnel packets from pods")
        }
        // IPv6 meets this hook in fragments, of which the first may end before the packet inside begins, unless some rule
        // asks for the state of connections.
        if families.contains(.ipv6) {
            rules.append(
                Rule(.family(.ipv6), .conntrackState(.invalid), .counter, .drop, comment: "broken tunnel packets")
            )
        }
        rules += senders.map(\.rule)
        rules += families.map { family in
            Rule(
                .matchSet(.ip(.source, family), notIn: Self.setName(family)),
                .counter,
                .drop,
                comment: "tunnel packets from no known node"
            )
        }
        rules += configuration.clusterCIDRs.values.map { cluster in
            Rule(.vxlanSource(in: cluster), .counter, .drop, comment: "packets of pods of other nodes than the sender")
        }
        // The kernel takes a frame with the tag 0 for one without, and the addresses stand elsewhere in it.
        rules += [EtherType.vlan, .serviceVLAN].map { type in
            Rule(.vxlanEtherType(type), .counter, .drop, comment: "tagged frames in the tunnel")
        }
        return rules
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
