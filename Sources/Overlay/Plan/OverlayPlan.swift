package import ClusterState
package import NetworkTypes

/// All that the overlay keeps true on this node: a pure function of snapshot, configuration and underlay.
///
/// It is made of one plan for this node and one for each peer. `update` plans only what changed again, and equals a
/// plan from scratch.
package struct OverlayPlan: Sendable, Equatable {
    package let configuration: OverlayConfiguration
    /// Nil while nothing is to be on the host.
    package private(set) var host: HostPlan?
    private(set) var peers: PeerSet
    private var context: PeerContext

    /// The plan that takes away what is ours.
    package static func empty(_ configuration: OverlayConfiguration) -> OverlayPlan {
        OverlayPlan(configuration)
    }

    /// The plan from scratch. Empty without a backend, or without a lease.
    package init(
        _ snapshot: ClusterSnapshot,
        _ underlays: PerFamily<Underlay>,
        _ configuration: OverlayConfiguration
    ) {
        self.init(configuration)
        _ = update(snapshot, changed: .everything, underlays)
    }

    private init(_ configuration: OverlayConfiguration) {
        self.configuration = configuration
        context = PeerContext(own: configuration.node, networks: PerFamily(), ownPaths: PerFamily())
        peers = PeerSet(context: context)
    }

    /// The plans of all peers, by name.
    package var peerPlans: [NodeName: PeerPlan] { peers.plans }

    /// Plans again what changed.
    package mutating func update(
        _ snapshot: ClusterSnapshot,
        changed: ChangedKeys,
        _ underlays: PerFamily<Underlay>
    ) -> PlanChange {
        guard configuration.backend != .none, let lease = snapshot.ownLease else {
            let wasEmpty = host == nil
            self = OverlayPlan(configuration)
            return wasEmpty ? .none : .everything
        }
        let newHost = HostPlan(lease, underlays, configuration)
        let newContext = PeerContext(newHost, underlays, configuration)
        let isSameHost = host == newHost
        host = newHost
        guard case .keys(let keys) = changed, newContext == context else {
            context = newContext
            peers = PeerSet(context: newContext)
            for name in snapshot.nodes.keys { _ = peers.set(snapshot.nodes[name], named: name) }
            return .everything
        }
        var before: [NodeName: PeerPlan?] = [:]
        for key in keys where key.kind == .node {
            guard let name = NodeName(rawValue: key.name) else { continue }
            // What was before the first of several changes counts.
            before.merge(peers.set(snapshot.nodes[name], named: name)) { first, _ in first }
        }
        return isSameHost ? .peers(before) : .everything
    }
}

/// What an update of the plan may have changed.
package enum PlanChange: Sendable, Equatable {
    /// Anything.
    case everything
    /// These peers only, with their plans as they were.
    case peers([NodeName: PeerPlan?])

    static let none = PlanChange.peers([:])
}

extension PeerContext {
    init(_ host: HostPlan, _ underlays: PerFamily<Underlay>, _ configuration: OverlayConfiguration) {
        let backend = configuration.backend
        own = configuration.node
        self.backend = backend.flannelName
        vni = backend.vxlan?.vni
        networks = PerFamily()
        ownPaths = PerFamily()
        for family in host.families {
            networks[family] = configuration.clusterCIDRs[family]
            if backend.routesDirectly {
                direct[family] = underlays[family].map { DirectReach(interface: $0.name, onLink: $0.onLink) }
            }
            guard let podCIDR = host.lease.podCIDRs[family] else { continue }
            guard let endpoint = host.lease.publicAddresses[family] ?? host.lease.underlay[family] else { continue }
            let linkAddress = backend.vxlan.map { options in
                host.lease.vtep[family]
                    ?? VTEPAddress.derived(for: host.lease.node, vni: options.vni, family: family)
            }
            ownPaths[family] = PeerPath(podCIDR: podCIDR, endpoint: endpoint, linkAddress: linkAddress)
        }
    }
}
