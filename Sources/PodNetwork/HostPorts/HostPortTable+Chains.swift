import Netlink
import NetworkTypes
import Nftables

/// A chain and its rules.
struct HostPortChain: Hashable, Sendable {
    let chain: Chain
    let rules: [Rule]
}

extension HostPortTable {
    /// The chains, each before those that jump to it.
    var chains: [HostPortChain] {
        [
            HostPortChain(
                chain: Chain(Self.translation, comment: "to the pod that has the port"),
                rules: AddressFamily.allCases.flatMap(Self.translating)
            ),
            // Before kube-proxy, portmap (-100) and the agent's services (-110).
            HostPortChain(
                chain: Chain("prerouting", base: BaseChain(.nat, .prerouting, priority: -111)),
                rules: [Self.local]
            ),
            HostPortChain(
                chain: Chain("output", base: BaseChain(.nat, .output, priority: -111)),
                rules: [
                    // The kernel sends nothing of ::1 out of the node, whatever its source becomes later.
                    Rule(.destination(in: Self.loopback(.ipv6)), .accept, comment: "the node's own ::1 is its own"),
                    Self.local,
                ]
            ),
            // Before the agent's masquerading (99), which is not asked again for what is translated here.
            HostPortChain(
                chain: Chain("postrouting", base: BaseChain(.nat, .postrouting, priority: 98)),
                rules: masquerading
            ),
            // Before connection tracking gives answers their 127.0.0.1 back.
            HostPortChain(
                chain: Chain("guard", base: BaseChain(.filter, .prerouting, priority: -300)),
                rules: [
                    Rule(
                        .inputInterface(bridge.rawValue),
                        .destination(in: Self.loopback(.ipv4)),
                        .drop,
                        comment: "route_localnet would let pods reach the node's own 127.0.0.1"
                    ),
                    Rule(
                        .inputInterface(bridge.rawValue),
                        .source(in: Self.loopback(.ipv4)),
                        .drop,
                        comment: "and pass for the node itself"
                    ),
                ]
            ),
        ]
    }

    private static let translation = "translation"

    private static var local: Rule { Rule(.isLocal(.destination), .goto(translation)) }

    private static func translating(_ family: AddressFamily) -> [Rule] {
        let table: TableFamily = family == .ipv4 ? .ipv4 : .ipv6
        let one = HostPortSet(content: .addressPorts, family: family)
        let every = HostPortSet(content: .ports, family: family)
        return [
            Rule(
                .destinationNAT(table, by: .ip(.destination, family), .l4proto, .port(.destination), in: one.name)
            ),
            Rule(.destinationNAT(table, by: .l4proto, .port(.destination), in: every.name)),
        ]
    }

    /// Only where the pod could not answer otherwise: everyone else's address reaches the pod.
    private var masquerading: [Rule] {
        let hairpins = AddressFamily.allCases.map { family in
            let hairpin = HostPortSet(content: .hairpin, family: family)
            return Rule(
                .matchSet(.ip(.source, family), .ip(.destination, family), in: hairpin.name),
                .destinationTranslated,
                .masquerade(.fullyRandom),
                comment: "a pod to itself"
            )
        }
        let localhost = Rule(
            .source(in: Self.loopback(.ipv4)),
            .outputInterface(bridge.rawValue),
            .destinationTranslated,
            .masquerade(.fullyRandom),
            comment: "the node's localhost to a pod"
        )
        return hairpins + [localhost]
    }

    private static func loopback(_ family: AddressFamily) -> IPPrefix {
        switch family {
        case .ipv4: IPPrefix(containing: .v4(IPv4Address(127, 0, 0, 0)), length: 8)
        case .ipv6: IPPrefix(containing: IPAddress(family: .ipv6, number: 1), length: 128)
        }
    }
}
