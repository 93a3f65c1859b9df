import LinuxSystem
import Logging
import Supervision
import Synchronization

/// Has the server ask those servers that the resolver file names now.
final class ResolverFollower: Sendable {
    private let file: ResolverFile
    private let server: DNSServer
    private let trust: UpstreamTrust
    private let logger: Logger
    private let current = Mutex<Upstreams?>(nil)

    init(file: ResolverFile, server: DNSServer, trust: UpstreamTrust, logger: Logger) {
        self.file = file
        self.server = server
        self.trust = trust
        self.logger = logger
    }

    /// The servers that are asked, for people.
    var summary: String {
        let servers = current.withLock { $0?.servers ?? [] }
        return servers.isEmpty ? "nobody" : servers.map(\.description).joined(separator: ", ")
    }

    /// Reads the file. Returns what is wrong with it; then the servers of before are asked on.
    func pass() -> String? {
        trust.change(to: file.choice.current.authorityFile)
        do throws(SystemCallError) {
            let (configuration, path) = try file.read()
            if let complaint = configuration.complaint(in: path) { return complaint }
            let policy = configuration.rotates ? UpstreamPolicy.rotating : .quickest
            take(Upstreams(servers: configuration.upstreams, policy: policy), from: path)
            return nil
        } catch {
            return "\(error): name the servers for names outside the cluster in it, or in another --resolv-conf"
        }
    }

    private func take(_ upstreams: Upstreams, from path: String) {
        let isNew = current.withLock { current in
            defer { current = upstreams }
            return current != upstreams
        }
        guard isNew else { return }
        server.update(upstreams)
        logger.log(.info, "other names are asked of these servers", [.peer: summary, .file: path])
    }
}
