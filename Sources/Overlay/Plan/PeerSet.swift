import ClusterState
import NetworkTypes

/// All other nodes: each planned by itself, then judged against those that want the same.
///
/// Of two that collide the one with precedence keeps what both want, and this node keeps what is its own. One that has
/// lost takes nothing from anybody. A changed node costs itself and those that it contends with, directly or by others.
struct PeerSet: Equatable, Sendable {
    private let context: PeerContext
    private var candidates: [NodeName: PeerPlan] = [:]
    private(set) var plans: [NodeName: PeerPlan] = [:]
    private var claims = PeerClaims()
    /// Every address that a node is known by, with the number of nodes that have it: whose tunnel packets are let in.
    private(set) var addresses: [IPAddress: Int] = [:]
    private var addressesOf: [NodeName: Set<IPAddress>] = [:]

    init(context: PeerContext) {
        self.context = context
        claims.insert(context.ownPaths, of: context.own)
    }

    /// Takes the node as it is now, nil if it is gone. Returns the plans that may have changed, as they were.
    mutating func set(_ node: Node?, named name: NodeName) -> [NodeName: PeerPlan?] {
        guard name != context.own else { return [:] }
        var touched: Set<NodeName> = [name]
        if let old = candidates[name] {
            extend(&touched)
            claims.remove(old.paths, of: name)
        }
        let new = node.map { PeerPlan($0, in: context) }
        if let new {
            claims.insert(new.paths, of: name)
        }
        candidates[name] = new
        extend(&touched)
        replaceAddresses(of: name, by: node.map(Self.addresses) ?? [])
        var before: [NodeName: PeerPlan?] = [:]
        for other in touched {
            before[other] = .some(plans[other])
            plans[other] = nil
        }
        for candidate in touched.compactMap({ candidates[$0] }).sorted(by: precedes) {
            plans[candidate.node] = judged(candidate)
        }
        return before
    }

    /// Each address of the family that a node may send from, with the node's pods.
    func senders(_ family: AddressFamily) -> [(address: IPAddress, podCIDR: IPPrefix)] {
        plans.flatMap { name, plan -> [(address: IPAddress, podCIDR: IPPrefix)] in
            guard let podCIDR = plan.paths[family]?.podCIDR else { return [] }
            return (addressesOf[name] ?? []).filter { $0.family == family }.map { ($0, podCIDR) }
        }
    }

    private func rivals(of candidate: PeerPlan) -> Set<NodeName> {
        var names: Set<NodeName> = []
        for family in candidate.paths.families {
            guard let path = candidate.paths[family] else { continue }
            names.formUnion(claims.rivals(of: candidate.node, family, path).map(\.node))
        }
        return names
    }

    /// Adds all that contend with those, and with what they contend with.
    private func extend(_ names: inout Set<NodeName>) {
        var unseen = Array(names)
        while let name = unseen.popLast() {
            guard let candidate = candidates[name] else { continue }
            for rival in rivals(of: candidate) where rival != context.own && names.insert(rival).inserted {
                unseen.append(rival)
            }
        }
    }

    /// The candidate without what others keep that have been judged already: those with precedence.
    private func judged(_ candidate: PeerPlan) -> PeerPlan {
        var plan = candidate
        for family in candidate.paths.families {
            guard let path = candidate.paths[family] else { continue }
            let lost = claims.rivals(of: candidate.node, family, path).filter {
                // Whoever has lost this way himself takes nothing.
                $0.node == context.own || plans[$0.node]?.paths[family] != nil
            }
            guard !lost.isEmpty else { continue }
            plan.paths[family] = nil
            plan.problems += lost.map { $0.problem(with: path) }.sorted()
        }
        return plan
    }

    /// Whose network is as long as this node's, which the cluster gives all its nodes; whose lease names its node; whose
    /// lease is older; then by name.
    private func precedes(_ one: PeerPlan, _ other: PeerPlan) -> Bool {
        let (oneFits, otherFits) = (fits(one), fits(other))
        guard oneFits == otherFits else { return oneFits }
        let (oldest, others) = (one.leaseCreation ?? .max, other.leaseCreation ?? .max)
        return oldest == others ? one.node < other.node : oldest < others
    }

    private func fits(_ candidate: PeerPlan) -> Bool {
        candidate.paths.families.allSatisfy { family in
            guard let own = context.ownPaths[family] else { return true }
            return candidate.paths[family]?.podCIDR.length == own.podCIDR.length
        }
    }

    /// A peer behind NAT, or with an external address, may send from another address than the one it is reached at.
    private static func addresses(of node: Node) -> Set<IPAddress> {
        Set(node.publicAddresses.values + node.internalAddresses.values + node.externalAddresses.values)
            .filter { !$0.isUnspecified }
    }

    private mutating func replaceAddresses(of name: NodeName, by new: Set<IPAddress>) {
        for address in addressesOf[name] ?? [] {
            let count = (addresses[address] ?? 1) - 1
            addresses[address] = count == 0 ? nil : count
        }
        for address in new { addresses[address, default: 0] += 1 }
        addressesOf[name] = new.isEmpty ? nil : new
    }
}
