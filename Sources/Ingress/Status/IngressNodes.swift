import ClusterState
import NetworkTypes
import Supervision

/// The nodes at which Ingresses are served, and who of them speaks for all.
struct IngressNodes: Hashable, Sendable {
    /// Who publishes what all have come to.
    let speaker: AddressSpeaker
    /// Where they are served: IPv4 before IPv6, within a family in order of their texts.
    let addresses: [String]

    init() {
        speaker = .first(nil)
        addresses = []
    }

    init(_ snapshot: ClusterSnapshot) {
        let all = snapshot.nodes.values
        // Without a registry of leases that carries it, nodes do not know of one another what they serve.
        let areTold = all.contains { $0.extras != nil }
        let nodes = all.filter { !areTold || $0.hasIngress }
        speaker = areTold ? .first(nodes.map(\.name).min()) : .each
        addresses = AddressFamily.allCases.flatMap { family in
            let published = nodes.compactMap { $0.externalAddresses[family] ?? $0.internalAddresses[family] }
            return Set(published.map(\.description)).sorted()
        }
    }
}

extension Node {
    /// Whether its agent says that it serves Ingresses.
    fileprivate var hasIngress: Bool {
        extras?.readyCapabilities?.contains(CapabilityName.ingress.rawValue) == true
    }
}
