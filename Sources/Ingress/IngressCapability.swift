package import ClusterState
import HTTPWire
import LinuxSystem
package import Logging
import NIOSSL
import NetworkTypes
package import Supervision

/// Routes HTTP to the endpoints of services for as long as the agent runs.
package struct IngressCapability: Capability {
    package let name = CapabilityName.ingress

    private let configuration: IngressConfiguration
    private let classes: IngressClassChoice
    private let node: NodeName
    private let snapshots: SnapshotStore
    private let descriptors: any DescriptorStore
    private let outbox: any Outbox
    private let resolver: any ExternalNameResolver
    private let status: IngressStatus
    private let auditInterval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - classes: the names of the classes that are served.
    ///   - outbox: is told what there is to say of Ingresses and of the Secrets that they name.
    ///   - descriptors: where the sockets outlive the process.
    ///   - resolver: who finds the addresses of names outside the cluster.
    ///   - auditInterval: how often a port that another program has is tried again, if not oftener.
    package init(
        configuration: IngressConfiguration,
        classes: IngressClassChoice,
        node: NodeName,
        snapshots: SnapshotStore,
        descriptors: any DescriptorStore,
        outbox: any Outbox,
        resolver: any ExternalNameResolver,
        status: IngressStatus,
        auditInterval: Duration,
        logger: Logger
    ) {
        self.configuration = configuration
        self.classes = classes
        self.node = node
        self.snapshots = snapshots
        self.descriptors = descriptors
        self.outbox = outbox
        self.resolver = resolver
        self.status = status
        self.auditInterval = min(auditInterval, .seconds(30))
        self.logger = logger
    }

    private var places: [ProxyPlace] {
        AddressFamily.allCases.flatMap { family in
            [
                ProxyPlace(entryPoint: .web, family: family, port: configuration.httpPort),
                ProxyPlace(entryPoint: .websecure, family: family, port: configuration.httpsPort),
            ]
        }
    }

    package func run(reporting health: HealthReporter) async throws {
        let workers = min(try ProcessFacts.processorCount(), KeptSockets.mostWorkers)
        let sockets = KeptSockets(workers: workers, store: descriptors)
        // Before anything is reported: what nobody has taken over by then is closed.
        for place in places { sockets.adopt(place.sockets) }
        let routes = RouteKeeper(
            RouteConfiguration(
                classes: classes.current,
                node: node,
                allowsExternalNames: configuration.allowsExternalNames,
                ports: [configuration.httpPort, configuration.httpsPort],
                ownAddresses: configuration.ownAddresses,
                firstFamily: configuration.firstFamily,
                prefersSameNode: configuration.prefersSameNode,
                mergesSlashes: configuration.mergesSlashes,
                allowsNonASCIIPaths: configuration.allowsNonASCIIPaths
            )
        )
        let names = externalNames()
        let certificates = try CertificateKeeper(
            stateDirectory: configuration.stateDirectory,
            keepsSecrets: configuration.keepsSecrets,
            logger: logger
        )
        var limits = ProxyLimits()
        limits.heads.allowsNonASCIITargets = configuration.allowsNonASCIIPaths
        var start = ProxyStart(
            table: routes.table,
            limits: limits,
            budget: ConnectionBudget(
                descriptors: ProcessFacts.mostDescriptors,
                memory: ProcessFacts.memory,
                threads: workers
            ),
            shortages: Shortages(),
            troubles: EndpointTroubles(),
            certificates: certificates.store.context,
            trust: try upstreamContexts(),
            peers: configuration.peers,
            earlyClients: EarlyClients(),
            node: node.description,
            memory: RuleMemory(),
            passwords: PasswordQueue()
        )
        let log = AccessLogWriter(
            queue: AccessLogQueue(),
            logger: Logger(label: "\(logger.label).access")
        )
        start.log = AccessLogBuffer(configuration.accessLog, log.queue)
        let server = try ProxyServer(workers: workers, sockets, start)
        let publisher = IngressPublisher(
            classes: classes.current,
            statusClasses: configuration.statusClasses,
            node: node,
            outbox: outbox,
            logger: logger
        )
        status.begin(
            IngressStatus.Parts(
                routes: routes,
                server: server,
                certificates: certificates,
                log: log.queue,
                publisher: publisher
            )
        )
        defer { status.end() }
        let follower = RouteFollower(
            snapshots: snapshots,
            classes: classes,
            routes: routes,
            names: names,
            certificates: certificates,
            server: server,
            teller: IngressTeller(outbox: outbox, logger: logger)
        )
        let held = ComplaintLog(
            logger,
            beginning: "a port of the ingress cannot be served",
            end: "a port of the ingress is served again"
        )
        let rivals = try RivalWatch(
            ports: [configuration.httpPort, configuration.httpsPort],
            node: node,
            outbox: outbox,
            logger: logger
        )
        let (turns, turn) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        let (ticks, tick) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let writing = log.begin()
        await withDiscardingTaskGroup { group in
            group.addTask(name: "ingress snapshots") { for await _ in snapshots.subscribe() { tick.yield() } }
            group.addTask(name: "ingress classes") { for await _ in classes.changes { tick.yield() } }
            group.addTask(name: "ingress names") {
                await names.run(asking: resolver, by: ContinuousClock()) { tick.yield() }
            }
            group.addTask(name: "ingress routes") {
                var isWaiting = true
                for await _ in ticks {
                    let step = await follower.follow()
                    if step.isNews || isWaiting { wake.yield(.snapshot) }
                    isWaiting = !step.isReady
                    if step.isComplete { turn.yield() }
                }
            }
            group.addTask(name: "ingress passwords") { [passwords = start.passwords] in await passwords.run() }
            group.addTask(name: "ingress shortages") { [shortages = start.shortages] in await tell(shortages) }
            group.addTask(name: "ingress troubles") { [troubles = start.troubles] in await troubles.tell(logger) }
            group.addTask(name: "ingress statuses") {
                for await _ in turns { await publisher.update(snapshots.current, classes: classes.current) }
            }
            group.addTask(name: "ingress rivals") {
                let clock = ContinuousClock()
                while (try? await clock.sleep(for: RivalWatch.interval, tolerance: .seconds(1))) != nil {
                    if rivals.isStale { wake.yield(.notification) }
                }
            }
            let loop = ReconcileLoop(
                minimum: .milliseconds(50),
                audit: auditInterval,
                clock: ContinuousClock(),
                logger: logger
            )
            await loop.run(on: wakes, waitingFor: "requests", reporting: health) { reason in
                try certificates.renew()
                names.audit()
                return pass(routes, names, server, held, await rivals.look(thoroughly: reason == .audit))
            }
            group.cancelAll()
        }
        await server.stop()
        writing.cancel()
        await writing.value
    }

    /// What was known of names before the start is of no use where they are not called.
    private func externalNames() -> ExternalNameKeeper {
        let memory = ExternalNameMemory(stateDirectory: configuration.stateDirectory)
        do throws(SystemCallError) {
            try memory.tidy(isKept: configuration.allowsExternalNames)
        } catch {
            logger.log(.warning, "a state file cannot be removed", [.file: error.subject, .error: "\(error)"])
        }
        let saver = configuration.allowsExternalNames ? ExternalNameSaver(memory, logger: logger) : nil
        return ExternalNameKeeper(saver: saver, logger: logger)
    }

    /// Says what is short, once in a minute at most, until the task is cancelled.
    private func tell(_ shortages: Shortages) async {
        for await _ in shortages.wakes {
            guard let reason = shortages.take() else { continue }
            logger.log(.warning, "connections are short", [.reason: reason])
            guard (try? await ContinuousClock().sleep(for: .seconds(60))) != nil else { return }
        }
    }

    /// The authorities are read only if names are called: they take a megabyte or two.
    private func upstreamContexts() throws -> UpstreamContexts {
        guard configuration.allowsExternalNames else { return try UpstreamContexts(authorities: .certificates([])) }
        do {
            return try UpstreamContexts(authorities: .default)
        } catch {
            logger.log(
                .warning,
                "no authority is known, so that no name outside the cluster is called by https: install ca-certificates",
                [.error: "\(error)"]
            )
            return try UpstreamContexts(authorities: .certificates([]))
        }
    }

    /// Clients are taken from the moment on at which it is known where their requests go.
    private func pass(
        _ routes: RouteKeeper,
        _ names: ExternalNameKeeper,
        _ server: ProxyServer,
        _ held: ComplaintLog,
        _ rivals: [String]
    ) -> PassOutcome {
        let missing = routes.missingKinds
        guard missing.isEmpty else {
            return .waiting(for: "the cluster's objects: \(missing.map(\.rawValue).sorted().joined(separator: ", "))")
        }
        guard names.isSettled else { return .waiting(for: "the addresses of names outside the cluster") }
        let closed = places.compactMap { open($0, server) }
        held.take(closed)
        let complaints = closed + rivals
        guard complaints.isEmpty else { return .degraded(complaints.joined(separator: "; ")) }
        return .done("HTTP on port \(configuration.httpPort), HTTPS on port \(configuration.httpsPort)")
    }

    /// Returns why a place cannot be served, and who holds it if that is it.
    private func open(_ place: ProxyPlace, _ server: ProxyServer) -> String? {
        do throws(SystemCallError) {
            try server.open(place)
            return nil
        } catch {
            // A host without IPv6.
            if error.errno == .familyNotSupported { return nil }
            guard error.errno == .addressInUse else { return "\(place) cannot be served: \(error)" }
            let holder = SocketHolder.ofPort(place.port, place.address, .stream)?.description
            return "\(place) is held by \(holder ?? "another program"): stop it, or disable \(CapabilityName.ingress)"
        }
    }
}

extension CapabilityName {
    /// By the name that k3s disables it by.
    package static let ingress = CapabilityName(rawValue: "traefik")
}
