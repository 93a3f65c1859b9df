package import ClusterState
import Netlink
import NetworkTypes
import Nftables
package import NodeRuleset

/// Makes the host as planned, pass by pass.
///
/// A thorough pass compares everything with the kernel. Any other trusts what the last one left there and handles only
/// the peers that changed since, so that its cost does not depend on how many there are.
package actor OverlayReconciler {
    private let configuration: OverlayConfiguration
    private let kernel: any OverlayKernel
    private let ruleset: any RulesetWriter
    private let status: OverlayStatus
    private let watch: OverlayWatch
    private let now: @Sendable () -> ContinuousClock.Instant

    private var plan: OverlayPlan
    private var generation: UInt64?
    private var underlays = PerFamily<Underlay>()
    /// The links that lead to peers, as the last thorough pass left them.
    private var links = PerFamily<PeerLinks>()
    private var applied: RulesetFragment?
    /// The bridge whose hardware address is known not to follow its ports.
    private var pinnedBridge: PinnedBridge?
    /// What the last thorough pass found wrong: it is so until the next one.
    private var standingComplaints: [String] = []
    private var mustBeThorough = true
    /// Whether runtimes were told of the pod network: then its files stay true, whatever fails afterwards.
    private var isAnnounced = false
    /// The links that we made, also while somebody else has taken their alias away.
    private var made: Set<InterfaceIndex> = []

    /// - Parameter now: the time by the clock that ages are counted by.
    package init(
        _ configuration: OverlayConfiguration,
        kernel: any OverlayKernel,
        ruleset: any RulesetWriter,
        status: OverlayStatus,
        watch: OverlayWatch = OverlayWatch(),
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.configuration = configuration
        self.kernel = kernel
        self.ruleset = ruleset
        self.status = status
        self.watch = watch
        self.now = now
        plan = .empty(configuration)
    }

    /// Whether there is all that a pass needs. Before that nothing is written: unknown is not empty.
    package nonisolated static func isReady(_ snapshot: ClusterSnapshot, _ configuration: OverlayConfiguration) -> Bool
    {
        configuration.backend == .none || (snapshot.complete.contains(.node) && snapshot.ownLease != nil)
    }

    /// Puts the snapshot in place. What does not depend on a failed part is done all the same.
    ///
    /// Returns how many changes were made.
    @discardableResult
    package func reconcile(_ snapshot: ClusterSnapshot, thoroughly: Bool) async throws(ReconcileFailure) -> Int {
        let started = ContinuousClock.now
        var pass = OverlayPass(kernel)
        var isDrift = false
        do throws(NetlinkError) {
            let change = try replan(snapshot, thoroughly: thoroughly, &pass)
            isDrift = !mustBeThorough && change == .none
            switch change {
            case .peers(let before) where !thoroughly && !mustBeThorough:
                follow(before, &pass)
                pass.complaints = standingComplaints
            default:
                try compareAll(&pass)
                standingComplaints = pass.complaints
            }
            generation = snapshot.generation
        } catch {
            pass.causes.append(.network(error))
        }
        await applyRuleset(&pass)
        isAnnounced = plan.host != nil && (isAnnounced || pass.mayAnnounce)
        if isAnnounced { announce(&pass) }
        mustBeThorough = !pass.causes.isEmpty
        report(pass, isDrift: isDrift, took: ContinuousClock.now - started)
        guard pass.causes.isEmpty else { throw ReconcileFailure(pass.causes) }
        return pass.changes
    }

    /// Plans what changed again; a thorough pass looks at the underlay first.
    private func replan(
        _ snapshot: ClusterSnapshot,
        thoroughly: Bool,
        _ pass: inout OverlayPass
    ) throws(NetlinkError) -> PlanChange {
        if thoroughly || mustBeThorough { try observeUnderlay(snapshot, &pass) }
        let changed = generation.map { snapshot.changedKeys(since: $0) } ?? .everything
        var change = plan.update(snapshot, changed: changed, underlays)
        if change == .everything, !pass.hasObserved {
            // This node's own part changed, which may have moved it to another underlay.
            try observeUnderlay(snapshot, &pass)
            change = plan.update(snapshot, changed: .everything, underlays)
        }
        return change
    }

    private func observeUnderlay(_ snapshot: ClusterSnapshot, _ pass: inout OverlayPass) throws(NetlinkError) {
        try pass.observe(withRoutes: configuration.backend.routesDirectly)
        underlays = Underlay.find(
            holding: snapshot.ownLease?.underlay ?? PerFamily(),
            links: pass.links,
            addresses: pass.addresses,
            routes: pass.routes,
            previous: underlays
        )
    }

    /// Handles changed peers from the state that was left.
    private func follow(_ before: [NodeName: PeerPlan?], _ pass: inout OverlayPass) {
        let names = before.keys.sorted()
        if configuration.backend.routesDirectly { watch.expect(endpoints: endpoints) }
        for family in links.families {
            guard let links = links[family] else { continue }
            let old = names.compactMap { before[$0]??.paths[family] }
            let new = names.compactMap { plan.peerPlans[$0]?.paths[family] }
            watch.expect(instead: old, new, family)
            let left = ObservedContents(PeerContents(old), on: links)
            pass.perform(PeerContents(new).difference(from: left, on: links))
        }
    }

    /// Compares all that is planned with all that is there.
    private func compareAll(_ pass: inout OverlayPass) throws(NetlinkError) {
        if !pass.hasObserved { try pass.observe() }
        guard let host = plan.host else {
            watch.expectNothing()
            links = PerFamily()
            pinnedBridge = nil
            defer { watch.waitFor(pass.users) }
            return pass.removeAll(configuration)
        }
        let contents = PerFamily(v4: contents(.ipv4), v6: contents(.ipv6))
        watch.expect(host, underlays, contents)
        if configuration.backend.routesDirectly { watch.expect(endpoints: endpoints) }
        pass.made = made
        let bridge = pass.makeBridge(host.bridge, pinned: pinnedBridge)
        let tunnels = pass.makeTunnels(host.tunnels)
        let ours = (tunnels.values + (bridge.map { [$0] } ?? [])).filter { $0.alias == OverlayNames.alias }
        // One that was made stays so until it is gone: its alias may be somebody else's for the moment, also when this pass
        // could not set it right.
        made = made.intersection(pass.links.map(\.index)).union(ours.map(\.index))
        watch.found(tunnels: tunnels.mapValues(\.index), bridge: bridge?.index, address: bridge?.address, made: made)
        pass.correct(host.sysctls)
        if let bridge {
            pinnedBridge = PinnedBridge(index: bridge.index, address: bridge.address)
            pass.perform(host.bridge.activation(of: bridge, addresses: pass.addresses))
        }
        links = PerFamily()
        for family in host.families {
            guard let found = ready(family, host, tunnels[family], &pass) else { continue }
            links[family] = found
            pass.compare(contents[family] ?? PeerContents(), family, on: found)
        }
        pass.findStrays(of: host, configuration)
        // Last, so that a peer whose packets leave a tunnel for a direct route never goes without.
        pass.removeStaleTunnels(keeping: host.tunnelNames.values)
        for family in AddressFamily.allCases where !host.families.contains(family) {
            pass.compare(PeerContents(), family, on: PeerLinks())
        }
        watch.waitFor(pass.users)
    }

    /// The links over which a family's peers are reached. Nil if it is not known, or could not be made: then what is
    /// there is left as it is.
    private func ready(
        _ family: AddressFamily,
        _ host: HostPlan,
        _ tunnel: Link?,
        _ pass: inout OverlayPass
    ) -> PeerLinks? {
        guard host.tunnelNames[family] != nil else {
            return underlays[family] == nil ? nil : PeerLinks(underlay: host.direct[family])
        }
        guard let tunnel, let plan = host.tunnels[family], pass.activate(plan, tunnel) else { return nil }
        return PeerLinks(tunnel: tunnel.index, underlay: host.direct[family])
    }

    /// The addresses of all peers, by which they are on the link or not.
    private var endpoints: Set<IPAddress> {
        Set(plan.peerPlans.values.flatMap(\.publicAddresses.values))
    }

    private func contents(_ family: AddressFamily) -> PeerContents {
        PeerContents(plan.peerPlans.values.compactMap { $0.paths[family] })
    }

    private func applyRuleset(_ pass: inout OverlayPass) async {
        let wanted = plan.ruleset
        guard wanted != applied else { return }
        do throws(NftablesError) {
            try await ruleset.apply(wanted)
            applied = wanted
        } catch {
            pass.causes.append(.ruleset(error))
            applied = nil
        }
    }

    /// Tells other programs of the pod network, once there is one.
    private func announce(_ pass: inout OverlayPass) {
        guard let host = plan.host else { return }
        for file in host.files { pass.write(file) }
        pass.complaints += host.complaints
        watch.announced(host.files, unwritable: pass.unwritable, rivals: pass.findRivals(of: configuration))
    }

    private func report(_ pass: OverlayPass, isDrift: Bool, took duration: Duration) {
        let peers = plan.peerPlans
        let wrong = peers.values.filter { !$0.problems.isEmpty }.sorted { $0.node < $1.node }
        let complaints =
            pass.causes.map(\.description) + pass.complaints
            + wrong.map { "node \($0.node.rawValue) \($0.problems.joined(separator: ", and "))" }
        status.update { report in
            report.lease = plan.host?.lease
            report.peers = peers
            report.passes += 1
            report.lastDuration = duration
            report.complaints = complaints
            if isDrift { report.repairs += UInt64(pass.changes) }
            if pass.causes.isEmpty {
                report.lastSuccess = now()
                report.generation = generation
            } else {
                report.failures += 1
            }
        }
    }
}
