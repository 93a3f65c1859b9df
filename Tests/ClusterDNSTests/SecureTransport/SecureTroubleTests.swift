import Testing

@testable import ClusterDNS

@Suite struct SecureTroubleTests {
    /// An error of which nothing is known but its text, as those of handshakes are.
    private struct Said: Error, CustomStringConvertible {
        let description: String
    }

    @Test(arguments: [
        (nil as String?, SecureTrouble.closed),
        ("handshakeFailed(sslError([Error: 268435581 … :CERTIFICATE_VERIFY_FAILED at …]))", .refusedCertificate),
        ("handshakeFailed(sslError([Error: 268435703 … :WRONG_VERSION_NUMBER at …]))", .noTLS),
        ("handshakeFailed(sslError([Error: 268436526 … :TLSV1_ALERT_PROTOCOL_VERSION at …]))", .oldTLS),
        ("handshakeFailed(sslError([Error: 0 error:00000000 (EOF during handshake)]))", .closed),
        ("uncleanShutdown", .closed),
        ("something else", .other("something else")),
    ])
    func `what the library says is put in words`(text: String?, trouble: SecureTrouble) throws {
        let upstream = try Upstream(parsing: "tls://192.0.2.1#dns.example")
        #expect(SecureTrouble(text.map(Said.init), with: upstream) == trouble)
    }
}
