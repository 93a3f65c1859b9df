import ClusterState
import LinuxSystem
import Logging
import Netlink
import Supervision

extension ClusterDNSCapability {
    /// What one run is made of.
    struct Parts: Sendable {
        let keeper: ZoneKeeper
        let custom: CustomKeeper
        let log: QueryLogWriter
        let complaints: ComplaintLog
        let troubles: UpstreamTroubles
        let server: DNSServer
        let addresses: AddressKeeper
        let resolver: ResolverFollower
        let renewal: PresenceRenewal
    }

    /// How many threads answer: one for each processor that the process may run on. More than four are busy on no node of
    /// the size that this is for.
    private static func workers() throws(SystemCallError) -> Int {
        min(try ProcessFacts.processorCount(), KeptSockets.mostWorkers)
    }

    /// Queries wait in the sockets from the first moment on, and the first of them finds what is known of the cluster.
    func begin() throws -> Parts {
        let network = try NetlinkSocket.open()
        let addresses = configuration.servedAddresses
        let places = addresses.flatMap(ServerAddress.all)
        let workers = try Self.workers()
        let sockets = KeptSockets(workers: workers, store: descriptors)
        // What cannot be opened is tried again by each pass, which says why.
        for place in places { _ = try? sockets.open(place.sockets) }
        let keeper = ZoneKeeper(configuration, serial: DNSZone.serial(at: SystemTime.now()))
        let custom = CustomKeeper(configuration, own: resolverFile.own, logger: logger)
        let snapshot = snapshots.current
        _ = keeper.take(snapshot, now: SystemTime.now())
        let rules = custom.take(snapshot, changed: .everything)
        let log = QueryLogWriter(queue: QueryLogQueue(), logger: logger)
        let start = start(keeper, log)
        let trust = UpstreamTrust(authorityFile: resolverFile.choice.current.authorityFile)
        let troubles = UpstreamTroubles()
        let server = try DNSServer(workers: workers, sockets, start, trusting: trust, noting: troubles)
        if let rules { server.update(rules, rules.queryLog(configuration.queryLog)) }
        for place in places { try? server.open(place) }
        endAbsence(sockets)
        return Parts(
            keeper: keeper,
            custom: custom,
            log: log,
            complaints: ComplaintLog(
                logger,
                beginning: "cluster DNS is degraded",
                end: "cluster DNS is no longer degraded"
            ),
            troubles: troubles,
            server: server,
            addresses: AddressKeeper(
                addresses: addresses,
                loopback: LoopbackAddresses(network: network),
                server: server,
                logger: logger
            ),
            resolver: ResolverFollower(
                file: resolverFile,
                server: server,
                trust: trust,
                logger: logger
            ),
            renewal: PresenceRenewal(
                addresses,
                seconds: configuration.answeringSeconds,
                ruleset: ruleset,
                server: server,
                logger: logger
            )
        )
    }

    private func start(_ keeper: ZoneKeeper, _ log: QueryLogWriter) -> WorkerStart {
        let (table, sources) = keeper.current
        var forwarding = ForwarderConfiguration()
        forwarding.home = OwnZones(configuration)
        return WorkerStart(
            table: table,
            sources: sources,
            forwarding: forwarding,
            queryLog: configuration.queryLog,
            logQueue: log.queue
        )
    }

    /// Says for how long nobody answered, if that is known.
    private func endAbsence(_ sockets: KeptSockets) {
        guard let duration = absence.end() else { return }
        logger.log(
            .notice,
            sockets.inherited > 0
                ? "queries waited in the sockets over the restart" : "nobody answered queries over the restart",
            [.duration: duration.inSeconds]
        )
    }
}
