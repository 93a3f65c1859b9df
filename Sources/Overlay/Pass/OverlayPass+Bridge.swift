import ClusterState
import Netlink
import NetworkTypes
import Supervision

/// The bridge that pods hang on, and the hardware address by which they know their gateway.
struct PinnedBridge: Equatable, Sendable {
    let index: InterfaceIndex
    let address: MACAddress?
}

extension OverlayPass {
    /// The bridge, made or corrected, not yet up. Nil if it cannot be had.
    ///
    /// - Parameter pinned: the bridge that the last pass left, with the hardware address that it has to keep.
    mutating func makeBridge(_ plan: BridgePlan, pinned: PinnedBridge?) -> Link? {
        let existing = links.first { $0.name == plan.name } ?? reclaimBridge(plan, pinned)
        if let existing, existing.kind != .bridge { return blocked(.wrongKind(existing, wanted: "bridge")) }
        let address = existing?.index == pinned?.index ? pinned?.address : nil
        let isMade = existing.map { made.contains($0.index) } ?? false
        let operations = plan.linkOperations(observed: existing, pinned: address, isMade: isMade)
        guard !operations.isEmpty else { return existing }
        if let failure = failures(of: operations).first { return blocked(.network(failure)) }
        return reread(plan.name)
    }

    /// Gives the bridge that pods hang on its name back, if somebody renamed it.
    private mutating func reclaimBridge(_ plan: BridgePlan, _ pinned: PinnedBridge?) -> Link? {
        let renamed = links.first { link in
            link.kind == .bridge && (link.index == pinned?.index || link.alias == OverlayNames.alias)
        }
        guard let renamed else { return nil }
        let rename = NetlinkOperation.setLink(.index(renamed.index), LinkChange(name: plan.name))
        // Older kernels rename no link that is up.
        guard
            failures(of: [rename]).isEmpty
                || perform([.setLink(.index(renamed.index), LinkChange(isUp: false)), rename])
        else { return nil }
        return reread(plan.name)
    }

    /// Names bridges of ours that stand beside the one in use, and pods whose addresses are no longer of this node.
    mutating func findStrays(of host: HostPlan, _ configuration: OverlayConfiguration) {
        let bridges = links.filter { link in
            link.kind == .bridge && link.alias == OverlayNames.alias && link.name != host.bridge.name
        }
        let current = links.first { $0.name == host.bridge.name }
        for bridge in bridges where current != nil && bridge.index != current?.index {
            let pods = links.filter { $0.master == bridge.index }.map(\.name.rawValue).sorted()
            guard !pods.isEmpty else { continue }
            complaints.append(
                "pods hang on the bridge \(bridge.name) instead of \(host.bridge.name) (\(pods.joined(separator: ", "))):"
                    + " nobody else reaches them; restart them"
            )
        }
        let directory = "\(configuration.cniStateDirectory)/\(OverlayNames.network)"
        // A directory that cannot be read is the plugin's to complain of.
        let names = (try? kernel.listDirectory(directory)) ?? []
        let stale = names.compactMap { try? IPAddress(parsing: $0) }.filter { address in
            !host.lease.podCIDRs.values.contains { $0.contains(address) }
        }
        guard !stale.isEmpty else { return }
        let shown = stale.sorted().firstFew(5, joinedBy: ", ")
        let subnets = host.lease.podCIDRs.values.map(\.description).joined(separator: ", ")
        complaints.append(
            "pods have addresses of a subnet that this node no longer has: \(shown); it has \(subnets): restart them"
        )
    }
}
