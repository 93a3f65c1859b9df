import NetworkTypes
import Nftables
import NodeRuleset

/// What of the balancer's rules does not depend on any service: the way of a packet through them.
struct BalancerFrame: Equatable {
    private let configuration: BalancerConfiguration
    private let scope: BalancerScope
    private let ownPods: PerFamily<IPPrefix>
    private let unfilteredBridges: Set<AddressFamily>
    private let heldAddresses: Set<IPAddress>

    init(_ plan: BalancerPlan) {
        configuration = plan.configuration
        scope = plan.facts.scope
        ownPods = plan.ownPods
        unfilteredBridges = plan.facts.unfilteredBridges
        heldAddresses = plan.facts.heldAddresses
    }

    /// The fragment without any service.
    var fragment: RulesetFragment {
        guard !scope.isEmpty else { return .empty(BalancerNames.fragment) }
        return RulesetFragment(name: BalancerNames.fragment, chains: chains, sets: sets)
    }

    private var families: [AddressFamily] { configuration.families }

    // MARK: Chains

    private var chains: [PlannedChain] {
        [
            // Ahead of kube-proxy and of portmap at -100, behind the host ports of our own pods at -111.
            entry(BalancerNames.prerouting, .nat, .prerouting, -110, [Rule(.jump(BalancerNames.dispatch))]),
            entry(BalancerNames.output, .nat, .output, -110, [Rule(.jump(BalancerNames.dispatch))]),
            PlannedChain(
                Chain(BalancerNames.dispatch, comment: "to an endpoint"),
                families.flatMap { Self.lookups($0, BalancerNames.services($0), BalancerNames.nodeServices($0)) }
            ),
            // All translation is at -100, whatever its chains say: here the destination is still the service.
            entry(BalancerNames.filterPrerouting, .filter, .prerouting, -105, [Self.new(BalancerNames.filter)]),
            entry(BalancerNames.filterOutput, .filter, .output, -105, [Self.new(BalancerNames.filter)]),
            PlannedChain(
                Chain(BalancerNames.filter, comment: "what is not to be translated"),
                families.flatMap { Self.lookups($0, BalancerNames.refusals($0), BalancerNames.nodeRefusals($0)) }
            ),
            // By itself: behind a match of an address, nft reads a refusal in another form than it lists it.
            PlannedChain(Chain(BalancerNames.refused, comment: "nothing is there"), Self.refusal),
        ] + (scope.services ? unused : [])
            + [entry(BalancerNames.postrouting, .nat, .postrouting, 99, families.flatMap(translated))]
            + families.map {
                PlannedChain(Chain(BalancerNames.source($0), comment: "who needs an address of this node"), source($0))
            }
    }

    private func entry(
        _ name: String,
        _ type: ChainType,
        _ hook: Hook,
        _ priority: Int32,
        _ rules: [Rule]
    ) -> PlannedChain {
        PlannedChain(Chain(name, base: BaseChain(type, hook, priority: priority)), rules)
    }

    /// TCP is told in its own words: ICMP is limited to about one a second for each client, and one that hears it while it
    /// still sends its first packet waits a second before it tries again.
    private static let refusal = [Rule(.l4proto(.tcp), .counter, .reject(.tcpReset)), Rule(.counter, .reject())]

    private static func new(_ chain: String) -> Rule { Rule(.conntrackState(.new), .jump(chain)) }

    /// By address and port; then, at an address of the node, by port alone.
    private static func lookups(_ family: AddressFamily, _ services: String, _ nodeServices: String) -> [Rule] {
        [
            Rule(.verdictMap(.ip(.destination, family), .l4proto, .port(.destination), in: services)),
            Rule(
                .destination(notIn: loopback(family)),
                .matchSet(.ip(.destination, family), notIn: BalancerNames.heldAddresses(family)),
                .isLocal(.destination),
                .verdictMap(.l4proto, .port(.destination), in: nodeServices)
            ),
        ]
    }

    private static func loopback(_ family: AddressFamily) -> IPPrefix {
        switch family {
        case .ipv4: IPPrefix(containing: .v4(IPv4Address(127, 0, 0, 0)), length: 8)
        case .ipv6: IPPrefix(host: IPAddress(family: .ipv6, number: 1))
        }
    }

    /// A connection to a cluster address that was not translated would leave by the default route.
    private var unused: [PlannedChain] {
        let rules = families.flatMap { family in
            let elsewhere = Clause.match(.addressType(.destination), not: .number(Self.localAddress))
            let network = configuration.serviceCIDRs[family].map {
                [Rule(.destination(in: $0), elsewhere, .goto(BalancerNames.refused), comment: "no such service")]
            }
            let set = BalancerNames.clusterAddresses(family)
            return (network ?? []) + [
                Rule(.matchSet(.ip(.destination, family), in: set), elsewhere, .goto(BalancerNames.refused))
            ]
        }
        return [
            entry(BalancerNames.forward, .filter, .forward, 0, [Self.new(BalancerNames.unused)]),
            entry(BalancerNames.forwardOutput, .filter, .output, 0, [Self.new(BalancerNames.unused)]),
            PlannedChain(Chain(BalancerNames.unused, comment: "ports that no service has"), rules),
        ]
    }

    /// RTN_LOCAL
    private static let localAddress: UInt32 = 2

    /// Connections that we have translated: nobody else translates those to these places.
    private func translated(_ family: AddressFamily) -> [Rule] {
        let source = BalancerNames.source(family)
        let original = Selector.originalDestination(family)
        let network = scope.services ? configuration.serviceCIDRs[family] : nil
        return (network.map { [Rule(.destinationTranslated, .match(original, in: $0), .goto(source))] } ?? []) + [
            Rule(
                .destinationTranslated,
                .matchSet(original, in: BalancerNames.addresses(family)),
                .goto(source)
            )
        ]
            + Self.transports.map { transport in
                Rule(
                    .family(family),
                    .l4proto(transport),
                    .destinationTranslated,
                    .matchSet(.originalDestinationPort, in: BalancerNames.nodePorts(transport, family)),
                    .goto(source)
                )
            }
    }

    /// nft takes a connection's original port only where the protocol is known, so not in a key together with it.
    private static let transports: [TransportProtocol] = [.tcp, .udp, .sctp]

    /// The client's address is kept wherever the answer comes back through this node: from endpoints that are here, and to
    /// pods that are here. Everything else needs an address of this node.
    private func source(_ family: AddressFamily) -> [Rule] {
        var rules = [
            Rule(.family(family), .isLocal(.destination), .return, comment: "the node is the endpoint"),
            Rule(
                .matchSet(.ip(.source, family), .ip(.destination, family), in: BalancerNames.hairpins(family)),
                .masquerade(.fullyRandom),
                comment: "a pod to itself"
            ),
        ]
        if let own = ownPods[family] {
            if unfilteredBridges.contains(family) {
                rules.append(
                    Rule(
                        .source(in: own),
                        .destination(in: own),
                        .masquerade(.fullyRandom),
                        comment: "answers on a bridge that is not filtered would pass us by"
                    )
                )
            }
            rules.append(Rule(.source(in: own), .return, comment: "pods of this node"))
        }
        return rules + [
            Rule(
                .matchSet(.ip(.destination, family), in: BalancerNames.localEndpoints(family)),
                .return,
                comment: "to endpoints of this node"
            ),
            Rule(.family(family), .masquerade(.fullyRandom), comment: "to endpoints of other nodes"),
        ]
    }

    // MARK: Sets

    private var sets: [PlannedSet] {
        families.flatMap { family in
            sets(family) + Self.transports.map { Self.set(BalancerNames.nodePorts($0, family), [.port(.destination)]) }
        }
    }

    private func sets(_ family: AddressFamily) -> [PlannedSet] {
        let address = Selector.ip(.destination, family)
        let port: [Selector] = [.l4proto, .port(.destination)]
        let index = Selector.numgen(NumberGenerator(.random, modulus: 1))
        // The port of a map's data as `th dport`: with `tcp dport` nft adds a match of TCP when it reads its own list.
        let endpoint = SetDefinition.Value.fields([address, .port(.destination)])
        let source = Selector.ip(.source, family)
        let held = heldAddresses.filter { $0.family == family }.map { SetElement([.address($0)]) }
        return [
            Self.set(BalancerNames.endpoints(family), [address] + port + [index], endpoint),
            Self.set(BalancerNames.nodeEndpoints(family), port + [index], endpoint),
            Self.set(BalancerNames.services(family), [address] + port, .verdict),
            Self.set(BalancerNames.nodeServices(family), port, .verdict),
            Self.set(BalancerNames.refusals(family), [address] + port, .verdict),
            Self.set(BalancerNames.nodeRefusals(family), port, .verdict),
            Self.intervals(BalancerNames.sources(family), [address] + port + [source]),
            Self.intervals(BalancerNames.nodeSources(family), port + [source]),
            Self.set(BalancerNames.addresses(family), [address]),
            Self.set(BalancerNames.clusterAddresses(family), [address]),
            Self.set(BalancerNames.hairpins(family), [source, address]),
            Self.set(BalancerNames.localEndpoints(family), [address]),
            PlannedSet(
                SetDefinition(BalancerNames.heldAddresses(family), key: [address]),
                .planned(ElementTable(held))
            ),
        ]
    }

    private static func set(_ name: String, _ key: [Selector], _ value: SetDefinition.Value? = nil) -> PlannedSet {
        PlannedSet(SetDefinition(name, key: key, value: value), .planned([]))
    }

    private static func intervals(_ name: String, _ key: [Selector]) -> PlannedSet {
        PlannedSet(SetDefinition(name, key: key, isInterval: true), .planned([]))
    }
}
