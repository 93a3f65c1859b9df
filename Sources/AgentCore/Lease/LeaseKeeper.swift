import ClusterState
import Logging
import Netlink
import NetworkTypes
import Overlay
import Supervision

/// Keeps this node's lease in the snapshot: chooses the tunnel endpoints, takes the pod subnets from the registry and
/// hands both to the store, which merges them into the own Node before anyone plans.
///
/// One `pass` does all of it from what the host and the snapshot say now; whatever changes only wakes another pass.
struct LeaseKeeper: Sendable {
    let settings: LeaseSettings
    let store: SnapshotStore
    let registry: any LeaseRegistry
    /// What other Linnet nodes may want to know of this one, as it is now.
    let extras: @Sendable () -> LeaseExtras
    let socket: NetlinkSocket
    let candidates: UnderlayCandidates
    let logger: Logger

    /// The outcome of one pass.
    enum Outcome: Equatable {
        /// The source has not said yet which Nodes there are: nothing can be decided.
        case waitingForNodes
        /// The lease is held. The problems concern families that go without a tunnel, and what the registry complains of.
        case held(NodeLease, problems: [String])
    }

    /// Takes, confirms or renews the lease.
    ///
    /// A lease that is held stays in the store when this throws: losing the means to renew it is a state to report.
    func pass() async throws -> Outcome {
        let snapshot = store.current
        guard snapshot.complete.contains(.node) else { return .waitingForNodes }
        let facts = try HostFacts.read(from: socket)
        candidates.note(facts)
        let choice = settings.selection(seeing: snapshot).choose(from: facts).keeping(snapshot.ownLease?.underlay)
        guard !choice.addresses.isEmpty else { throw LeaseKeeperError.noEndpoint(choice.problems) }
        let request = LeaseRequest(
            node: settings.node,
            clusterCIDRs: settings.clusterNetworks,
            underlay: choice.addresses,
            publicAddresses: settings.publicAddresses(over: choice.addresses),
            externalAddresses: settings.externalAddresses,
            vni: settings.vni,
            backendType: settings.backendType,
            vtep: registry.vtepPolicy == .adoptExisting ? tunnelAddresses(facts.links) : PerFamily()
        )
        keepUnderlay(request)
        await registry.publish(extras())
        let lease = try await registry.acquire(request, seeing: snapshot)
        if let former = store.current.ownLease, former.podCIDRs != lease.podCIDRs {
            let names = [former, lease].map { $0.podCIDRs.values.map(\.description).joined(separator: ", ") }
            logger.log(
                .warning,
                "this node has another pod subnet than before",
                [.changes: names.joined(separator: " → ")],
                event: .leaseMoved
            )
        }
        if lease != store.current.ownLease {
            store.setOwnLease(lease)
            logger.info(
                "lease held",
                metadata: ["lease": "\(lease.podCIDRs.values)", "peer": "\(lease.underlay.values)"]
            )
        }
        return .held(lease, problems: choice.problems.map(\.description) + (await registry.complaints()))
    }

    /// Gives a held lease the host's new addresses before the registry has them: what this node sends must not wait for
    /// a registry that may be reached by the address that is gone.
    private func keepUnderlay(_ request: LeaseRequest) {
        guard var held = store.current.ownLease, held.node == request.node,
            held.underlay.families == request.underlay.families, held.underlay != request.underlay
        else { return }
        (held.underlay, held.publicAddresses) = (request.underlay, request.publicAddresses)
        store.setOwnLease(held)
    }

    /// The hardware addresses of the tunnel links that are there.
    private func tunnelAddresses(_ links: [Link]) -> PerFamily<MACAddress> {
        var addresses = PerFamily<MACAddress>()
        for family in AddressFamily.allCases {
            let name = OverlayNames.tunnel(family, vni: settings.vni)
            addresses[family] = links.first { $0.name == name }?.address
        }
        return addresses
    }
}

/// What the lease is asked for with.
struct LeaseSettings: Sendable {
    var node: NodeName
    var clusterNetworks: PerFamily<IPPrefix>
    var vni: UInt32
    /// flannel's name of the backend.
    var backendType: String
    /// `--node-ip`.
    var nodeAddresses: PerFamily<IPAddress>
    /// `--node-external-ip`.
    var externalAddresses: PerFamily<IPAddress>
    /// Whether peers use those (`--flannel-external-ip`).
    var usesExternalAddresses: Bool
    /// `--flannel-iface`.
    var interface: LinkName?

    func selection(seeing snapshot: ClusterSnapshot) -> UnderlaySelection {
        UnderlaySelection(
            families: clusterNetworks.families,
            nodeAddresses: nodeAddresses,
            interface: interface,
            declaredAddresses: snapshot.nodes[node]?.internalAddresses ?? PerFamily(),
            clusterNetworks: clusterNetworks
        )
    }

    func publicAddresses(over underlay: PerFamily<IPAddress>) -> PerFamily<IPAddress> {
        var addresses = underlay
        for family in underlay.families where usesExternalAddresses {
            if let external = externalAddresses[family] { addresses[family] = external }
        }
        return addresses
    }
}

/// Why no lease could be asked for.
enum LeaseKeeperError: Error, CustomStringConvertible {
    case noEndpoint([UnderlayProblem])

    var description: String {
        switch self {
        case .noEndpoint(let problems):
            "no tunnel endpoint: \(problems.map(\.description).joined(separator: "; "))"
        }
    }
}
