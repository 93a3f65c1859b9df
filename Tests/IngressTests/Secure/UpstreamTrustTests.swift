import Ingress
import NIOCore
import NIOSSL
import Testing

@Suite struct UpstreamTrustTests {
    private static let peer = try? SocketAddress(ipAddress: "10.42.0.7", port: 8443)

    /// What a client with `context` hears first of a server with `certificate`, and the protocol that they agree on.
    private func outcome(
        _ context: NIOSSLContext,
        _ certificate: SelfSignedCertificate,
        serverName: String?
    ) throws -> String {
        let server = try TestCertificates.serverContext(certificate, protocols: ["h2", "http/1.1"])
        let pair = try SecurePair(client: context, server: server, serverName: serverName, peer: Self.peer)
        pair.carry()
        let first = try #require(pair.clientHeard.first)
        return first.handshake?.applicationProtocol ?? first.failure?.description ?? "\(first)"
    }

    @Test func `an endpoint that is found by its address shows what it likes, one by name its own`() throws {
        let (own, others) = (try TestCertificates.make("a.example"), try TestCertificates.make("a.example"))
        let trusted = NIOSSLTrustRoots.certificates(try NIOSSLCertificate.fromPEMBytes(own.certificate))
        let addresses = try UpstreamTrust.ofAddresses(["http/1.1"])
        let names = try UpstreamTrust.ofNames(["http/1.1"], authorities: trusted)
        let past = try TestCertificates.make("a.example", until: 1_609_459_200)
        let future = try TestCertificates.make("a.example", from: 2_493_072_000)
        let rows: [(context: NIOSSLContext, certificate: SelfSignedCertificate, name: String?, outcome: String)] = [
            (addresses, own, nil, "http/1.1"),
            (addresses, others, "b.example", "http/1.1"),
            (names, own, "a.example", "http/1.1"),
            (names, own, "b.example", "its certificate does not name it"),
            (names, others, "a.example", "the handshake failed: its certificate is refused"),
            (names, past, "a.example", "the handshake failed: its certificate has expired"),
            (names, future, "a.example", "the handshake failed: its certificate is not valid yet"),
        ]
        for row in rows {
            #expect(try outcome(row.context, row.certificate, serverName: row.name) == row.outcome)
        }
    }

    @Test func `what is offered first is agreed on where the server has it`() throws {
        let certificate = try TestCertificates.make("a.example")
        let both = try UpstreamTrust.ofAddresses(["h2", "http/1.1"])
        #expect(try outcome(both, certificate, serverName: nil) == "h2")
    }
}
