import LinuxSystem
package import NIOCore
import NIOPosix
package import NIOSSL

/// Why a server's certificate was refused: TLS itself does not say, so the certificate is looked at.
package enum RefusedCertificate {
    /// The certificate that a server shows. Nothing is sent to it.
    ///
    /// - Parameters:
    ///   - host: its name, or its address, be it with a zone.
    ///   - name: what it is asked to be; nil if it has an address only.
    package static func shown(
        by host: String,
        port: Int,
        name: String?,
        _ configuration: TLSConfiguration,
        on group: any EventLoopGroup
    ) async throws -> NIOSSLCertificate? {
        let context = try NIOSSLContext(configuration: configuration)
        let shown = group.any().makePromise(of: NIOSSLCertificate?.self)
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

    /// What is wrong with a certificate that was refused, for people.
    ///
    /// - Parameters:
    ///   - certificate: nil if it is not known.
    ///   - authorityFile: nil for the system's authorities.
    ///   - fallback: what else it may be, if it is neither too old nor too new: `, or it does not name 192.0.2.1`.
    package static func problem(
        of certificate: NIOSSLCertificate?,
        authorityFile: String?,
        or fallback: String = "",
        now: Double = SystemTime.now()
    ) -> String {
        let refusal = "its certificate is refused"
        guard let certificate else { return refusal }
        let age = now - Double(certificate.notValidAfter)
        if age > 0 { return "\(refusal): it expired \(span(age)) ago" }
        let wait = Double(certificate.notValidBefore) - now
        if wait > 0 { return "\(refusal): it becomes valid in \(span(wait)); is the clock right?" }
        let authority = authorityFile.map { "the authority in \($0)" } ?? "an authority that this system trusts"
        return "\(refusal): it is not signed by \(authority)\(fallback)"
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
