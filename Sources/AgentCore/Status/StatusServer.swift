import Ingress
import LinuxSystem
import Logging
import ServiceLifecycle
import Supervision
import Systemd

/// Answers `linnet status`: whoever connects to the socket gets an answer as JSON, and the end.
struct StatusServer: Capability {
    let name: CapabilityName
    let path: String
    /// Where the socket outlives the process.
    let descriptors: any DescriptorStore
    let answer: @Sendable (UnixConnection) async throws -> String
    let logger: Logger

    /// Answers with the whole state, whatever is asked.
    init(
        path: String,
        descriptors: any DescriptorStore,
        report: @escaping @Sendable () async -> StatusReport,
        logger: Logger
    ) {
        name = CapabilityName(rawValue: "status")
        self.path = path
        self.descriptors = descriptors
        answer = { _ in try await report().json }
        self.logger = logger
    }

    /// Answers where a request for a URL would go.
    ///
    /// - Parameter table: the routes; nil as long as there are none.
    init(
        routesAt path: String,
        descriptors: any DescriptorStore,
        table: @escaping @Sendable () -> RouteTable?,
        logger: Logger
    ) {
        name = CapabilityName(rawValue: "status-route")
        self.path = path
        self.descriptors = descriptors
        answer = { connection in
            let url = try connection.readToEnd(atMost: RouteAnswer.longestURL)
            return try StatusJSON.text(of: RouteAnswer(to: url, by: table()))
        }
        self.logger = logger
    }

    func run(reporting health: HealthReporter) async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let listener = try listener()
                health.ready()
                health.waiting(for: "questions")
                await serve(listener, reporting: health)
                if !Task.isCancelled {
                    logger.log(.notice, "the status socket was removed, and is made again", [.file: path])
                }
            }
        }
    }

    /// Answers for as long as the socket can be reached, or until the task is cancelled.
    private func serve(_ listener: UnixListener, reporting health: HealthReporter) async {
        await withTaskGroup { group in
            group.addTask { await waitForRemoval(of: listener) }
            group.addTask { await answerAll(of: listener, reporting: health) }
            _ = await group.next()
            group.cancelAll()
        }
    }

    private func waitForRemoval(of listener: UnixListener) async {
        do {
            let watch = try DirectoryWatch(directory)
            try await watch.forEachChange { if !listener.isInPlace { throw CancellationError() } }
        } catch {
            // The kernel may have no watch left, which is no reason to answer nobody.
            while listener.isInPlace, (try? await ContinuousClock().sleep(for: Self.interval)) != nil {}
        }
    }

    /// Between two looks whether the socket is in its place, where nobody tells.
    private static let interval = Duration.seconds(10)

    private func answerAll(of listener: UnixListener, reporting health: HealthReporter) async {
        var refusal: SystemCallError?
        await listener.forEachConnection { connection in
            refusal = nil
            health.ready()
            health.working(on: "an answer")
            do {
                try connection.write(Array(await answer(connection).utf8))
            } catch {
                logger.log(.debug, "a status question was not answered", [.error: "\(error)"])
            }
            health.waiting(for: "questions")
        } refused: { error in
            health.degraded("\(error): who asks has to wait")
            guard error != refusal else { return }
            refusal = error
            logger.log(
                .warning,
                "a status question cannot be taken; raise LimitNOFILE if descriptors ran out",
                [.error: "\(error)"]
            )
        }
    }
}

extension StatusServer {
    private var directory: String { Files.parent(of: path) ?? "." }

    /// The socket of the process before this one, in which questions may wait, or a new one. Its directory is made again if
    /// somebody removed it.
    private func listener() throws -> UnixListener {
        try Files.createDirectory(directory, mode: 0o755)
        let adopted = descriptors.adopt(name.rawValue).flatMap { UnixListener(path: path, adopting: $0) }
        return try adopted
            ?? UnixListener(path: path, mode: 0o600) { descriptors.keep($0, as: name.rawValue) }
    }
}

extension SystemdDescriptorStore: DescriptorStore {}

extension AgentPaths {
    /// Where the agent answers `linnet status`.
    var statusSocket: String { "\(run)/linnet.sock" }

    /// Where it answers `linnet status --route`.
    var routeSocket: String { "\(run)/linnet-route.sock" }
}
