package import ClusterState
import LinuxSystem
package import Logging
import Netlink
import NetworkTypes
package import Supervision

/// Answers for the cluster zone on the cluster's DNS addresses for as long as the agent runs.
package struct ClusterDNSCapability: Capability {
    package let name = CapabilityName.clusterDNS

    private let configuration: ClusterDNSConfiguration
    private let resolverFile: ResolverFile
    private let snapshots: SnapshotStore
    private let status: ClusterDNSStatus
    private let auditInterval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - resolverPath: the file that names the servers for names outside the cluster.
    ///   - status: where it tells of itself.
    package init(
        configuration: ClusterDNSConfiguration,
        resolverPath: ResolverPath,
        snapshots: SnapshotStore,
        status: ClusterDNSStatus,
        auditInterval: Duration,
        logger: Logger
    ) {
        self.configuration = configuration
        self.resolverFile = ResolverFile(path: resolverPath, own: Set(configuration.servedAddresses))
        self.snapshots = snapshots
        self.status = status
        self.auditInterval = min(auditInterval, Self.longestInterval)
        self.logger = logger
    }

    /// The longest time between two attempts to get an address and port that another program has.
    private static let longestInterval = Duration.seconds(30)

    /// Between two looks at which addresses came and went: they do with every pod, and one of ours hardly ever, but it is
    /// to be back within 200 ms.
    private static let rest = Duration.milliseconds(120)

    /// How many threads answer: one for each processor. More than four are busy on no node of the size that this is for.
    private static var workers: Int { max(1, min(ProcessFacts.processorCount, 4)) }

    package func run(reporting health: HealthReporter) async throws {
        health.working(on: "opening sockets")
        let monitor = try NetlinkMonitor.open(groups: [.ipv4Address, .ipv6Address])
        let keeper = ZoneKeeper(configuration, serial: Self.serial)
        let (table, sources) = keeper.current
        let log = QueryLogWriter(queue: QueryLogQueue(), logger: logger)
        let start = WorkerStart(
            table: table,
            sources: sources,
            queryLog: configuration.queryLog,
            logQueue: log.queue
        )
        let server = try DNSServer(workers: Self.workers, start)
        status.begin(ClusterDNSStatus.Parts(server: server, keeper: keeper, log: log.queue))
        defer { status.end() }
        let resolver = ResolverFollower(file: resolverFile, server: server, logger: logger)
        let holder = AddressHolder(
            addresses: configuration.servedAddresses,
            held: HeldAddresses(network: try NetlinkSocket.open()),
            server: server,
            logger: logger
        )
        // What has come already is answered, and no thread answers on from an old table. The addresses stay, and with them
        // the way of queries to the next run.
        do {
            try await serve(keeper, server, holder, resolver, log, hearing: monitor, reporting: health)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        log.write()
    }

    private func serve(
        _ keeper: ZoneKeeper,
        _ server: DNSServer,
        _ holder: AddressHolder,
        _ resolver: ResolverFollower,
        _ log: QueryLogWriter,
        hearing monitor: NetlinkMonitor,
        reporting health: HealthReporter
    ) async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(name: "query log") { await log.run() }
            group.addTask(name: "zone") { await follow(keeper, server, waking: wake) }
            group.addTask(name: "resolv.conf") {
                try await wake.feed { try await resolverFile.forEachChange { wake.yield(.notification) } }
            }
            group.addTask(name: "addresses of lo") {
                try await wake.feed {
                    try await monitor.forEachBatch(resting: Self.rest) {
                        if try monitor.hasHeard(holder.mayChange(with:)) { wake.yield(.notification) }
                        return true
                    }
                }
            }
            let loop = ReconcileLoop(
                minimum: .milliseconds(50),
                audit: auditInterval,
                clock: ContinuousClock(),
                logger: logger
            )
            await loop.run(on: wakes, waitingFor: "queries", reporting: health) { _ in
                health.working(on: "the addresses of cluster DNS")
                let complaints = [try holder.pass(), resolver.pass()].compactMap(\.self)
                if !complaints.isEmpty { return .impaired(complaints.joined(separator: "; ")) }
                let table = keeper.current.table
                guard table.isSynchronised else {
                    return .waiting(for: "services, endpoint slices and namespaces")
                }
                let addresses = configuration.servedAddresses.map(\.description).joined(separator: ", ")
                // How old that is stands in the status of the source.
                let note = table.isRestored ? "; from disk, for a second each" : ""
                return .done(
                    "\(configuration.clusterDomain) on \(addresses)\(note); other names from \(resolver.summary)"
                )
            }
            group.cancelAll()
        }
    }

    private func follow(
        _ keeper: ZoneKeeper,
        _ server: DNSServer,
        waking wake: AsyncStream<PassReason>.Continuation
    ) async {
        var former: ZoneTable?
        for await snapshot in snapshots.subscribe() {
            let (table, sources) = keeper.take(snapshot, serial: Self.serial)
            guard table != nil || sources != nil else { continue }
            server.update(table, sources)
            guard let table else { continue }
            if table.isSynchronised != former?.isSynchronised || table.isRestored != former?.isRestored {
                wake.yield(.snapshot)
            }
            former = table
        }
    }

    /// The time in Unix seconds, which RFC 1982 lets wrap.
    private static var serial: UInt32 { UInt32(truncatingIfNeeded: Int64(SystemTime.now())) }
}

extension CapabilityName {
    /// By the name that k3s disables it by.
    package static let clusterDNS = CapabilityName(rawValue: "coredns")
}
