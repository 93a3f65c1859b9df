import LinuxSystem
package import Logging
import Netlink
import NetworkTypes
import Supervision

/// Knows what the host is like: reads it when something was heard, and has it at hand otherwise.
package actor HostFollower: BalancerHost {
    package nonisolated let status: HostStatus
    private nonisolated let probe: any HostProbe
    private nonisolated let ears: HostEars?
    private let configuration: HostConfiguration
    private let memory: ProxyMemory
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant

    private var watch: ProxyWatch
    /// What the memory holds.
    private var remembered: Bool
    private var ledger = PortLedger()
    private var link: ProxyLink?
    private var addresses: Set<IPAddress> = []
    private var unfilteredBridges: Set<AddressFamily> = []
    /// Whether link, addresses or settings may have changed since they were read.
    private var isStale = true
    private var wanted: Set<HeldPort> = []
    /// Whether ports are to be looked at even if the same ones are wanted.
    private var arePortsStale = true
    /// Who has which socket, by the number of its file: finding that out takes a walk over all processes.
    private var holders: [UInt64: SocketHolder] = [:]

    /// - Parameters:
    ///   - ears: what it hears changes by; without them it looks only when it is asked to.
    ///   - now: the time by the clock that ages are counted by.
    package init(
        _ configuration: HostConfiguration,
        probe: any HostProbe,
        ears: HostEars?,
        memory: ProxyMemory,
        status: HostStatus = HostStatus(),
        logger: Logger = Logger(label: "linnet.services"),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.configuration = configuration
        self.probe = probe
        self.ears = ears
        self.memory = memory
        self.status = status
        self.logger = logger
        self.now = now
        remembered = memory.wasServing()
        watch = ProxyWatch(configuration.choice, wasServing: remembered)
    }

    // MARK: What the balancer asks

    package func facts(thoroughly: Bool) throws -> HostFacts {
        if thoroughly {
            arePortsStale = true
            holders = [:]
        }
        if thoroughly || isStale || isDue(watch.nextLook) {
            if thoroughly || isStale { try readHost() }
            try lookForProxy()
        }
        return HostFacts(
            scope: watch.scope,
            heldAddresses: heldAddresses,
            nodeAddresses: addresses.subtracting(heldAddresses),
            unfilteredBridges: unfilteredBridges
        )
    }

    package func heldPorts(of wanted: Set<HeldPort>) throws -> [HeldPort: PortHolder] {
        guard wanted != self.wanted || arePortsStale || ledger.nextLook.map({ $0 <= now() }) == true else {
            return ledger.refused
        }
        self.wanted = wanted
        lookAtPorts()
        return ledger.refused
    }

    package nonisolated func hasRules() throws -> Bool { try probe.hasChain(BalancerNames.dispatch) }

    package nonisolated var complaints: [String] { status.report.complaints }

    package nonisolated func forget(_ stale: StaleFlows) throws -> Int {
        let addresses = stale.concernsNode ? try probe.addresses() : []
        var count = 0
        for filter in stale.filters {
            count += try probe.forget(filter) { stale.contains($0, ownAddresses: addresses) }
        }
        return count
    }

    private var heldAddresses: Set<IPAddress> { configuration.ownAddresses.union(link?.addresses ?? []) }

    private func isDue(_ look: ContinuousClock.Instant?) -> Bool { look.map { $0 <= now() } ?? true }

    // MARK: Looking

    private func readHost() throws {
        // Watched before they are read, so that no write falls in between.
        ears?.watch(BridgeFilter.settings)
        let link = try probe.proxyLink()
        if link != self.link { arePortsStale = true }
        self.link = link
        addresses = try probe.addresses().filter(Self.isServed)
        unfilteredBridges = BridgeFilter.unfiltered(probe.setting)
        isStale = false
    }

    private func lookForProxy() throws {
        var signs = ProxySigns()
        if configuration.choice.allowsServices {
            signs.traces = try probe.proxyRules()
            if link != nil { signs.traces.insert(.link) }
            signs.listeners = try proxyListeners()
            signs.legacyTables = probe.legacyTables()
        }
        let before = watch.scope
        watch.look(signs, now: now())
        let reason = watch.reason
        if watch.scope != before {
            let message: Logger.Message = watch.scope.services ? "serving all services" : "serving load balancers only"
            logger.log(.notice, message, [.reason: reason])
        }
        let problem = remember()
        status.update { report in
            report.proxyReason = reason
            report.leftBehind = watch.complaints
            report.notes = watch.notes
            report.memoryProblem = problem
        }
    }

    private func proxyListeners() throws(NetlinkError) -> [String] {
        try probe.listeners(.tcp).filter { ProxySigns.ports.contains($0.port) }.compactMap { listener in
            let holder = holder(of: listener)
            // What we tell of ourselves where others look for kube-proxy.
            if holder?.processID == UInt32(ProcessFacts.processID) { return nil }
            return "\(holder?.description ?? Self.nobody) on port \(listener.port)"
        }
    }

    /// Returns why it could not.
    private func remember() -> String? {
        let isServing = watch.scope.services
        guard configuration.choice.allowsServices, isServing != remembered || isForgotten else { return nil }
        do throws(SystemCallError) {
            try memory.remember(isServing: isServing)
            remembered = isServing
            return nil
        } catch {
            return "whether all of services are served is not kept over a restart: \(error)"
        }
    }

    /// Whether somebody took away the file, without which nothing was served.
    private var isForgotten: Bool { remembered && !memory.isThere }

    private func lookAtPorts() {
        arePortsStale = false
        var problem: String?
        var found: [HeldPort: PortHolder] = [:]
        if !wanted.isEmpty {
            var seen = PortHolders(heldAddresses: heldAddresses, ingressPorts: configuration.ingressPorts)
            do {
                seen.listeners = try probe.listeners(.tcp) + probe.listeners(.udp)
                seen.hostPorts = try probe.podPorts()
            } catch {
                // Better to serve what was never looked at than nothing; what was refused stays so.
                problem = "who has which ports is not known: \(error)"
            }
            found = seen.holders(of: wanted) { listener in
                holder(of: listener)?.description ?? Self.nobody
            }
        }
        if problem != nil { found.merge(ledger.refused) { new, _ in new } }
        ledger.look(at: wanted, found, now: now())
        status.update { report in
            report.rivals = ledger.complaints
            report.portProblem = problem
        }
    }

    /// Who has a socket that no process is seen to have: that of a tunnel looks as one that is hidden from us.
    private static let nobody = "the kernel, as for a tunnel, or a hidden process"

    private func holder(of listener: Listener) -> SocketHolder? {
        if let known = holders[listener.inode] { return known }
        guard listener.inode != 0, let holder = probe.holder(of: listener) else { return nil }
        holders[listener.inode] = holder
        return holder
    }

    // MARK: Listening

    package nonisolated func listen(_ heard: @escaping @Sendable () -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            if let ears {
                group.addTask {
                    try await ears.listenToNetwork(for: { await self.isConcerned(by: $0) }) {
                        await self.doubt()
                        heard()
                    }
                }
                group.addTask {
                    try await ears.listenToSettings {
                        await self.doubt()
                        heard()
                    }
                }
            }
            group.addTask { await self.lookAgainAndAgain(heard) }
        }
    }

    private func lookAgainAndAgain(_ heard: @Sendable () -> Void) async {
        let clock = ContinuousClock()
        while !Task.isCancelled {
            // At least a second apart, whatever is due: a look that fails is not repeated at once.
            try? await clock.sleep(until: max(nextLook, clock.now + .seconds(1)), tolerance: .seconds(1))
            if lookAgain() { heard() }
        }
    }

    private var nextLook: ContinuousClock.Instant {
        [watch.nextLook, ledger.nextLook].compactMap(\.self).min() ?? now() + ProxyWatch.interval
    }

    /// Looks at what is due. Returns whether a pass would find or tell something else than the last one.
    package func lookAgain() -> Bool {
        let before = (watch.scope, ledger.refused, status.report)
        // What fails here fails in the pass, too, which tells of it.
        if watch.nextLook.map({ $0 <= now() }) == true { do { try lookForProxy() } catch { return true } }
        if ledger.nextLook.map({ $0 <= now() }) == true { lookAtPorts() }
        return (watch.scope, ledger.refused, status.report) != before
    }

    private func isConcerned(by notification: NetlinkNotification) -> Bool {
        switch notification {
        case .resynchronise: true
        case .link(let link), .linkRemoved(let link): link.name == ProxyLink.name || link.index == self.link?.index
        case .address(let address), .addressRemoved(let address): Self.isServed(address.address.address)
        default: false
        }
    }

    /// Whether something of a service can be at such an address of a node. Each pod's link brings one that is link-local.
    private static func isServed(_ address: IPAddress) -> Bool { !address.isLinkLocal && !address.isLoopback }

    private func doubt() { isStale = true }
}
