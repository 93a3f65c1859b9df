import NetworkTypes
import Nftables
import NodeRuleset

/// Our part of the nft table: connection tracking is skipped for queries to addresses that are answered here.
///
/// Without a connection there is no translation of addresses either: what another program would send to the endpoints of
/// kube-dns comes here. Which addresses that are is said by elements with a time to live. If nobody renews them, because
/// nobody answers, queries take their way through service translation again.
package enum PresenceRuleset {
    /// The name of the part.
    package static let fragment = "dns"

    /// The set of the addresses that are answered.
    static func setName(_ family: AddressFamily) -> String {
        family == .ipv4 ? "dns-answering-v4" : "dns-answering-v6"
    }

    /// The rules and sets for the families of these addresses.
    static func fragment(for addresses: [IPAddress]) -> RulesetFragment {
        let families = families(of: addresses)
        guard !families.isEmpty else { return .empty(fragment) }
        return RulesetFragment(
            name: fragment,
            chains: [
                // Before connection tracking, which is at -200.
                PlannedChain(
                    Chain("dns-prerouting", base: BaseChain(.filter, .prerouting, priority: -300)),
                    families.flatMap { rules(.destination, $0, comment: "queries that this node answers") }
                ),
                PlannedChain(
                    Chain("dns-output", base: BaseChain(.filter, .output, priority: -300)),
                    families.flatMap { rules(.destination, $0, comment: "the host's own queries") }
                        // A reply of no known connection would be the first packet of one.
                        + families.flatMap { rules(.source, $0, comment: "replies to queries") }
                ),
            ],
            sets: families.map(set)
        )
    }

    /// What the sets hold while these addresses are answered, each for so long.
    ///
    /// - Parameter all: those that the fragment is for.
    static func elements(_ answered: [IPAddress], of all: [IPAddress], seconds: UInt32) -> [String: [SetElement]] {
        var elements: [String: [SetElement]] = [:]
        for family in families(of: all) {
            elements[setName(family)] = answered.filter { $0.family == family }.map {
                SetElement(.address($0), timeoutSeconds: seconds)
            }
        }
        return elements
    }

    private static func families(of addresses: [IPAddress]) -> [AddressFamily] {
        AddressFamily.allCases.filter { family in addresses.contains { $0.family == family } }
    }

    private static func set(_ family: AddressFamily) -> PlannedSet {
        let comment = "answered here; renewed by Linnet while it answers"
        return PlannedSet(
            SetDefinition(setName(family), key: [.ip(.destination, family)], hasTimeout: true, comment: comment),
            .live
        )
    }

    private static func rules(_ side: PacketSide, _ family: AddressFamily, comment: String) -> [Rule] {
        [TransportProtocol.udp, .tcp].map { transport in
            Rule(
                .matchSet(.ip(side, family), in: setName(family)),
                .port(side, ServerAddress.port, of: transport),
                .notrack,
                comment: comment
            )
        }
    }
}
