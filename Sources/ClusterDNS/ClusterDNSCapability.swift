package import ClusterState
import LinuxSystem
package import Logging
import Netlink
import NetworkTypes
package import NodeRuleset
package import Supervision

/// Answers for the cluster zone on the cluster's DNS addresses for as long as the agent runs.
package struct ClusterDNSCapability: Capability {
    package let name = CapabilityName.clusterDNS

    let configuration: ClusterDNSConfiguration
    let resolverFile: ResolverFile
    let snapshots: SnapshotStore
    private let status: ClusterDNSStatus
    let ruleset: any LiveSetWriter
    let descriptors: any DescriptorStore
    let absence: Absence
    private let auditInterval: Duration
    let logger: Logger

    /// - Parameters:
    ///   - nameServers: those for names outside the cluster.
    ///   - status: where it tells of itself.
    ///   - descriptors: where the sockets outlive the process.
    ///   - absencePath: the file that says over a restart since when nobody answers.
    package init(
        configuration: ClusterDNSConfiguration,
        nameServers: NameServerChoice,
        snapshots: SnapshotStore,
        status: ClusterDNSStatus,
        ruleset: any LiveSetWriter,
        descriptors: any DescriptorStore,
        absencePath: String,
        auditInterval: Duration,
        logger: Logger
    ) {
        self.configuration = configuration
        self.resolverFile = ResolverFile(choice: nameServers, own: Set(configuration.servedAddresses))
        self.snapshots = snapshots
        self.status = status
        self.ruleset = ruleset
        self.descriptors = descriptors
        absence = Absence(path: absencePath)
        self.auditInterval = min(auditInterval, Self.longestInterval)
        self.logger = logger
    }

    /// The longest time between two attempts to get an address and port that another program has.
    private static let longestInterval = Duration.seconds(30)

    /// Between two looks at which addresses came and went: they do with every pod, and one of ours hardly ever, but it is
    /// to be back within 200 ms.
    private static let rest = Duration.milliseconds(120)

    package func run(reporting health: HealthReporter) async throws {
        health.working(on: "opening sockets")
        let monitor = try NetlinkMonitor.open(groups: [.ipv4Address, .ipv6Address])
        let parts = try begin()
        status.begin(
            ClusterDNSStatus.Parts(
                server: parts.server,
                addresses: parts.addresses,
                keeper: parts.keeper,
                custom: parts.custom,
                checks: parts.renewal.checks,
                queryLog: configuration.queryLog,
                log: parts.log.queue
            )
        )
        defer { status.end() }
        // What has come already is answered, and no thread answers on from an old table. The addresses stay, and with them
        // the way of queries to the next run.
        do {
            try await serve(parts, hearing: monitor, reporting: health)
        } catch {
            await end(parts)
            throw error
        }
        await end(parts)
    }

    private func end(_ parts: Parts) async {
        await parts.renewal.end()
        await parts.server.stop()
        parts.log.write()
        do throws(SystemCallError) {
            try absence.begin()
        } catch {
            logger.log(.debug, "how long nobody answers will not be known", [.error: "\(error)"])
        }
    }

    private func serve(_ parts: Parts, hearing monitor: NetlinkMonitor, reporting health: HealthReporter) async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(name: "query log") { await parts.log.run() }
            group.addTask(name: "zone") { await follow(parts, waking: wake) }
            group.addTask(name: "resolv.conf") {
                do {
                    try await resolverFile.forEachChange { wake.yield(.notification) }
                } catch is CancellationError {
                    return
                } catch {
                    // Each pass reads the file, and there is one in half a minute at least.
                    logger.log(.warning, "changes of resolv.conf are found later", [.error: "\(error)"])
                }
            }
            group.addTask(name: "troubles of upstreams") {
                for await _ in parts.troubles.changes { wake.yield(.notification) }
            }
            group.addTask(name: "upstreams") {
                repeat {
                    parts.troubles.take(await parts.server.reports().flatMap(\.upstreams))
                } while (try? await ContinuousClock().sleep(for: UpstreamTroubles.pause)) != nil
            }
            group.addTask(name: "addresses of lo") {
                try await wake.feed {
                    try await monitor.forEachBatch(resting: Self.rest) {
                        if try monitor.hasHeard(parts.addresses.mayChange(with:)) { wake.yield(.notification) }
                        return true
                    }
                }
            }
            group.addTask(name: "renewal") {
                await parts.renewal.run {
                    parts.addresses.served
                } whileKnown: {
                    parts.keeper.current.table.isSynchronised
                } telling: {
                    wake.yield(.notification)
                }
            }
            let loop = ReconcileLoop(
                minimum: .milliseconds(50),
                audit: auditInterval,
                clock: ContinuousClock(),
                logger: logger
            )
            await loop.run(on: wakes, waitingFor: "queries", reporting: health) { reason in
                try pass(parts, for: reason, reporting: health)
            }
            group.cancelAll()
        }
    }

    private func pass(
        _ parts: Parts,
        for reason: PassReason,
        reporting health: HealthReporter
    ) throws -> PassOutcome {
        health.working(on: "the addresses of cluster DNS")
        let served = parts.addresses.served
        // A snapshot wakes a pass when the cluster becomes known.
        defer { if reason == .snapshot || parts.addresses.served != served { parts.renewal.wake() } }
        let obstacles =
            [try parts.addresses.pass(), parts.resolver.pass(), parts.keeper.complaint].compactMap(\.self)
            + parts.troubles.complaints
        parts.complaints.take(obstacles)
        // Of these each is told where it is found.
        let others = [parts.renewal.complaint, parts.custom.complaint].compactMap(\.self)
        let complaints = obstacles + others
        if !complaints.isEmpty { return .degraded(complaints.joined(separator: "; ")) }
        let table = parts.keeper.current.table
        guard table.isSynchronised else { return .waiting(for: "services, endpoint slices and namespaces") }
        let addresses = configuration.servedAddresses.map(\.description).joined(separator: ", ")
        // How old that is stands in the status of the source.
        let note = table.isRestored ? "; from disk, for a second each" : ""
        return .done(
            "\(configuration.clusterDomain) on \(addresses)\(note); other names from \(parts.resolver.summary)"
        )
    }

    private func follow(_ parts: Parts, waking wake: AsyncStream<PassReason>.Continuation) async {
        var former: ZoneTable?
        for await snapshot in snapshots.subscribe() {
            let complaints = [parts.keeper.complaint, parts.custom.complaint]
            let news = parts.keeper.take(snapshot, now: SystemTime.now())
            if let rules = parts.custom.take(snapshot, changed: news.changed) {
                parts.server.update(rules, rules.queryLog(configuration.queryLog))
            }
            if [parts.keeper.complaint, parts.custom.complaint] != complaints { wake.yield(.snapshot) }
            guard news.table != nil || news.sources != nil else { continue }
            parts.server.update(news.table, news.sources)
            parts.keeper.note(news.triggers, now: SystemTime.now())
            guard let table = news.table else { continue }
            if table.isSynchronised != former?.isSynchronised || table.isRestored != former?.isRestored {
                wake.yield(.snapshot)
            }
            former = table
        }
    }
}

extension CapabilityName {
    /// By the name that k3s disables it by.
    package static let clusterDNS = CapabilityName(rawValue: "coredns")
}
