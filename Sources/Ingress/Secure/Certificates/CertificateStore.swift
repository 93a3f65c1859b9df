package import ClusterState
import Crypto
import NIOCore
package import NIOSSL
import Synchronization

/// The certificates that are shown to clients. Loops take them from `context`, which is one and the same for all of them and
/// for good, so that a client may resume on any loop what it began on another.
package final class CertificateStore: Sendable {
    /// What sessions with clients are made with: TLS from version 1.2 on, without renegotiation.
    package let context: NIOSSLContext

    private let shown: Shown
    private let kept = Mutex<[NamespacedName: Kept]>([:])

    /// Apart, so that the context does not hold who holds it.
    private final class Shown: Sendable {
        let certificates: Mutex<ShownCertificates>
        init(_ certificates: ShownCertificates) { self.certificates = Mutex(certificates) }
    }

    /// What is known of a Secret.
    private struct Kept {
        /// Of the two entries that were read last, good or bad; nil if the Secret is gone.
        var fingerprint: SHA256.Digest?
        /// The last that was good.
        var good: ServedCertificate?
        /// What was wrong with what was read last.
        var problem: CertificateProblem?
    }

    /// - Parameters:
    ///   - standard: what is shown where there is no other.
    ///   - protocols: what is agreed to by ALPN, best first.
    package init(standard: SelfSignedCertificate, protocols: [String]) throws {
        let certificate = try ServedCertificate(certificates: standard.certificate, key: standard.key)
        let shown = Shown(ShownCertificates(standard: certificate))
        self.shown = shown
        var configuration = TLSConfiguration.clientDefault
        configuration.certificateVerification = .none
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        // Who closes does not wait for the peer to say so too.
        configuration.shutdownTimeout = .zero
        configuration.sslContextCallback = { hello, promise in
            if let name = hello.serverHostname {
                (promise.futureResult.eventLoop as? LoopEventLoop)?.note(serverName: name)
            }
            let found = shown.certificates.withLock { $0.certificate(for: hello.serverHostname) }
            promise.succeed(found.override)
        }
        context = try NIOSSLContext(configuration: configuration)
    }

    /// Takes the Secrets as they are now. Connections that are open go on with what they have.
    ///
    /// - Parameters:
    ///   - wanted: the Secrets that hosts want theirs from. Of others everything is forgotten.
    ///   - secret: looks one up; nil if there is none.
    ///   - candidates: where the certificate of a server name may be, best first; the name is in lower case, without a dot
    ///     at its end.
    ///   - now: in seconds since 1970.
    /// - Returns: what is wrong, by Secret.
    package func update(
        wanted: Set<NamespacedName>,
        secret: (NamespacedName) -> Secret?,
        candidates: @escaping @Sendable (_ serverName: String) -> [CertificateCandidate],
        now: Double
    ) -> [CertificateComplaint] {
        kept.withLock { kept in
            var complaints: [CertificateComplaint] = []
            kept = kept.filter { wanted.contains($0.key) }
            for name in wanted.sorted() {
                let entry = Self.read(secret(name), after: kept[name] ?? Kept())
                kept[name] = entry
                guard let problem = entry.problem ?? entry.good?.problem(now: now) else { continue }
                let complaint = CertificateComplaint(secret: name, problem: problem, keepsFormer: entry.good != nil)
                complaints.append(complaint)
            }
            let good = kept.compactMapValues(\.good)
            shown.certificates.withLock {
                $0.bySecret = good
                $0.candidates = candidates
            }
            return complaints
        }
    }

    /// Shows another certificate where there is no other.
    package func show(standard: SelfSignedCertificate) throws {
        let certificate = try ServedCertificate(certificates: standard.certificate, key: standard.key)
        shown.certificates.withLock { $0.standard = certificate }
    }

    /// What is shown at the moment, for metrics and status: by Secret, the default one without.
    package var facts: [CertificateFacts] {
        let certificates = shown.certificates.withLock { $0 }
        let others = certificates.bySecret.map { CertificateFacts($0.value, of: $0.key) }
        return [CertificateFacts(certificates.standard, of: nil)] + others.sorted { $0.secret! < $1.secret! }
    }

    private static func read(_ secret: Secret?, after former: Kept) -> Kept {
        guard let secret else { return Kept(fingerprint: nil, good: former.good, problem: .missing) }
        var hash = SHA256()
        for key in [certificateEntry, keyEntry] {
            let octets = secret.data[key] ?? []
            // Its length too, so that nothing moves from the one to the other unseen.
            hash.update(data: Array("\(octets.count) ".utf8))
            hash.update(data: octets)
        }
        let fingerprint = hash.finalize()
        guard fingerprint != former.fingerprint else { return former }
        do throws(CertificateProblem) {
            return Kept(fingerprint: fingerprint, good: try read(secret), problem: nil)
        } catch {
            return Kept(fingerprint: fingerprint, good: former.good, problem: error)
        }
    }

    private static func read(_ secret: Secret) throws(CertificateProblem) -> ServedCertificate {
        guard let certificates = secret.data[certificateEntry] else { throw .lacks(certificateEntry) }
        guard let key = secret.data[keyEntry] else { throw .lacks(keyEntry) }
        return try ServedCertificate(certificates: certificates, key: key)
    }

    private static let certificateEntry = "tls.crt"
    private static let keyEntry = "tls.key"
}

/// What there is to say about a certificate that is shown.
package struct CertificateFacts: Hashable, Sendable {
    /// Where it is from; nil for the default one.
    package let secret: NamespacedName?
    /// The names of hosts in it.
    package let names: [String]
    /// When it ceases to be valid, in seconds since 1970.
    package let validUntil: Int
    /// The number that its authority gave it, in hexadecimal.
    package let serialNumber: String

    init(_ certificate: ServedCertificate, of secret: NamespacedName?) {
        self.secret = secret
        names = certificate.names
        validUntil = certificate.validUntil
        serialNumber = certificate.serialNumber
    }
}
