package import LinuxSystem
import NetworkTypes

/// The registry of a node without a control plane: its Node object says which subnets it has; a lone node, for which
/// there are no Node objects at all, keeps the subnets it had, at first the first subnet of each cluster network.
package struct LocalLeaseRegistry: LeaseRegistry {
    private let stateDirectory: String
    private let warn: @Sendable (StateFileError) -> Void

    /// - Parameters:
    ///   - stateDirectory: where the node's subnets are remembered.
    ///   - warn: is told when what was remembered cannot be used.
    package init(stateDirectory: String, warn: @escaping @Sendable (StateFileError) -> Void = { _ in }) {
        self.stateDirectory = stateDirectory
        self.warn = warn
    }

    package var vtepPolicy: VTEPPolicy { .derivedFromName }

    /// The file that the node's subnets are remembered in, one a line.
    private var file: StateFile { .lease(in: stateDirectory) }

    package func acquire(
        _ request: LeaseRequest,
        seeing snapshot: ClusterSnapshot
    ) async throws(LeaseError) -> NodeLease {
        guard snapshot.complete.contains(.node) else { throw .nodesUnknown }
        let subnets = try subnets(request, snapshot)
        let declared = snapshot.declaredOwnNode?.vtep ?? PerFamily()
        var vtep = PerFamily<MACAddress>()
        for family in request.underlay.families where request.backendType == "vxlan" {
            vtep[family] =
                declared[family] ?? VTEPAddress.derived(for: request.node, vni: request.vni, family: family)
        }
        return NodeLease(
            node: request.node,
            podCIDRs: subnets,
            underlay: request.underlay,
            publicAddresses: request.publicAddresses,
            vtep: vtep,
            backendType: request.backendType,
            externalAddresses: request.externalAddresses
        )
    }

    package func publish(_ extras: LeaseExtras) async {
        // Nobody reads a registry that is this node alone.
    }

    private func subnets(
        _ request: LeaseRequest,
        _ snapshot: ClusterSnapshot
    ) throws(LeaseError) -> PerFamily<IPPrefix> {
        guard let node = snapshot.declaredOwnNode else {
            // The own Node is in the snapshot by its lease, too.
            let others = snapshot.nodes.keys.filter { $0 != request.node }
            // A Node with an error in it is there all the same: this node is not lone, and may be the one that is meant.
            if let problem = snapshot.problems.first(where: { $0.object == .node(request.node) }) {
                throw .nodeUnreadable(problem)
            }
            if others.isEmpty, let problem = snapshot.problems.first(where: { $0.object?.kind == .node }) {
                throw .nodeUnreadable(problem)
            }
            guard others.isEmpty else { throw .nodeMissing(request.node, others: others.sorted()) }
            return try loneSubnets(request, snapshot)
        }
        guard !node.podCIDRs.isEmpty else { throw .noPodCIDR(request.node) }
        for subnet in node.podCIDRs.values { try check(subnet, request, snapshot) }
        // A directory that is emptied for a moment, or not mounted yet, makes the node look lone: the pods it has must
        // keep their addresses. A lease that its Node states needs no state directory, so it is not lost with that.
        if remembered() != .subnets(node.podCIDRs) { try? remember(node.podCIDRs) }
        return node.podCIDRs
    }

    private func check(
        _ subnet: IPPrefix,
        _ request: LeaseRequest,
        _ snapshot: ClusterSnapshot
    ) throws(LeaseError) {
        guard let cluster = request.clusterCIDRs[subnet.family] else { throw .familyNotInCluster(subnet) }
        guard cluster.contains(subnet) else { throw .outsideCluster(subnet, cluster: cluster) }
        for node in snapshot.nodes.values.sorted(by: { $0.name < $1.name }) where node.name < request.node {
            guard let other = node.podCIDRs[subnet.family], other.overlaps(subnet) else { continue }
            throw .overlaps(subnet, other, of: node.name)
        }
    }

    /// The remembered subnets where they still fit the cluster's networks, and the first ones for the rest.
    private func loneSubnets(
        _ request: LeaseRequest,
        _ snapshot: ClusterSnapshot
    ) throws(LeaseError) -> PerFamily<IPPrefix> {
        let memory = remembered()
        let known: PerFamily<IPPrefix> =
            switch memory {
            case .subnets(let subnets): subnets
            // The lease that is held, which may be that of the snapshot on disk, says the same, if there is one: pods keep
            // their addresses.
            case .nothing, .unusable: snapshot.ownLease?.podCIDRs ?? PerFamily()
            }
        var subnets = PerFamily<IPPrefix>()
        for family in request.clusterCIDRs.families {
            guard let cluster = request.clusterCIDRs[family] else { continue }
            if let subnet = known[family], cluster.contains(subnet) {
                subnets[family] = subnet
            } else {
                subnets[family] = try Self.firstSubnet(of: cluster)
            }
        }
        if memory != .subnets(subnets) { try remember(subnets) }
        return subnets
    }

    /// A /24 or a /64; of a narrower network the network itself.
    private static func firstSubnet(of cluster: IPPrefix) throws(LeaseError) -> IPPrefix {
        let (usual, narrowest) = cluster.family == .ipv4 ? (24, 29) : (64, 125)
        guard cluster.length <= narrowest else { throw .clusterTooNarrow(cluster) }
        return IPPrefix(containing: cluster.base, length: max(usual, cluster.length))
    }

    /// What is known of an earlier run.
    private enum Memory: Equatable {
        /// There was none, or it had no lease.
        case nothing
        case subnets(PerFamily<IPPrefix>)
        /// It had a lease, but the file says no more which: that was warned of.
        case unusable
    }

    private func remembered() -> Memory {
        do throws(StateFileError) {
            guard let content = try file.read() else { return .nothing }
            var subnets = PerFamily<IPPrefix>()
            for line in String(decoding: content, as: UTF8.self).split(separator: "\n") {
                guard let subnet = try? IPPrefix(parsing: line) else {
                    throw StateFileError(path: file.path, reason: "'\(line)' is no subnet")
                }
                subnets[subnet.family] = subnet
            }
            return .subnets(subnets)
        } catch {
            warn(error)
            return .unusable
        }
    }

    private func remember(_ subnets: PerFamily<IPPrefix>) throws(LeaseError) {
        let text = subnets.values.map { "\($0)\n" }.joined()
        do throws(SystemCallError) {
            try Files.createDirectory(stateDirectory, mode: 0o700)
            try file.write(Array(text.utf8))
        } catch {
            throw .notPersisted(path: file.path, reason: "\(error)")
        }
    }
}

extension StateFile {
    /// The subnets of a node that has no control plane to ask.
    package static func lease(in stateDirectory: String) -> StateFile {
        StateFile("\(stateDirectory)/lease", kind: "lease", version: 1)
    }
}
