import ClusterState
import NetworkTypes

/// The addresses that nodes have, by what is said of them: at each of them a node's ingress may answer.
struct NodeAddresses: Sendable {
    private var byNode: [NodeName: Set<IPAddress>] = [:]
    /// How many nodes have each.
    private var holders: [IPAddress: Int] = [:]

    init() {}

    init(_ snapshot: ClusterSnapshot) {
        for name in snapshot.nodes.keys { _ = note(name, in: snapshot) }
    }

    func contains(_ address: IPAddress) -> Bool { holders[address] != nil }

    /// Notes a node as it is now. Returns whether it has other addresses than before.
    mutating func note(_ name: NodeName, in snapshot: ClusterSnapshot) -> Bool {
        let (former, present) = (byNode[name] ?? [], snapshot.nodes[name]?.ownAddresses ?? [])
        guard former != present else { return false }
        byNode[name] = present.isEmpty ? nil : present
        for address in present.subtracting(former) { holders[address, default: 0] += 1 }
        for address in former.subtracting(present) {
            let rest = (holders[address] ?? 0) - 1
            holders[address] = rest > 0 ? rest : nil
        }
        return true
    }
}

extension Node {
    /// Those that it is reached at from elsewhere, and those that it has in its pods' networks: the tunnel has the first of
    /// each, the pods' bridge the next.
    fileprivate var ownAddresses: Set<IPAddress> {
        let reached = [internalAddresses, externalAddresses, publicAddresses].flatMap(\.values)
        return Set(reached).union(podCIDRs.values.flatMap { [$0.base, $0.address(at: 1)].compactMap(\.self) })
    }
}
