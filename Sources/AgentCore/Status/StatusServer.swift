import LinuxSystem
import Logging
import ServiceLifecycle
import Supervision
import Systemd

/// Answers `linnet status`: whoever connects to the socket gets the report as JSON, and the end.
struct StatusServer: Capability {
    let name = CapabilityName(rawValue: "status")
    let path: String
    let descriptors: any DescriptorStore
    let report: @Sendable () async -> StatusReport
    let logger: Logger

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
                    try connection.write(Array(await report().json.utf8))
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
}
