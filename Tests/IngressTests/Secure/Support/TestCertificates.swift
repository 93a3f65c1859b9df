import Ingress
import NIOCore
import NIOSSL

/// Certificates and contexts of tests.
enum TestCertificates {
    /// Valid from 2020 to 2050.
    static func make(_ hosts: String..., from: Double = 1_577_836_800, until: Double = 2_524_608_000) throws
        -> SelfSignedCertificate
    {
        try SelfSignedCertificate(name: hosts[0], hosts: hosts, from: from, until: until)
    }

    static func serverContext(
        _ certificate: SelfSignedCertificate,
        protocols: [String] = ["http/1.1"]
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(certificate.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: certificate.key, format: .pem))
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        configuration.shutdownTimeout = .nanoseconds(0)
        return try NIOSSLContext(configuration: configuration)
    }

    /// - Parameter authority: nil for trusting anybody.
    static func clientContext(
        trusting authority: SelfSignedCertificate? = nil,
        protocols: [String] = ["http/1.1"],
        from: TLSVersion = .tlsv12,
        upTo: TLSVersion? = nil
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = from
        configuration.maximumTLSVersion = upTo
        configuration.applicationProtocols = protocols
        configuration.shutdownTimeout = .nanoseconds(0)
        if let authority {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority.certificate))
        } else {
            configuration.certificateVerification = .none
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
