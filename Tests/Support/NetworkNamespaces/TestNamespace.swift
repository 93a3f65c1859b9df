package import LinuxSystem

/// A fresh network namespace with `lo` up, for one test. It goes away with the last handle, socket and process in it,
/// however the test ends.
package struct TestNamespace: Sendable {
    /// What failure messages call it.
    package let name: String
    package let namespace: NetworkNamespace

    package init(_ name: String) throws {
        self.name = name
        namespace = try .create()
        try run("ip", "link", "set", "lo", "up")
    }

    /// A path that leads to the namespace for as long as this process holds it: `ip link set x netns PATH`.
    package var path: String { "/proc/\(ProcessFacts.processID)/fd/\(namespace.rawValue)" }

    /// Runs a tool inside, waits for it for 30 seconds at most, and returns what it wrote to its standard output.
    @discardableResult
    package func run(_ words: String..., input: String? = nil) throws -> String {
        let result = try finish(words, input: input)
        guard result.exitCode == 0 else { throw ToolFailure(place: name, words: words, result: result) }
        return result.output
    }

    /// Runs a tool inside, waits for it for 30 seconds at most, and returns how it ended, well or not.
    package func finish(_ words: [String], input: String? = nil) throws -> ToolResult {
        try namespace.finish(words, input: input)
    }

    /// Starts a tool inside. It is killed when the handle goes away.
    package func start(_ words: [String], input: String? = nil) throws -> RunningTool {
        try namespace.run { try RunningTool(words, input: input) }
    }

    /// Joins two namespaces by a veth pair and brings both ends up.
    package static func join(
        _ left: TestNamespace,
        _ leftLink: String,
        _ right: TestNamespace,
        _ rightLink: String
    ) throws {
        try left.run(
            "ip",
            "link",
            "add",
            leftLink,
            "type",
            "veth",
            "peer",
            "name",
            rightLink,
            "netns",
            right.path
        )
        try left.run("ip", "link", "set", leftLink, "up")
        try right.run("ip", "link", "set", rightLink, "up")
    }
}

extension NetworkNamespace {
    /// Runs a tool inside, waits for it for 30 seconds at most, and returns how it ended, well or not.
    package func finish(_ words: [String], input: String? = nil) throws -> ToolResult {
        try run { try RunningTool(["timeout", "-k", "1", "30"] + words, input: input) }.wait()
    }
}

/// How a tool ended.
package struct ToolResult: Sendable {
    /// 128 and the signal's number if a signal ended it.
    package let exitCode: Int32
    package let output: String
    package let errors: String
}

/// A tool that failed, with all that it said.
package struct ToolFailure: Error, CustomStringConvertible {
    let place: String
    let words: [String]
    let result: ToolResult

    package var description: String {
        "\(place): \(words.joined(separator: " ")) ended with \(result.exitCode): \(result.errors)\(result.output)"
    }
}
