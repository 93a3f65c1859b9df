import ClusterState
import LinuxSystem
import Netlink
import NetworkTypes
import Supervision

/// The bridge that pods hang on, and the hardware address by which they know their gateway.
struct PinnedBridge: Equatable, Sendable {
    let index: InterfaceIndex
    let address: MACAddress?
}

/// One pass over the host: what was found, what was done, what could not be done.
struct OverlayPass {
    private let kernel: any OverlayKernel
    private(set) var links: [Link] = []
    private(set) var addresses: [Address] = []
    /// The main table's routes, if they were asked for.
    private(set) var routes: [Route]?
    private(set) var hasObserved = false
    /// Changes asked for, whether granted or not.
    private(set) var changes = 0
    var causes: [OverlayError] = []
    var complaints: [String] = []
    /// Whether the pod network is there, so that runtimes may be told.
    private(set) var mayAnnounce = true
    /// Links that we made, whatever their aliases say now.
    var made: Set<InterfaceIndex> = []
    /// The files that could not be written.
    private(set) var unwritable: Set<String> = []
    /// Links that are no longer needed and stay since others use them, and those others.
    private(set) var users: Set<InterfaceIndex> = []

    init(_ kernel: any OverlayKernel) {
        self.kernel = kernel
    }

    private var network: any RouteNetlink { kernel.network }

    /// Reads links and addresses, and the routes where they tell who is on the link.
    mutating func observe(withRoutes: Bool = false) throws(NetlinkError) {
        // Before the addresses: a network that goes with its address in between is then too much, not too little.
        if withRoutes { routes = try network.routes(RouteFilter(table: .main)) }
        links = try network.links()
        addresses = try network.addresses(of: nil)
        hasObserved = true
    }

    /// Does what is needed, and tells whether all of it was done. What is to be deleted may be gone already.
    @discardableResult
    mutating func perform(_ operations: [NetlinkOperation]) -> Bool {
        let failures = failures(of: operations)
        causes += failures.map(OverlayError.network)
        return failures.isEmpty
    }

    private mutating func failures(of operations: [NetlinkOperation]) -> [NetlinkError] {
        guard !operations.isEmpty else { return [] }
        changes += operations.count
        return zip(operations, network.perform(operations)).compactMap { operation, failure in
            guard let failure, !(failure.isMissing && operation.isDeletion) else { return nil }
            guard failure.errno == .invalidArgument, let detour = operation.onLinkDetour else { return failure }
            return self.failure(of: detour)
        }
    }

    private func failure(of detour: OnLinkDetour) -> NetlinkError? {
        // Whether somebody has the helping route already shows in the second step.
        let failures = network.perform(detour.operations)
        return failures[1] ?? failures[2].flatMap { $0.isMissing ? nil : $0 }
    }
}

// MARK: - Links

extension OverlayPass {
    /// The tunnels' links, made or corrected, not yet up. One that cannot be had is missing.
    mutating func makeTunnels(_ plans: PerFamily<TunnelPlan>) -> PerFamily<Link> {
        var made = PerFamily<Link>()
        for family in plans.families {
            guard let plan = plans[family] else { continue }
            made[family] = makeTunnel(plan, beside: plans.values.map(\.name))
        }
        return made
    }

    private mutating func makeTunnel(_ plan: TunnelPlan, beside names: [LinkName]) -> Link? {
        var obstacles = plan.obstacles(among: links)
        // One of ours from another configuration goes first; it would go afterwards anyway.
        let stale = obstacles.filter { $0.alias == OverlayNames.alias && !names.contains($0.name) }
        if !stale.isEmpty, perform(stale.map { .deleteLink(.index($0.index)) }) {
            obstacles.removeAll(where: stale.contains)
        }
        guard obstacles.isEmpty else { return blocked(.obstructed(plan.name, by: obstacles, nil)) }
        let existing = links.first { $0.name == plan.name }
        let isMade = existing.map { made.contains($0.index) } ?? false
        let operations = plan.linkOperations(observed: existing, isMade: isMade)
        guard !operations.isEmpty else { return existing }
        if let failure = failures(of: operations).first { return blocked(explanation(of: failure, plan)) }
        return reread(plan.name)
    }

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

    private mutating func reread(_ name: LinkName) -> Link? {
        do throws(NetlinkError) {
            guard let link = try network.link(named: name) else {
                return blocked(.network(NetlinkError(operation: "find link", subject: "\(name)", errno: .noEntry)))
            }
            return link
        } catch {
            return blocked(.network(error))
        }
    }

    private mutating func blocked(_ cause: OverlayError) -> Link? {
        causes.append(cause)
        mayAnnounce = false
        return nil
    }

    /// Sets the tunnel up with its address. Whether its peers can be given to it.
    mutating func activate(_ plan: TunnelPlan, _ link: Link) -> Bool {
        let failures = failures(of: plan.activation(of: link, addresses: addresses))
        guard let failure = failures.first else { return true }
        causes.append(explanation(of: failure, plan))
        mayAnnounce = false
        return false
    }

    /// What the kernel means when it says that a port or an identifier is taken.
    private func explanation(of failure: NetlinkError, _ plan: TunnelPlan) -> OverlayError {
        switch failure.errno {
        case .exists, .addressInUse:
            let suspects = links.filter { link in
                guard link.name != plan.name, case .vxlan(let other) = link.kind else { return false }
                return other.port == plan.vxlan.port || other.vni == plan.vxlan.vni
            }
            return .obstructed(plan.name, by: suspects, failure)
        case .notSupported:
            return .network(
                NetlinkError(
                    operation: failure.operation,
                    subject: failure.subject,
                    errno: failure.errno,
                    kernelMessage: failure.kernelMessage,
                    remedy: "the kernel has no vxlan: load the module (modprobe vxlan)"
                )
            )
        default:
            return .network(failure)
        }
    }

    /// Tunnels that we made under another configuration.
    mutating func removeStaleTunnels(keeping names: [LinkName]) {
        let stale = links.filter { link in
            guard case .vxlan = link.kind else { return false }
            return link.alias == OverlayNames.alias && !names.contains(link.name)
        }
        for link in stale { remove(link) }
    }

    /// Deletes a link that we made, unless somebody else uses it by now.
    private mutating func remove(_ link: Link) {
        let users = links.filter { other in
            other.master == link.index || (other.parent == link.index && other.peerNamespaceID == nil)
        }
        guard users.isEmpty, link.master == nil else {
            let names = users.map(\.name.rawValue).sorted().joined(separator: ", ")
            let use =
                users.isEmpty ? "it is a port of another link" : "\(names) \(users.count == 1 ? "uses" : "use") it"
            self.users.formUnion(users.map(\.index) + [link.index])
            complaints.append(
                "\(link.name) is no longer needed and stays, since \(use): linnet reset --force removes it"
            )
            return
        }
        perform([.deleteLink(.index(link.index))])
    }

    /// Makes the routes to a family's peers, and their entries in the tunnel, what they should be.
    mutating func compare(_ contents: PeerContents, _ family: AddressFamily, on links: PeerLinks) {
        do throws(NetlinkError) {
            try compareOrFail(contents, family, on: links)
        } catch {
            // The other family does not depend on it.
            causes.append(.network(error))
        }
    }

    private mutating func compareOrFail(
        _ contents: PeerContents,
        _ family: AddressFamily,
        on links: PeerLinks
    ) throws(NetlinkError) {
        var observed = ObservedContents()
        var routes = try network.routes(RouteFilter(family: family, table: .main, routeProtocol: .linnet))
        if let tunnel = links.tunnel {
            observed.neighbours = try network.neighbours(of: tunnel, family: family)
            observed.forwarding = try network.forwardingEntries(of: tunnel)
            routes += try network.routes(RouteFilter(family: family, table: .main, interface: tunnel))
                .filter { $0.routeProtocol != .linnet }
        }
        observed.routes = routes
        perform(contents.difference(from: observed, on: links))
    }
}

// MARK: - Settings and files

extension OverlayPass {
    mutating func correct(_ rules: [SysctlRule]) {
        for rule in rules {
            do throws(SystemCallError) {
                let value = try rule.correction { name throws(SystemCallError) in try kernel.readSysctl(name) }
                guard let value else { continue }
                changes += 1
                try kernel.writeSysctl(value, to: rule.name)
            } catch {
                guard error.errno == .noEntry else {
                    complaints.append("\(error)")
                    continue
                }
                if let remedy = rule.remedy {
                    complaints.append(OverlayError.missingSetting(rule.name, remedy: remedy).description)
                }
            }
        }
    }

    /// Writes the file if it is not there or says something else.
    mutating func write(_ file: PlannedFile) {
        do throws(SystemCallError) {
            guard try !kernel.holds(file) else { return }
            changes += 1
            try kernel.writeFile(file.text, to: file.path)
        } catch {
            unwritable.insert(file.path)
            causes.append(.system(error))
        }
    }

    /// Names the configurations that runtimes would take before ours, and returns them.
    mutating func findRivals(of configuration: OverlayConfiguration) -> [String] {
        let directory = configuration.cniConfigurationDirectory
        do throws(SystemCallError) {
            let rivals = try kernel.rivals(of: configuration)
            complaints += rivals.map { name in
                "container runtimes take \(directory)/\(name) before \(OverlayNames.networkListFile): remove it, or this"
                    + " node's pods are not on our network"
            }
            return rivals
        } catch {
            causes.append(.system(error))
            return []
        }
    }

    /// Takes away what we made, files first, so that no runtime starts a pod on a network that is about to go.
    mutating func removeAll(_ configuration: OverlayConfiguration) {
        mayAnnounce = false
        do throws(SystemCallError) {
            if try kernel.readFile(configuration.networkListFile) != nil {
                changes += 1
                try kernel.removeFile(configuration.networkListFile)
                // flannel's name, but with our configuration beside it ours.
                try kernel.removeFile(configuration.subnetFile)
            }
        } catch {
            causes.append(.system(error))
        }
        for family in AddressFamily.allCases { compare(PeerContents(), family, on: PeerLinks()) }
        removeStaleTunnels(keeping: [])
        for bridge in links where bridge.kind == .bridge && bridge.alias == OverlayNames.alias { remove(bridge) }
    }
}

extension NetlinkOperation {
    fileprivate var isDeletion: Bool {
        switch self {
        case .deleteLink, .deleteAddress, .deleteRoute, .deleteNeighbour, .deleteForwardingEntry: true
        default: false
        }
    }
}
