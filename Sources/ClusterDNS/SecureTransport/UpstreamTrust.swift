import NIOCore
import NIOSSL
import Synchronization
import TLSTrust

/// Whose certificates are believed of upstreams over TLS. The file is read again for each connection, so that what is
/// renewed is used without a restart.
final class UpstreamTrust: Sendable {
    private struct Cached {
        var octets: [UInt8] = []
        var context: NIOSSLContext?
    }

    /// Nil for the system's.
    private let authorityFile: Mutex<String?>
    private let cached = Mutex(Cached())

    init(authorityFile: String?) {
        self.authorityFile = Mutex(authorityFile)
    }

    func change(to authorityFile: String?) {
        self.authorityFile.withLock { $0 = authorityFile }
    }

    /// What connections are made with.
    func context() throws(CertificateFileError) -> NIOSSLContext {
        let file = try file()
        let octets = try CertificateFile.read(file)
        if let known = cached.withLock({ $0.octets == octets ? $0.context : nil }) { return known }
        let configuration = try Self.configuration(octets, of: file)
        let context: NIOSSLContext
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw CertificateFileError(description: "\(file) cannot be used: \(error)")
        }
        cached.withLock { $0 = Cached(octets: octets, context: context) }
        return context
    }

    /// What is wrong with the certificate of an upstream that was refused, for people.
    func problem(with upstream: Upstream, on group: any EventLoopGroup) async -> String {
        let given = authorityFile.withLock { $0 }
        var certificate: NIOSSLCertificate?
        if let file = try? file(), let octets = try? CertificateFile.read(file),
            let configuration = try? Self.configuration(octets, of: file)
        {
            certificate = try? await RefusedCertificate.shown(
                by: upstream.host,
                port: Int(upstream.port),
                name: upstream.serverName,
                configuration,
                on: group
            )
        }
        return RefusedCertificate.problem(of: certificate, authorityFile: given)
    }

    private func file() throws(CertificateFileError) -> String {
        if let given = authorityFile.withLock({ $0 }) ?? CertificateFile.systemAuthorities { return given }
        throw CertificateFileError(
            description: "this system has no file of certificate authorities: install the package ca-certificates, or"
                + " name one by --dns-cafile"
        )
    }

    /// TLS from version 1.2 on, the server's certificate verified in full.
    private static func configuration(
        _ octets: [UInt8],
        of file: String
    ) throws(CertificateFileError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.trustRoots = .certificates(try CertificateFile.certificates(in: octets, of: file))
        return configuration
    }
}
