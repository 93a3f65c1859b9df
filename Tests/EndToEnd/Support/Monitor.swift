import Foundation

/// A program that prints what it sees inside a node, or inside a pod of it, until it is stopped.
struct Monitor: Sendable {
    private let process: ChildProcess
    private let file: URL

    /// - Parameter namespace: where it runs; the node's own if none is given.
    init(_ command: [String], in namespace: String? = nil, on node: Node) throws {
        let program = URL(fileURLWithPath: command[0]).lastPathComponent
        file = node.home.appendingPathComponent("\(program)-monitor-\(UUID().uuidString.prefix(8))")
        process = try ChildProcess(
            ["ip", "netns", "exec", namespace ?? node.namespace, "stdbuf", "-oL"] + command,
            environment: [:],
            streams: ChildProcess.Streams(output: file.path, errors: file.path)
        )
    }

    /// What it has printed so far.
    var text: String { (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    func stop(_ signal: Int32 = SIGTERM) { kill(process.processIdentifier, signal) }
}
