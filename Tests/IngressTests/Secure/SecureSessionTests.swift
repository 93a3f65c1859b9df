import Ingress
import NIOCore
import NIOSSL
import SeededNumbers
import Testing

@Suite struct SecureSessionTests {
    static let allPieces: [Pieces] =
        [.whole, .octets] + (1...6).map { .random(SeededNumbers(seed: $0)) }

    private func pair(_ pieces: Pieces = .whole, upTo: TLSVersion? = nil) throws -> SecurePair {
        try SecurePair(
            client: TestCertificates.clientContext(upTo: upTo),
            server: TestCertificates.serverContext(TestCertificates.make("a.example")),
            cutInto: pieces
        )
    }

    private func joined(upTo: TLSVersion? = nil) throws -> SecurePair {
        let pair = try pair(upTo: upTo)
        pair.carry()
        try #require(pair.serverHeard.first?.handshake != nil)
        return pair
    }

    @Test(arguments: [(TLSVersion.tlsv12, SecureVersion.tls12), (.tlsv13, .tls13)], allPieces)
    func `both sides hear of the handshake, however octets arrive`(
        _ version: (offered: TLSVersion, agreed: SecureVersion),
        _ pieces: Pieces
    ) throws {
        let pair = try pair(pieces, upTo: version.offered)
        pair.carry()
        let server = try #require(pair.serverHeard.first?.handshake)
        let client = try #require(pair.clientHeard.first?.handshake)
        #expect(server.version == version.agreed && client.version == version.agreed)
        #expect(server.applicationProtocol == "http/1.1" && client.applicationProtocol == "http/1.1")
        // Those of 1.3 begin with 0x13 (RFC 8446 appendix B.4), those that ours agree on before with 0xC0.
        #expect(server.cipherSuite.map { $0 >> 8 } == (version.agreed == .tls13 ? 0x13 : 0xC0))
        #expect(client.cipherSuite == nil)
        #expect(pair.serverHeard.count == 1 && pair.clientHeard.count == 1)
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13], allPieces)
    func `plaintext arrives whole and in order, however octets arrive`(
        _ version: TLSVersion,
        _ pieces: Pieces
    ) throws {
        var numbers = SeededNumbers(seed: 42)
        let pair = try pair(pieces, upTo: version)
        // Before the handshake is done, and after it.
        let parts = (0..<6).map { _ in
            (0..<Int.random(in: 1...40_000, using: &numbers)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        }
        for part in parts {
            pair.client.send(part.span)
            pair.client.flush()
            pair.server.send(part.reversed().span)
            pair.server.flush()
            pair.carry()
        }
        #expect(pair.serverGot == parts.flatMap(\.self))
        #expect(pair.clientGot == parts.flatMap { $0.reversed() })
    }

    @Test func `what is sent before a flush leaves in one record`() throws {
        let pair = try joined()
        // With its first record a server sends tickets, too.
        pair.server.sendAll([0])
        pair.carry()
        pair.server.send([1, 2].span)
        pair.server.send([3].span)
        #expect(pair.server.channel.outputCount == 0)
        pair.server.flush()
        // A header of 5 octets, the plaintext, its type and 16 octets of authentication.
        #expect(pair.server.channel.outputCount == 5 + 3 + 1 + 16)
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
    func `a session that is closed says so, and does not wait`(_ version: TLSVersion) throws {
        let pair = try joined(upTo: version)
        pair.server.sendAll([7])
        pair.server.close()
        pair.carry()
        #expect(pair.clientGot == [7])
        #expect(pair.clientHeard.last == .end(.announced))
        #expect(pair.serverLoop.nextDeadline == .zero)
        pair.serverLoop.runDue(now: .zero)
        pair.carry()
        #expect(pair.serverHeard.last == .closed)
        #expect(pair.server.channel.isClosed && !pair.client.channel.isClosed)
        pair.client.close()
        pair.carry()
        #expect(pair.clientHeard.suffix(1) == [.closed])
        #expect(pair.serverLoop.nextDeadline == nil)
    }

    @Test func `a session that is closed during its handshake is over at once`() throws {
        let pair = try pair()
        pair.server.receive(pair.clientOutput().span)
        pair.server.close()
        pair.hear()
        #expect(pair.serverHeard == [.closed])
        #expect(pair.serverLoop.nextDeadline == nil)
    }

    @Test func `one side may end while the other goes on`() throws {
        let pair = try joined()
        pair.client.sendAll([1])
        pair.client.sendEnd()
        #expect(pair.client.channel.isOutputEnded)
        pair.carry()
        #expect(pair.serverHeard.suffix(2) == [.plaintext, .end(.announced)])
        pair.server.sendAll([2])
        pair.carry()
        #expect(pair.clientGot == [2] && pair.serverGot == [1])
        pair.server.close()
        pair.carry()
        #expect(pair.clientHeard.suffix(1) == [.closed] || pair.clientHeard.contains(.end(.announced)))
        #expect(pair.serverHeard.last == .closed)
    }

    @Test func `a connection that ends without a word is told from one that says so`() throws {
        let pair = try joined()
        pair.client.sendAll([1])
        pair.carry()
        pair.server.receiveEnd()
        pair.carry()
        #expect(pair.serverHeard.suffix(2) == [.plaintext, .end(.cutOff)])
        // It may still be answered.
        pair.server.sendAll([2])
        pair.carry()
        #expect(pair.clientGot == [2])
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "it speaks HTTP without TLS"),
        ("CONNECT a.example:443 HTTP/1.1\r\n\r\n", "it takes this for a proxy"),
        ("\u{01}\u{02}\u{03}\u{04}\u{05}\u{06}\u{07}", "it does not speak TLS"),
    ])
    func `what is no TLS is refused with a reason`(_ octets: String, _ reason: String) throws {
        let pair = try pair()
        pair.server.receive(Array(octets.utf8).span)
        pair.hear()
        #expect(pair.serverHeard.first?.failure?.description == "the handshake failed: \(reason)")
        #expect(pair.serverHeard.last == .closed)
    }

    @Test func `old versions are refused with a reason on both sides`() throws {
        let pair = try SecurePair(
            client: TestCertificates.clientContext(from: .tlsv1, upTo: .tlsv11),
            server: TestCertificates.serverContext(TestCertificates.make("a.example"))
        )
        pair.carry()
        let reasons = [pair.serverHeard, pair.clientHeard].map { $0.first?.failure?.description }
        #expect(reasons[0] == "the handshake failed: it speaks no TLS from version 1.2 on")
        #expect(reasons[1] == "the handshake failed: it speaks no version of TLS that is spoken here")
    }

    @Test(arguments: [true, false])
    func `a peer that goes away during the handshake is told as a failure`(_ orderly: Bool) throws {
        let pair = try pair()
        pair.server.receive(pair.clientOutput().span)
        if orderly { pair.server.receiveEnd() } else { pair.server.abandon() }
        pair.hear()
        #expect(
            pair.serverHeard == [.failed(SecureFailure("it went away during the handshake")), .closed]
        )
    }

    @Test func `a record that somebody changed ends the session`() throws {
        let pair = try joined()
        pair.client.sendAll([1, 2, 3])
        var record = pair.clientOutput()
        record[record.count - 1] ^= 1
        pair.server.receive(record.span)
        pair.hear()
        #expect(pair.serverHeard.suffix(2).map(\.failure?.description) == ["decryption failed or bad record mac", nil])
        #expect(pair.serverHeard.last == .closed)
        #expect(pair.serverGot == [])
    }

    @Test func `a certificate that is not trusted, and one of another name, are refused`() throws {
        let ours = try TestCertificates.make("a.example")
        let server = try TestCertificates.serverContext(ours)
        let peer = try SocketAddress(ipAddress: "192.0.2.1", port: 443)
        func outcome(_ authority: SelfSignedCertificate, _ name: String) throws -> SecureEvent? {
            let client = try TestCertificates.clientContext(trusting: authority)
            let pair = try SecurePair(client: client, server: server, serverName: name, peer: peer)
            pair.carry()
            return pair.clientHeard.first
        }
        #expect(try outcome(ours, "a.example")?.handshake != nil)
        let others = try outcome(TestCertificates.make("a.example"), "a.example")
        #expect(others?.failure?.description == "the handshake failed: its certificate is refused")
        #expect(try outcome(ours, "b.example")?.failure?.description == "its certificate does not name it")
    }

    @Test func `a session that is abandoned leaves nothing behind`() throws {
        weak var channel: OctetChannel?
        do {
            let pair = try joined()
            channel = pair.server.channel
            pair.server.sendAll([1])
            pair.server.close()
        }
        #expect(channel == nil)
    }

    @Test func `plaintext that is not taken stays, and more is added to it`() throws {
        let pair = try joined()
        var got: [UInt8] = []
        for octet: UInt8 in 1...3 {
            pair.client.sendAll([octet, octet])
            pair.server.receive(pair.clientOutput().span)
            pair.server.takePlaintext { octets in
                got.append(octets[0])
                return 1
            }
        }
        #expect(got == [1, 1, 2] && pair.server.plaintextCount == 3)
    }
}
