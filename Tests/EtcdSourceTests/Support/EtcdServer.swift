import Glibc
import LinuxSystem
import NetworkNamespaces

@testable import EtcdSource

/// A real etcd on loopback ports of its own. It is killed, and its data removed, when this object goes away.
final class EtcdServer: Sendable {
    let endpoint: String
    let directory: ScratchDirectory
    private let arguments: [String]
    private let tool: SharedTool

    /// - Parameter certificates: PEM files to speak TLS with.
    init(certificate: String? = nil, key: String? = nil, _ extra: [String] = []) async throws {
        directory = try ScratchDirectory()
        let scheme = certificate == nil ? "http" : "https"
        endpoint = "\(scheme)://127.0.0.1:\(try LoopbackPort.free())"
        let peer = "http://127.0.0.1:\(try LoopbackPort.free())"
        var words = [
            "etcd", "--name", "test", "--data-dir", directory.entry("data"), "--listen-client-urls", endpoint,
            "--advertise-client-urls", endpoint, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", "test=\(peer)", "--unsafe-no-fsync", "--logger", "zap", "--log-level", "error",
        ]
        if let certificate, let key { words += ["--cert-file", certificate, "--key-file", key] }
        arguments = words + extra
        tool = SharedTool(try RunningTool(arguments))
        if certificate == nil { try await untilItAnswers() } else { try await untilItListens() }
    }

    /// A client of this server alone.
    func client() -> EtcdClient { EtcdClient(EtcdConnection(endpoints: [endpoint])) }

    /// Ends the server as a power failure would.
    func kill() throws {
        tool.current.send(SIGKILL)
        try tool.current.wait()
    }

    /// Starts it again with the data it had.
    func restart() async throws {
        tool.current = try RunningTool(arguments)
        try await untilItAnswers()
    }

    /// Ends it, throws its data away and starts it again: the same cluster with another history.
    func wipe() async throws {
        try kill()
        try RunningTool(["rm", "-rf", directory.entry("data")]).wait()
        try await restart()
    }

    func pause() { tool.current.send(SIGSTOP) }
    func resume() { tool.current.send(SIGCONT) }

    /// Runs etcdctl and returns what it printed.
    @discardableResult
    func control(_ words: String...) throws -> String {
        let result = try RunningTool(["env", "ETCDCTL_API=3", "etcdctl", "--endpoints", endpoint] + words).wait()
        guard result.exitCode == 0 else { throw ToolFailed(words: words, errors: result.errors) }
        return result.output
    }

    private func untilItAnswers() async throws {
        let client = client()
        let answer = await eventually(within: .seconds(30)) {
            do throws(EtcdError) {
                return try await client.get("/").revision > 0
            } catch {
                // With users it answers too, though not this question.
                if case .refused = error { return true } else { return false }
            }
        }
        await client.close()
        guard answer else { throw ToolFailed(words: ["etcd"], errors: tool.current.errors) }
    }

    private func untilItListens() async throws {
        guard let port = EtcdClient.address(of: endpoint)?.port,
            await eventually(within: .seconds(30), { LoopbackPort.isListening(port) })
        else { throw ToolFailed(words: ["etcd"], errors: tool.current.errors) }
    }
}

struct ToolFailed: Error, CustomStringConvertible {
    let words: [String]
    let errors: String
    var description: String { "\(words.joined(separator: " ")) failed: \(errors)" }
}
