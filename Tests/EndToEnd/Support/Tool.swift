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
        let path = folder.url.path
        try Data(input.utf8).write(to: folder.url.appendingPathComponent("in"))
        let streams = ChildProcess.Streams(input: "\(path)/in", output: "\(path)/out", errors: "\(path)/err")
        // A minute is far more than any of them needs; without a limit one that hangs would hold up the whole check.
        let bounded = ["timeout", "--kill-after=5", "60"] + command
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            do {
                _ = try ChildProcess(bounded, environment: environment, streams: streams) {
                    continuation.resume(returning: $0)
                }
            } catch {
                continuation.resume(throwing: error)
            }
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
}

/// A folder that belongs to one caller.
struct TemporaryFolder: Sendable {
    let url: URL

    init(named name: String = "linnet-e2e-\(UUID().uuidString.prefix(13))") throws {
        url = URL(fileURLWithPath: "/tmp").appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: url) }

    /// The file's text; a missing file is empty.
    func text(_ name: String) -> String {
        (try? Data(contentsOf: url.appendingPathComponent(name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
