import Foundation

/// A program that prints what the kernel announces inside a node, until it is stopped.
struct Monitor: Sendable {
    private let process: ChildProcess
    private let file: URL

    init(_ command: [String], on node: Node) throws {
        file = node.home.appendingPathComponent("\(command[0])-monitor-\(UUID().uuidString.prefix(8))")
        process = try ChildProcess(
            ["ip", "netns", "exec", node.namespace, "stdbuf", "-oL"] + command,
            environment: [:],
            streams: ChildProcess.Streams(output: file.path, errors: file.path)
        )
    }

    /// What it has printed so far.
    var text: String { (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    func stop() { kill(process.processIdentifier, SIGTERM) }
}
