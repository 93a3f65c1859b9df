import ClusterState
import Ingress
import NIOCore
import NIOSSL
import Testing

/// Hosts are under `.example`; Secrets are in the namespace `n`. The time is 2026-11-30.
@Suite struct CertificateStoreTests {
    private static let now = 1_796_000_000.0
    private let standard: SelfSignedCertificate
    private let store: CertificateStore
    private let client: NIOSSLContext

    init() throws {
        standard = try TestCertificates.make("default.invalid")
        store = try CertificateStore(standard: standard, protocols: ["http/1.1"])
        client = try TestCertificates.clientContext()
    }

    private func name(_ name: String) -> NamespacedName { NamespacedName(namespace: "n", name: name) }

    private func secret(_ certificate: [UInt8]?, _ key: [UInt8]?) -> Secret {
        var data: [String: [UInt8]] = [:]
        data["tls.crt"] = certificate
        data["tls.key"] = key
        return Secret(metadata: ObjectMetadata(name: "any", namespace: "n"), type: "kubernetes.io/tls", data: data)
    }

    private func secret(_ of: SelfSignedCertificate) -> Secret { secret(of.certificate, of.key) }

    /// Takes Secrets by name, each for the host of the same name under `.example`.
    @discardableResult
    private func update(_ secrets: [String: Secret?], now: Double = now) -> [String] {
        let wanted = Set(secrets.keys.map(name))
        let complaints = store.update(
            wanted: wanted,
            secret: { secrets[$0.name] ?? nil },
            candidates: { host in
                let secret = NamespacedName(namespace: "n", name: String(host.prefix { $0 != "." }))
                return [CertificateCandidate(secret: secret, mustNameHost: false)]
            },
            now: now
        )
        return complaints.map(\.description)
    }

    /// The certificate that a client is shown.
    private func shown(_ serverName: String?) throws -> [UInt8]? {
        let pair = try SecurePair(client: client, server: store.context, serverName: serverName)
        pair.carry()
        #expect(pair.serverHeard.first?.handshake?.serverName == serverName)
        return try pair.client.channel.pipeline.syncOperations.nioSSL_peerCertificate()?.toDERBytes()
    }

    private func der(_ certificate: SelfSignedCertificate) throws -> [UInt8]? {
        try NIOSSLCertificate.fromPEMBytes(certificate.certificate).first?.toDERBytes()
    }

    @Test func `a client is shown the certificate of the host that it asks for, else the default one`() throws {
        let (a, b) = (try TestCertificates.make("a.example"), try TestCertificates.make("b.example"))
        #expect(update(["a": secret(a), "b": secret(b)]) == [])
        let rows: [(name: String?, certificate: SelfSignedCertificate)] = [
            ("a.example", a), ("A.EXAMPLE", a), ("b.example", b), ("a.example.", a),
            ("c.example", standard), ("x.a.example", standard), (nil, standard),
        ]
        for row in rows {
            #expect(try shown(row.name) == der(row.certificate), "\(row.name ?? "none")")
        }
    }

    @Test func `of candidates nobody named for the host the first counts that names it`() throws {
        let wide = try TestCertificates.make("*.example")
        let own = try TestCertificates.make("x.example", "y.z.example")
        let secrets = ["wide": secret(wide), "own": secret(own)]
        let (names, now) = (Set(secrets.keys.map(name)), Self.now)
        _ = store.update(
            wanted: names,
            secret: { secrets[$0.name] },
            candidates: { _ in
                ["own", "wide"].map {
                    CertificateCandidate(secret: NamespacedName(namespace: "n", name: $0), mustNameHost: true)
                }
            },
            now: now
        )
        let rows: [(name: String, certificate: SelfSignedCertificate)] = [
            ("x.example", own), ("y.z.example", own), ("w.example", wide),
            ("w.z.example", standard), ("example", standard),
        ]
        for row in rows { #expect(try shown(row.name) == der(row.certificate), "\(row.name)") }
    }

    @Test func `a certificate that is replaced is shown to new connections, and old ones go on`() throws {
        let (former, next) = (try TestCertificates.make("a.example"), try TestCertificates.make("a.example"))
        update(["a": secret(former)])
        let pair = try SecurePair(client: client, server: store.context, serverName: "a.example")
        pair.carry()
        // One whose handshake is half done.
        let half = try SecurePair(client: client, server: store.context, serverName: "a.example")
        half.server.receive(half.clientOutput().span)
        update(["a": secret(next)])
        #expect(try shown("a.example") == der(next))
        for pair in [pair, half] {
            pair.client.sendAll([1, 2, 3])
            pair.carry()
            #expect(pair.serverGot == [1, 2, 3])
        }
    }

    @Test func `a Secret that cannot be used is named with the reason`() throws {
        let (a, b) = (try TestCertificates.make("a.example"), try TestCertificates.make("b.example"))
        let junk = Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8)
        let consequence = "; its hosts are shown the default certificate"
        let rows: [(secret: Secret?, complaint: String)] = [
            (nil, "it does not exist"),
            (secret(nil, a.key), "it has no tls.crt"),
            (secret(a.certificate, nil), "it has no tls.key"),
            (secret([], a.key), "its tls.crt holds no certificate in PEM form"),
            (secret(junk, a.key), "its tls.crt holds no certificate in PEM form"),
            (secret(a.key, a.key), "its tls.crt holds no certificate in PEM form"),
            (secret(a.certificate, a.certificate), "its tls.key holds no private key in PEM form without a password"),
            (secret(a.certificate, Self.locked), "its tls.key holds no private key in PEM form without a password"),
            (secret(a.certificate, b.key), "its tls.key is not the key of the first certificate in its tls.crt"),
        ]
        for row in rows {
            #expect(update(["a": row.secret]) == ["Secret n/a: \(row.complaint)\(consequence)"])
            #expect(try shown("a.example") == der(standard))
        }
    }

    @Test func `the last good certificate is shown while its Secret is broken or gone`() throws {
        let (good, next) = (try TestCertificates.make("a.example"), try TestCertificates.make("a.example"))
        let other = try TestCertificates.make("b.example")
        update(["a": secret(good)])
        for broken in [secret(good.certificate, other.key), nil, secret([], [])] as [Secret?] {
            let complaints = update(["a": broken])
            #expect(complaints.count == 1)
            #expect(complaints.first?.hasSuffix("; the certificate that it held before is shown") == true)
            // As often as it is asked about.
            #expect(update(["a": broken]) == complaints)
            #expect(try shown("a.example") == der(good))
        }
        #expect(update(["a": secret(next)]) == [])
        #expect(try shown("a.example") == der(next))
    }

    @Test func `what no host wants any more is forgotten`() throws {
        let good = try TestCertificates.make("a.example")
        update(["a": secret(good)])
        update([:])
        #expect(try shown("a.example") == der(standard))
        #expect(update(["a": nil]).first?.hasSuffix("default certificate") == true)
    }

    @Test func `a certificate out of its time is shown and named`() throws {
        let old = try TestCertificates.make("a.example", until: Self.now - 1)
        let new = try TestCertificates.make("b.example", from: Self.now + 1)
        let complaints = update(["a": secret(old), "b": secret(new)])
        #expect(
            complaints == [
                "Secret n/a: its certificate has expired; it is shown all the same",
                "Secret n/b: its certificate is not valid yet; is the clock right?; it is shown all the same",
            ]
        )
        #expect(try shown("a.example") == der(old))
        // It was good while its time was.
        #expect(update(["a": secret(old)], now: Self.now - 2) == [])
    }

    @Test func `nothing of a key is in what is said`() throws {
        let (a, b) = (try TestCertificates.make("a.example"), try TestCertificates.make("b.example"))
        let said = update(["a": secret(a.certificate, b.key), "b": secret(b.key, a.certificate), "c": secret(b)])
        let text = "\(said) \(store.facts) \(secret(a))"
        let lines = String(decoding: b.key, as: UTF8.self).split(separator: "\n")
        #expect(lines.count > 2 && !lines.contains { text.contains($0) })
    }

    @Test func `facts are of all that is shown, the default one first`() throws {
        update(["b": secret(try TestCertificates.make("b.example", "*.b.example", until: 2_000_000_000)), "a": nil])
        #expect(store.facts.map(\.secret) == [nil, name("b")])
        #expect(store.facts.last?.names == ["b.example", "*.b.example"])
        #expect(store.facts.last?.validUntil == 2_000_000_000)
    }

    @Test func `the default certificate can be replaced`() throws {
        let next = try TestCertificates.make("default.invalid")
        try store.show(standard: next)
        #expect(try shown(nil) == der(next))
    }

    /// A key of nobody, protected by a password.
    private static let locked = Array(
        """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAimGHpX6ax42wICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMRbogsY6ccIauF0euQZKOUEgZAq
        rVv2zuslI9TtHVPcDR8TaeVUcp2miPPPfsp0ZAXhMiiMYYWR09wLGq/JsePRyHca
        ys+B+Z/vR0tEY7pw/nUgHNSfH6/AdAnhejAoUkQQAzYCw6y7aT5KnDTSlubYlMs6
        ZWkKQ7LY5z7pQ0pWs/oRL382MHLohNEGua6LDLlk7zMgTkhuuc8TtghxAq+qo4E=
        -----END ENCRYPTED PRIVATE KEY-----
        """.utf8
    )
}
