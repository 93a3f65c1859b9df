import ClusterState
import NetworkTypes

/// All other nodes: each planned by itself, then judged against those that want the same.
///
/// Of two that collide the one whose name sorts first keeps what both want, and this node keeps what is its own. Who
/// loses depends on direct rivals only, so that a changed node costs itself and its rivals.
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
            touched.formUnion(rivals(of: old))
            claims.remove(old.paths, of: name)
        }
        let new = node.map { PeerPlan($0, in: context) }
        if let new {
            claims.insert(new.paths, of: name)
            touched.formUnion(rivals(of: new))
        }
        candidates[name] = new
        replaceAddresses(of: name, by: node.map(Self.addresses) ?? [])
        touched.remove(context.own)
        var before: [NodeName: PeerPlan?] = [:]
        for other in touched {
            before[other] = .some(plans[other])
            plans[other] = candidates[other].map(judged)
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

    private func judged(_ candidate: PeerPlan) -> PeerPlan {
        var plan = candidate
        for family in candidate.paths.families {
            guard let path = candidate.paths[family] else { continue }
            let lost = claims.rivals(of: candidate.node, family, path).filter { beats($0.node, candidate.node) }
            guard !lost.isEmpty else { continue }
            plan.paths[family] = nil
            plan.problems += lost.map { $0.problem(with: path) }.sorted()
        }
        return plan
    }

    private func beats(_ one: NodeName, _ other: NodeName) -> Bool {
        one == context.own || (other != context.own && one < other)
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
