import ClusterState
import NetworkTypes

/// Where this node is in the cluster, as far as plans of services depend on it.
struct NodePlace: Hashable, Sendable {
    let name: NodeName
    /// The label `topology.kubernetes.io/zone`.
    let zone: String?
    /// Its own addresses, internal and external.
    let addresses: [IPAddress]
    /// Which load balancers have ports on its addresses.
    let choice: BalancerNodeChoice

    init(_ name: NodeName, in snapshot: ClusterSnapshot) {
        self.name = name
        let node = snapshot.nodes[name]
        zone = node?.labels["topology.kubernetes.io/zone"]
        addresses = (node?.internalAddresses.values ?? []) + (node?.externalAddresses.values ?? [])
        choice = BalancerNodeChoice(node?.labels ?? [:], isListed: BalancerNodeChoice.isListed(snapshot))
    }
}

/// Labels of services and slices that every proxy looks at.
enum ServiceLabel {
    /// Another proxy's business, whatever the value.
    static let proxyName = "service.kubernetes.io/service-proxy-name"
    static let headless = "service.kubernetes.io/headless"

    /// Whether an object with these labels is left out.
    static func leaveOut(_ labels: [String: String]) -> Bool {
        labels[proxyName] != nil || labels[headless] != nil
    }
}
