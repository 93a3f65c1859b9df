import LinuxSystem
import NIOCore
import NIOPosix
import NIOSSL

extension EtcdClient {
    /// Why a server's certificate was refused: TLS itself does not say, so the certificate is looked at.
    func certificateProblem(_ index: Int) async -> String {
        let endpoint = connection.endpoints[index]
        let refusal = "its certificate is refused"
        guard let (host, port) = Self.address(of: endpoint), let leaf = try? await certificate(of: host, port) else {
            return refusal
        }
        let now = SystemTime.now()
        let age = now - Double(leaf.notValidAfter)
        if age > 0 { return "\(refusal): it expired \(Self.span(age)) ago" }
        let wait = Double(leaf.notValidBefore) - now
        if wait > 0 { return "\(refusal): it becomes valid in \(Self.span(wait)); is the clock right?" }
        let authority =
            connection.authorityFile.map { "the authority in \($0)" } ?? "an authority that this system trusts"
        return "\(refusal): it is not signed by \(authority), or it does not name \(host)"
    }

    /// The certificate that the server shows. Nothing is sent to it.
    private func certificate(of host: String, _ port: Int) async throws -> NIOSSLCertificate? {
        let context = try NIOSSLContext(configuration: credentials.tlsConfiguration())
        let shown = group.any().makePromise(of: NIOSSLCertificate?.self)
        let name = (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
        let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(1)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = try NIOSSLClientHandler(
                    context: context,
                    serverHostname: name,
                    customVerificationCallback: { certificates, verdict in
                        shown.succeed(certificates.first)
                        verdict.succeed(.failed)
                    }
                )
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }
        let channel: any Channel
        do {
            channel = try await bootstrap.connect(host: host, port: port).get()
        } catch {
            shown.fail(error)
            throw error
        }
        channel.closeFuture.whenComplete { _ in shown.fail(ChannelError.eof) }
        channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        return try await shown.futureResult.get()
    }

    /// The host and port of `https://host:port`.
    static func address(of endpoint: String) -> (host: String, port: Int)? {
        guard let authority = endpoint.split(separator: "/").dropFirst().first else { return nil }
        guard let colon = authority.lastIndex(of: ":"), let port = Int(authority[authority.index(after: colon)...])
        else {
            return (String(authority), 443)
        }
        return (authority[..<colon].filter { $0 != "[" && $0 != "]" }, port)
    }

    /// So coarse that the same trouble stays the same message for an hour at least.
    private static func span(_ seconds: Double) -> String {
        switch seconds {
        case ..<7200: "less than 2 h"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(seconds / 86_400)) days"
        }
    }
}
