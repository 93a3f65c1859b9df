import Foundation
import Synchronization

/// A real etcd on the cluster's LAN, at 192.168.77.254.
final class LANEtcd: Sendable {
    static let endpoint = "http://192.168.77.254:2379"
    /// What a node is told of it.
    static let flags = ["--etcd-endpoints", endpoint, "--etcd-prefix", "/n"]

    private let namespace: String
    private let folder: TemporaryFolder
    private let process = Mutex<ChildProcess?>(nil)

    /// Not started yet.
    init(in cluster: Cluster) throws {
        namespace = "\(cluster.identifier)-lan"
        folder = try TemporaryFolder()
    }

    func start() async throws {
        let log = folder.url.appendingPathComponent("log").path
        let child = try ChildProcess(
            [
                "ip", "netns", "exec", namespace, "etcd", "--data-dir", folder.url.appendingPathComponent("data").path,
                "--listen-client-urls", Self.endpoint, "--advertise-client-urls", Self.endpoint,
                "--unsafe-no-fsync", "--logger", "zap", "--log-level", "error",
            ],
            environment: [:],
            streams: ChildProcess.Streams(output: log, errors: log)
        )
        process.withLock { $0 = child }
        try await eventually("etcd answers") { try await run("endpoint", "health").succeeded }
    }

    /// Ends it as a power failure would.
    func kill() async throws {
        guard let child = process.withLock({ $0 }) else { return }
        Foundation.kill(child.processIdentifier, SIGKILL)
        try await eventually("etcd ends") { child.exitStatus != nil }
    }

    /// Ends it and forgets all that it held.
    func remove() async throws {
        try await kill()
        folder.remove()
    }

    /// Runs etcdctl and returns what it printed.
    @discardableResult
    func control(_ words: String...) async throws -> String {
        let result = try await run(words)
        guard result.succeeded else { throw ToolFailure(command: words, result: result) }
        return result.output
    }

    private func run(_ words: String...) async throws -> ToolResult { try await run(words) }

    private func run(_ words: [String]) async throws -> ToolResult {
        try await Tool.run(
            ["ip", "netns", "exec", namespace, "etcdctl", "--endpoints", Self.endpoint] + words,
            environment: ["ETCDCTL_API": "3"]
        )
    }
}

extension Cluster {
    /// A cluster whose nodes have etcd as their source, which runs.
    static func withEtcd(
        _ specifications: [NodeSpecification] = [.north, .south],
        toldNetworks: Bool = true,
        started: Bool = true,
        _ body: (Cluster, [Node], LANEtcd) async throws -> Void
    ) async throws {
        let nodes = specifications.map { $0.with(etcd: LANEtcd.flags, toldNetworks: toldNetworks) }
        try await Cluster.with(nodes, listed: false) { cluster, nodes in
            let etcd = try LANEtcd(in: cluster)
            do {
                if started { try await etcd.start() }
                try await body(cluster, nodes, etcd)
            } catch {
                try await etcd.remove()
                throw error
            }
            try await etcd.remove()
        }
    }
}
