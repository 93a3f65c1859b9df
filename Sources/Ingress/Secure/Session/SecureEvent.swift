/// What happened in a session.
package enum SecureEvent: Equatable, Sendable {
    /// The handshake is done. First of all events but a failure.
    case established(SecureHandshake)
    /// There is more plaintext to take.
    case plaintext
    /// Nothing more will come. What is sent still leaves.
    case end(SecureEnd)
    /// The session cannot go on. What is in the output may tell the peer why.
    case failed(SecureFailure)
    /// The session is over: nothing is encrypted or decrypted any more. What is in the output may still leave.
    case closed
}

/// How the peer ended its side.
package enum SecureEnd: Equatable, Sendable {
    /// It said so (close_notify, RFC 8446 section 6.1).
    case announced
    /// The connection ended: whatever has no end of its own may have been cut short by anybody.
    case cutOff
}

/// What the handshake agreed on.
package struct SecureHandshake: Equatable, Sendable {
    /// By ALPN (RFC 7301): `h2`, `http/1.1`; nil if there was no agreement.
    package let applicationProtocol: String?
    /// What a client asked for (SNI, RFC 6066 section 3), as it wrote it; nil if it did not, or if it is us.
    package let serverName: String?
    package let version: SecureVersion
    /// IANA's number of the cipher suite; nil where we are the client.
    package let cipherSuite: UInt16?

    package init(
        applicationProtocol: String?,
        serverName: String?,
        version: SecureVersion,
        cipherSuite: UInt16?
    ) {
        self.applicationProtocol = applicationProtocol
        self.serverName = serverName
        self.version = version
        self.cipherSuite = cipherSuite
    }
}

/// A version of TLS, as logs name it.
package enum SecureVersion: String, Sendable {
    case tls12 = "1.2"
    case tls13 = "1.3"
}
