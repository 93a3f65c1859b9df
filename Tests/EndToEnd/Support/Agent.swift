import Foundation

/// A running `linnet run`.
final class Agent: Sendable {
    private let process: ChildProcess
    private let log: URL

    /// Starts it in a network namespace. `ip netns exec` replaces itself by the agent, so the process is the agent's.
    init(in namespace: String, command: [String], environment: [String: String], log: URL) throws {
        process = try ChildProcess(
            ["ip", "netns", "exec", namespace] + command,
            environment: environment,
            streams: ChildProcess.Streams(output: log.path, errors: log.path)
        )
        self.log = log
    }

    var processIdentifier: Int32 { process.processIdentifier }

    /// Everything it has printed since the node was made, also before a restart.
    var logText: String { (try? Data(contentsOf: log)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// The exit status, once it has ended.
    var exitStatus: Int32? { process.exitStatus }

    func signal(_ signal: Int32) { kill(processIdentifier, signal) }

    /// Waits for the end and returns the exit status.
    func ended(within limit: Duration = .seconds(15)) async throws -> Int32 {
        try await eventually("the agent ends", within: limit) { exitStatus != nil }
        return exitStatus ?? -1
    }

    /// SIGTERM, then the exit status.
    func stop() async throws -> Int32 {
        signal(SIGTERM)
        return try await ended(within: .seconds(20))
    }
}
