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
        let listener = try listener()
        health.ready()
        health.waiting(for: "questions")
        await cancelWhenGracefulShutdown {
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
}

extension StatusServer {
    /// The socket of the process before this one, in which questions may wait, or a new one.
    private func listener() throws -> UnixListener {
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
