import Foundation
import Synchronization

/// A real etcd on the cluster's LAN, at 192.168.77.254: one server, or a member of several.
final class LANEtcd: Sendable {
    static let endpoint = "http://192.168.77.254:2379"
    /// What a node is told of it.
    static let flags = ["--etcd-endpoints", endpoint, "--etcd-prefix", "/n"]

    let endpoint: String
    private let number: Int
    private let count: Int
    private let certificates: LANCertificates?
    private let namespace: String
    private let folder: TemporaryFolder
    private let process = Mutex<ChildProcess?>(nil)
    /// What etcdctl shows itself as, once there are accounts.
    private let user = Mutex<String?>(nil)

    /// Not started yet.
    ///
    /// - Parameters:
    ///   - number: which of the members it is, counted from 0.
    ///   - certificates: with which it speaks TLS, and asks its clients for theirs.
    init(in cluster: Cluster, _ number: Int = 0, of count: Int = 1, with certificates: LANCertificates? = nil) throws {
        endpoint = Self.url(2379, number, certificates == nil ? "http" : "https")
        (self.number, self.count, self.certificates) = (number, count, certificates)
        namespace = "\(cluster.identifier)-lan"
        folder = try TemporaryFolder()
    }

    private static func url(_ port: Int, _ number: Int, _ scheme: String = "http") -> String {
        "\(scheme)://192.168.77.254:\(port + 10 * number)"
    }

    // MARK: The process

    /// Starts it without waiting for it: members of several answer once most of them run.
    func launch() throws {
        let log = folder.url.appendingPathComponent("log").path
        let members = (0..<count).map { "m\($0)=\(Self.url(2380, $0))" }
        let peer = Self.url(2380, number)
        var words = [
            "ip", "netns", "exec", namespace, "etcd", "--name", "m\(number)",
            "--data-dir", folder.url.appendingPathComponent("data").path,
            "--listen-client-urls", endpoint, "--advertise-client-urls", endpoint,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", members.joined(separator: ","),
            "--unsafe-no-fsync", "--logger", "zap", "--log-level", "error",
        ]
        if let certificates {
            words += ["--cert-file", certificates.file("server.crt"), "--key-file", certificates.file("server.key")]
            words += ["--client-cert-auth", "--trusted-ca-file", certificates.file("authority.crt")]
        }
        let child = try ChildProcess(words, environment: [:], streams: ChildProcess.Streams(output: log, errors: log))
        process.withLock { $0 = child }
    }

    func start() async throws {
        try launch()
        try await untilItAnswers()
    }

    func untilItAnswers() async throws {
        try await eventually("etcd answers", within: .seconds(30)) { try await run(["endpoint", "health"]).succeeded }
    }

    /// Ends it as a power failure would.
    func kill() async throws {
        guard let child = process.withLock({ $0 }) else { return }
        Foundation.kill(child.processIdentifier, SIGKILL)
        try await eventually("etcd ends") { child.exitStatus != nil }
    }

    /// Takes connections and answers nothing.
    func pause() { process.withLock { _ = $0.map { Foundation.kill($0.processIdentifier, SIGSTOP) } } }
    func resume() { process.withLock { _ = $0.map { Foundation.kill($0.processIdentifier, SIGCONT) } } }

    /// Answers in its place as some other server would.
    func pretend() throws {
        let script = """
            $s = IO::Socket::INET->new(LocalAddr => '192.168.77.254', LocalPort => 2379, Listen => 5, ReuseAddr => 1)
                or die $!;
            while ($c = $s->accept) {
                sysread($c, $b, 4096);
                print $c "HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\n\\r\\nhello\\n";
                close $c;
            }
            """
        let log = folder.url.appendingPathComponent("log").path
        let child = try ChildProcess(
            ["ip", "netns", "exec", namespace, "perl", "-MIO::Socket::INET", "-e", script],
            environment: [:],
            streams: ChildProcess.Streams(output: log, errors: log)
        )
        process.withLock { $0 = child }
    }

    /// Ends it and forgets all that it held.
    func remove() async throws {
        try await kill()
        folder.remove()
    }

    // MARK: etcdctl

    /// Runs etcdctl and returns what it printed.
    @discardableResult
    func control(_ words: String...) async throws -> String {
        let result = try await run(words)
        guard result.succeeded else { throw ToolFailure(command: words, result: result) }
        return result.output
    }

    private func run(_ words: [String], input: String = "") async throws -> ToolResult {
        var options = ["--endpoints", endpoint]
        if let certificates {
            options += ["--cacert", certificates.file("authority.crt"), "--cert", certificates.file("client.crt")]
            options += ["--key", certificates.file("client.key")]
        }
        if let user = user.withLock({ $0 }) { options += ["--user", user] }
        return try await Tool.run(
            ["ip", "netns", "exec", namespace, "etcdctl"] + options + words,
            input: input,
            environment: ["ETCDCTL_API": "3"]
        )
    }

    /// Lets nobody in any more but root and one user, who may read and write what is under /n.
    func enableAccounts(user name: String, password: String) async throws {
        try await control("user", "add", "root:root")
        try await control("user", "grant-role", "root", "root")
        try await control("user", "add", "\(name):\(password)")
        try await control("role", "add", "linnet")
        try await control("role", "grant-permission", "--prefix=true", "linnet", "readwrite", "/n/")
        try await control("user", "grant-role", name, "linnet")
        try await control("auth", "enable")
        user.withLock { $0 = "root:root" }
    }

    func changePassword(of name: String, to password: String) async throws {
        let words = ["user", "passwd", name, "--interactive=false"]
        let result = try await run(words, input: password + "\n")
        guard result.succeeded else { throw ToolFailure(command: words, result: result) }
    }

    /// The number of the etcd lease that a key is bound to, as etcdctl wants it.
    func leaseID(of key: String) async throws -> String {
        let answer = try await control("get", key, "-w", "json")
        let number = answer.firstMatch(of: /"lease":(-?\d+)/).flatMap { Int64($0.1) }
        return String(number ?? 0, radix: 16)
    }

    /// The first key under /n/subnets that names this address.
    func leaseKey(of address: String) async throws -> String? {
        let lines = try await control("get", "--prefix", "/n/subnets/").split(separator: "\n").map(String.init)
        let index = lines.firstIndex { $0.contains("\"PublicIP\":\"\(address)\"") }
        return index.map { lines[$0 - 1] }
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
            try await running([try LANEtcd(in: cluster)], started: started) { try await body(cluster, nodes, $0[0]) }
        }
    }

    /// A cluster whose nodes know all members of an etcd of three, which runs.
    static func withEtcdMembers(
        _ specifications: [NodeSpecification] = [.north, .south],
        _ body: (Cluster, [Node], [LANEtcd]) async throws -> Void
    ) async throws {
        let endpoints = (0..<3).map { "http://192.168.77.254:\(2379 + 10 * $0)" }.joined(separator: ",")
        let nodes = specifications.map { $0.with(etcd: ["--etcd-endpoints", endpoints, "--etcd-prefix", "/n"]) }
        try await Cluster.with(nodes, listed: false) { cluster, nodes in
            let members = try (0..<3).map { try LANEtcd(in: cluster, $0, of: 3) }
            try await running(members, started: true) { try await body(cluster, nodes, $0) }
        }
    }

    /// A cluster whose nodes speak TLS with etcd and show it their own certificates.
    static func withSecureEtcd(
        _ specifications: [NodeSpecification] = [.north, .south],
        adding extra: [String] = [],
        _ body: (Cluster, [Node], LANEtcd, LANCertificates) async throws -> Void
    ) async throws {
        let certificates = try await LANCertificates()
        defer { certificates.remove() }
        let flags =
            ["--etcd-endpoints", "https://192.168.77.254:2379", "--etcd-prefix", "/n"] + certificates.flags
            + extra
        let nodes = specifications.map { $0.with(etcd: flags) }
        try await Cluster.with(nodes, listed: false) { cluster, nodes in
            try await running([try LANEtcd(in: cluster, with: certificates)], started: true) {
                try await body(cluster, nodes, $0[0], certificates)
            }
        }
    }

    private static func running(
        _ servers: [LANEtcd],
        started: Bool,
        _ body: ([LANEtcd]) async throws -> Void
    ) async throws {
        do {
            if started {
                for server in servers { try server.launch() }
                for server in servers { try await server.untilItAnswers() }
            }
            try await body(servers)
        } catch {
            for server in servers { try await server.remove() }
            throw error
        }
        for server in servers { try await server.remove() }
    }
}
