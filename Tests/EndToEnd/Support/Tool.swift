import Foundation

/// What a program printed and how it ended.
struct ToolResult: Sendable, CustomStringConvertible {
    /// The exit status, or 128 and the signal's number.
    let status: Int32
    let output: String
    let errors: String

    var succeeded: Bool { status == 0 }
    /// Both streams, for messages.
    var description: String { "exit \(status)\n\(output)\(errors)" }
}

/// A program that did not end as it should have.
struct ToolFailure: Error, CustomStringConvertible {
    let command: [String]
    let result: ToolResult

    var description: String { "\(command.joined(separator: " ")): \(result)" }
}

/// Runs programs of the system. Their output goes through files, so that no pipe can fill up.
enum Tool {
    /// Runs to the end, whatever the exit status is: 124 if it was ended for taking more than a minute.
    static func run(
        _ command: [String],
        input: String = "",
        environment: [String: String] = [:]
    ) async throws -> ToolResult {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try Data(input.utf8).write(to: folder.url.appendingPathComponent("in"))
        let process = try configured(command, environment: environment, folder: folder)
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.exitStatus) }
            do { try process.runWithSignals() } catch { continuation.resume(throwing: error) }
        }
        return ToolResult(status: status, output: folder.text("out"), errors: folder.text("err"))
    }

    /// Runs to the end and returns what it printed; any exit status but 0 is an error.
    @discardableResult
    static func output(_ command: [String], input: String = "") async throws -> String {
        let result = try await run(command, input: input)
        guard result.succeeded else { throw ToolFailure(command: command, result: result) }
        return result.output
    }

    private static func configured(
        _ command: [String],
        environment: [String: String],
        folder: TemporaryFolder
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // A minute is far more than any of them needs; without a limit one that hangs would hold up the whole check.
        process.arguments = ["timeout", "--kill-after=5", "60"] + command
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: folder.url.appendingPathComponent("in"))
        process.standardOutput = try folder.writing("out")
        process.standardError = try folder.writing("err")
        return process
    }
}

extension Process {
    /// Starts it with no signal blocked: a child inherits the mask of its thread, and threads of a pool block nearly all.
    func runWithSignals() throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }

    /// As a shell says it.
    var exitStatus: Int32 { terminationReason == .uncaughtSignal ? 128 + terminationStatus : terminationStatus }
}

/// A folder that belongs to one caller.
struct TemporaryFolder: Sendable {
    let url: URL

    init(named name: String = "linnet-e2e-\(UUID().uuidString.prefix(13))") throws {
        url = URL(fileURLWithPath: "/tmp").appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: url) }

    func writing(_ name: String) throws -> FileHandle {
        let file = url.appendingPathComponent(name)
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }

    /// The file's text; a missing file is empty.
    func text(_ name: String) -> String {
        (try? Data(contentsOf: url.appendingPathComponent(name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
