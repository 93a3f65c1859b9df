import Foundation
import Synchronization

/// A running `linnet run`.
final class Agent: Sendable {
    let processIdentifier: Int32
    private let log: URL
    private let end: EndOfProcess

    /// Starts it in a network namespace. `ip netns exec` replaces itself by the agent, so the process is the agent's.
    init(in namespace: String, arguments: [String], environment: [String: String], log: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ip", "netns", "exec", namespace, Programs.linnet, "run"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        process.standardOutput = output
        process.standardError = output
        let end = EndOfProcess()
        process.terminationHandler = { end.set($0.exitStatus) }
        try process.runWithSignals()
        self.processIdentifier = process.processIdentifier
        self.log = log
        self.end = end
    }

    /// Everything it has printed since the node was made, also before a restart.
    var logText: String { (try? Data(contentsOf: log)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// The exit status, once it has ended.
    var exitStatus: Int32? { end.status }

    func signal(_ signal: Int32) { kill(processIdentifier, signal) }

    /// Waits for the end and returns the exit status.
    func ended(within limit: Duration = .seconds(15)) async throws -> Int32 {
        try await eventually("the agent ends", within: limit) { end.status != nil }
        return end.status ?? -1
    }

    /// SIGTERM, then the exit status.
    func stop() async throws -> Int32 {
        signal(SIGTERM)
        return try await ended(within: .seconds(20))
    }
}

/// Set once, by the thread that reaps the process.
private final class EndOfProcess: Sendable {
    private let value = Mutex<Int32?>(nil)

    var status: Int32? { value.withLock { $0 } }
    func set(_ status: Int32) { value.withLock { $0 = status } }
}
