import Foundation

/// unbound on the LAN's address 192.168.77.254, which answers 192.0.2.7 for every name below `test` over TLS alone.
final class LANResolver {
    private let cluster: Cluster
    private let node: Node
    private var monitor: Monitor?

    /// - Parameter node: in whose folder its files are.
    init(in cluster: Cluster, on node: Node) {
        self.cluster = cluster
        self.node = node
    }

    /// What it was asked, and what else it has to say.
    var text: String { monitor?.text ?? "" }

    /// Starts it with the certificate `server`.
    ///
    /// - Parameter idle: after how many milliseconds it closes a connection on which nothing is asked.
    func start(_ certificates: LANCertificates, idle: Int = 30_000) async throws {
        let file = node.home.appendingPathComponent("unbound.conf")
        let settings = [
            "interface: 192.168.77.254@853", "do-daemonize: no", "username: \"\"", "chroot: \"\"", "pidfile: \"\"",
            "directory: \"\(node.home.path)\"", "use-syslog: no", "log-queries: yes", "module-config: \"iterator\"",
            "access-control: 192.168.77.0/24 allow", "num-threads: 1", "tcp-idle-timeout: \(idle)",
            "tls-service-pem: \"\(certificates.file("server.crt"))\"",
            "tls-service-key: \"\(certificates.file("server.key"))\"",
            "local-zone: \"test.\" redirect", "local-data: \"test. 60 IN A 192.0.2.7\"",
        ]
        let text = "server:\n" + settings.map { "  \($0)\n" }.joined() + "remote-control:\n  control-enable: no\n"
        try Data(text.utf8).write(to: file)
        monitor = try Monitor(["unbound", "-d", "-p", "-c", file.path], in: cluster.lanNamespace, on: node)
        try await eventually("unbound listens") { try await listeners().contains("192.168.77.254:853") }
    }

    func stop() async throws {
        monitor?.stop()
        try await eventually("unbound is gone") { try await listeners().isEmpty }
    }

    private func listeners() async throws -> String {
        try await Tool.run(["ip", "netns", "exec", cluster.lanNamespace, "ss", "-Hltn", "sport = :853"]).output
    }
}
