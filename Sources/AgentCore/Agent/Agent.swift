package import ClusterState
import LinuxSystem
import Logging
import ServiceLifecycle
package import Supervision
import Systemd
import UnixSignals

/// The agent: one process a node.
package enum Agent {
    package static let version = "0.1.0"

    /// Runs until SIGTERM or SIGINT. What is in the kernel stays there.
    ///
    /// - Parameters:
    ///   - added: further capabilities, by the snapshots that they may read. The shipped program has none.
    ///   - reload: reads the configuration again, by the rules that the cluster's nodes share, if any.
    package static func run(
        _ configuration: AgentConfiguration,
        adding added: (SnapshotStore) -> [any Capability] = { _ in [] },
        reload: @escaping @Sendable (NetworkRules?) throws -> AgentConfiguration
    ) async -> ExitCode {
        // First of all: a signal that comes before this ends the process.
        let signals = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        let (stop, reloads) = (StopRequest(), ReloadRequests())
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await signal in signals { signal == .sighup ? reloads.make() : stop.make() }
            }
            defer { group.cancelAll() }
            return await run(configuration, added, until: stop, reloads, reload)
        }
    }

    private static func run(
        _ configuration: AgentConfiguration,
        _ added: (SnapshotStore) -> [any Capability],
        until stop: StopRequest,
        _ reloads: ReloadRequests,
        _ reload: @escaping @Sendable (NetworkRules?) throws -> AgentConfiguration
    ) async -> ExitCode {
        let logger = Logger(label: "linnet.agent")
        do {
            let lock = try await NamespaceLock.take()
            defer { withExtendedLifetime(lock) {} }
            let descriptors = SystemdDescriptorStore()
            var configuration = configuration
            // Each round is one composition: the cluster's rules may differ from what the last one was made of. What is
            // in the kernel stays meanwhile, and the next one adopts it.
            while !stop.isMade {
                let review = CrashReview(
                    file: CrashFile(path: CrashFile.path(in: configuration.paths.state)),
                    logger: logger
                )
                review.beginStart()
                try Preflight.check(configuration)
                let parts = try AgentParts(configuration, keeping: descriptors, reading: reload)
                let capabilities = try parts.capabilities(restored: parts.restore()) + added(parts.store)
                do {
                    try await serve(parts, capabilities, review, until: stop, reloads, reload, logger)
                } catch {
                    await parts.close()
                    throw error
                }
                await parts.close()
                switch parts.recomposition.outcome {
                case .adopt(let next): configuration = next
                case .fail(let error): throw error
                case nil: return stopped(logger)
                }
            }
            return stopped(logger)
        } catch let error as ConfigurationError {
            logger.log(.critical, "cannot start", [.error: "\(error)"], event: .cannotStart)
            return error.exitCode
        } catch let error as PreflightError {
            logger.log(.critical, "cannot start", [.error: "\(error)"], event: .cannotStart)
            return .unavailable
        } catch let error as NamespaceTaken {
            logger.log(.critical, "cannot start", [.error: "\(error)"], event: .cannotStart)
            return .internalError
        } catch {
            logger.log(.critical, "the agent failed", [.error: "\(error)"], event: .agentFailed)
            return .internalError
        }
    }

    private static func stopped(_ logger: Logger) -> ExitCode {
        logger.log(.notice, "stopped; the data plane stays", event: .stopped)
        return .success
    }

    private static func serve(
        _ parts: AgentParts,
        _ capabilities: [any Capability],
        _ review: CrashReview,
        until stop: StopRequest,
        _ reloads: ReloadRequests,
        _ reload: @escaping @Sendable (NetworkRules?) throws -> AgentConfiguration,
        _ logger: Logger
    ) async throws {
        let supervisor = Supervisor(
            board: parts.board,
            clock: ContinuousClock(),
            random: { Double.random(in: 0..<1) },
            logger: logger
        )
        let manager = ServiceManager { parts.stateRemark }
        let group = supervisor.group(
            running: capabilities,
            quarantined: review.quarantines(for: capabilities.map(\.name)),
            beside: [
                manager.watchdog(on: parts.board),
                HealthAnnouncement(of: parts.board, to: manager),
                StartFiles(interval: parts.configuration.auditInterval, logger: logger) { () throws(SystemCallError) in
                    try review.keep()
                    try parts.keepInstance()
                },
                DescriptorSurplus(board: parts.board, descriptors: parts.descriptors, logger: logger),
                ConfigurationReload(
                    running: parts.configuration,
                    requests: reloads,
                    read: { try reload(parts.rules) },
                    manager: manager,
                    recomposition: parts.recomposition,
                    nameServers: parts.nameServers,
                    ingressClasses: parts.ingressClasses,
                    logger: logger
                ),
            ],
            until: CompositionEnd(stop: stop, recomposition: parts.recomposition)
        )
        parts.listAbsentCapabilities()
        parts.preparePodNetwork()
        await parts.removeClusterDNS()
        await parts.removeServices()
        for notice in parts.configuration.notices {
            logger.log(.warning, "a setting is not what it seems", [.setting: notice])
        }
        logger.log(.notice, "running", [.source: parts.source.description], event: .running)
        try await group.run()
    }
}
