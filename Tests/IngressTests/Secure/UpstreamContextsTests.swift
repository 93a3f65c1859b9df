import Ingress
import NIOCore
import NIOSSL
import NetworkTypes
import Testing

/// Sessions with endpoints, inside the cluster and outside.
struct UpstreamContextsTests {
    @Test func `endpoints that a name came to are asked for it and must be it, those of the cluster need not`() throws {
        let (known, unknown) = (try TestCertificates.make("a.example"), try TestCertificates.make("a.example"))
        let authorities = NIOSSLTrustRoots.certificates(try NIOSSLCertificate.fromPEMBytes(known.certificate))
        let contexts = try UpstreamContexts(authorities: authorities)
        let rows: [(name: String?, certificate: SelfSignedCertificate, outcome: String)] = [
            ("a.example", known, "h2"),
            ("b.example", known, "its certificate does not name it"),
            ("a.example", unknown, "the handshake failed: its certificate is refused"),
            (nil, unknown, "h2"),
        ]
        for row in rows {
            let endpoint = BackendEndpoint(
                address: .v4(IPv4Address(198, 51, 100, 1)),
                port: 443,
                identity: "one",
                name: row.name,
                scheme: .https
            )
            let server = try TestCertificates.serverContext(row.certificate, protocols: ["h2", "http/1.1"])
            let pair = try SecurePair(server: server) { room in
                try contexts.session(with: endpoint, mayBeShared: true, in: room)
            }
            pair.carry()
            let first = try #require(pair.clientHeard.first)
            #expect((first.handshake?.applicationProtocol ?? first.failure?.description) == row.outcome)
        }
    }

    @Test func `requests that may change the protocol are not sent by HTTP 2`() throws {
        let certificate = try TestCertificates.make("a.example")
        let contexts = try UpstreamContexts(authorities: .certificates([]))
        let endpoint = BackendEndpoint(
            address: .v4(IPv4Address(10, 42, 0, 7)),
            port: 443,
            identity: "one",
            scheme: .https
        )
        let server = try TestCertificates.serverContext(certificate, protocols: ["h2", "http/1.1"])
        let pair = try SecurePair(server: server) { room in
            try contexts.session(with: endpoint, mayBeShared: false, in: room)
        }
        pair.carry()
        #expect(pair.clientHeard.first?.handshake?.applicationProtocol == "http/1.1")
    }
}
