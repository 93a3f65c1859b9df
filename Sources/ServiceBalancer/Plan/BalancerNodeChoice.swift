package import ClusterState

/// Which load balancers have ports on a node's addresses, as k3s's servicelb chooses nodes.
package struct BalancerNodeChoice: Hashable, Sendable {
    /// Once any node has this label, only nodes with the value "true" are chosen.
    static let enabled = "svccontroller.k3s.cattle.io/enablelb"
    /// On a service: only nodes of the same value, of those that are listed by `enabled`.
    static let pool = "svccontroller.k3s.cattle.io/lbpool"
    /// A node with this label, whatever the value, is no place for load balancers.
    static let excluded = "node.kubernetes.io/exclude-from-external-load-balancers"

    /// Whether the node has any load balancer at all.
    package let isChosen: Bool
    /// The value of `pool` that a service must have if it has one; nil if nodes are not listed, and pools mean nothing.
    let pool: String??

    /// - Parameters:
    ///   - labels: the node's.
    ///   - isListed: whether some node has the label `enabled`.
    package init(_ labels: [String: String], isListed: Bool) {
        isChosen = labels[Self.excluded] == nil && (!isListed || labels[Self.enabled] == "true")
        pool = isListed ? .some(labels[Self.pool]) : nil
    }

    /// Whether some node lists itself, so that nodes which do not are left out.
    package static func isListed(_ snapshot: ClusterSnapshot) -> Bool {
        snapshot.nodes.values.contains { $0.labels[enabled] != nil }
    }

    /// Whether the node is one for this service.
    package func includes(_ service: Service) -> Bool { includes(pool: service.metadata.labels[Self.pool]) }

    /// - Parameter wanted: the value of a service's label `pool`.
    func includes(pool wanted: String?) -> Bool {
        guard isChosen else { return false }
        guard let pool, let wanted else { return true }
        return pool == wanted
    }
}
