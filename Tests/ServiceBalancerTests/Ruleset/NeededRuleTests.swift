import NetworkTypes
import Nftables
import NodeRuleset
import Testing

@testable import ServiceBalancer

/// Each rule that says whose address an endpoint sees is needed: without it, a row of the truth table (`SourceAddressTests`)
/// is not met.
struct NeededRuleTests {
    /// The rules by what they look into, or by their comment, and the first row that fails without each.
    static let rows = [
        "the service network": "policy Cluster without ports of the node: outside to clusterIP by tcp",
        "@service-addresses": "policy Cluster without ports of the node: outside to published by tcp",
        "@node-ports-tcp": "policy Cluster: outside to nodeAddress by tcp",
        "@node-ports-udp": "policy Cluster: outside to nodeAddress by udp",
        "@node-ports-sctp": "policy Cluster: outside to nodeAddress by sctp",
        "the node is the endpoint": "policy Cluster: this node to clusterIP by tcp",
        "a pod to itself": "policy Cluster: the endpoint itself to clusterIP by tcp",
        "answers on a bridge that is not filtered would pass us by":
            "policy Cluster on a bridge that is not filtered: a pod of this node to clusterIP by tcp",
        "pods of this node": "policy Cluster: a pod of this node to clusterIP by tcp",
        "to endpoints of this node": "policy Cluster: outside to clusterIP by tcp",
        "to endpoints of other nodes": "policy Cluster: outside to clusterIP by tcp",
    ]

    @Test(arguments: AddressFamily.allCases)
    func `without any one of the rules of masquerading a row of the truth table fails`(family: AddressFamily) throws {
        var found: [String: String] = [:]
        for situation in SourceAddressTests.situations {
            for rule in Self.rules(situation.cluster(.tcp, family), family) {
                guard found[rule.name, default: Self.none] == Self.none else { continue }
                let failures = try situation.failures(family, atMost: 1) { fragment in
                    for index in fragment.chains.indices { fragment.chains[index].rules.removeAll { $0 == rule } }
                }
                found[rule.name] = failures.first ?? Self.none
            }
        }
        for (rule, row) in found { #expect(row == Self.rows[rule], "\(rule)") }
        #expect(found.count == Self.rows.count)
    }

    private static let none = "none"

    /// Those of one family that decide about it.
    private static func rules(_ cluster: TestCluster, _ family: AddressFamily) -> [Rule] {
        var ruleset = BalancerRuleset(cluster.configuration)
        let source = BalancerNames.source(family)
        let chains = ruleset.fragment(of: cluster.plan).chains
        let rules = chains.filter { $0.chain.name == BalancerNames.postrouting }.flatMap(\.rules)
        return rules.filter { $0.description.hasSuffix(source) }
            + chains.filter { $0.chain.name == source }.flatMap(\.rules)
    }
}

extension Rule {
    fileprivate var name: String {
        let set = description.split(separator: " ").first { $0.hasPrefix("@") }?.dropLast("-v4".count)
        return comment ?? set.map(String.init) ?? "the service network"
    }
}
