import NIOCore
package import NIOSSL

/// What sessions with backends that are spoken to over TLS are made with.
package enum UpstreamTrust {
    /// For endpoints that are found by an address, which no certificate that they could have names: what they show is not
    /// verified.
    ///
    /// - Parameter protocols: what is offered by ALPN, best first.
    package static func ofAddresses(_ protocols: [String]) throws -> NIOSSLContext {
        var configuration = configuration(protocols)
        configuration.certificateVerification = .none
        return try NIOSSLContext(configuration: configuration)
    }

    /// For servers that are found by a name: it must be in a certificate that an authority vouches for. Reads the
    /// authorities' files, and is not to be called on a loop.
    ///
    /// - Parameter protocols: what is offered by ALPN, best first.
    package static func ofNames(
        _ protocols: [String],
        authorities: NIOSSLTrustRoots = .default
    ) throws -> NIOSSLContext {
        var configuration = configuration(protocols)
        configuration.trustRoots = authorities
        return try NIOSSLContext(configuration: configuration)
    }

    private static func configuration(_ protocols: [String]) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        // Who closes does not wait for the peer to say so too.
        configuration.shutdownTimeout = .zero
        return configuration
    }
}
