import ClusterState
import LinuxSystem
import Logging
import Supervision
import Synchronization

/// Has the certificates that the routes name shown to clients.
final class CertificateKeeper: Sendable {
    let store: CertificateStore
    private let standard: DefaultCertificate
    private let shown: Mutex<SelfSignedCertificate>
    private let found = Mutex<[CertificateComplaint]>([])

    init(stateDirectory: String, keepsSecrets: Bool, logger: Logger) throws {
        standard = DefaultCertificate(stateDirectory: stateDirectory, isKept: keepsSecrets)
        try? standard.tidy()
        let certificate = try standard.obtain(now: SystemTime.now()) { warning in
            logger.log(.warning, "the default certificate is good for this run alone", [.error: "\(warning)"])
        }
        shown = Mutex(certificate)
        store = try CertificateStore(standard: certificate, protocols: ["h2", "http/1.1"])
    }

    /// What is wrong with Secrets, by Secret.
    var complaints: [CertificateComplaint] { found.withLock(\.self) }

    /// Follows a snapshot and the routes that are made of it.
    func take(_ snapshot: ClusterSnapshot, _ table: RouteTable) {
        let complaints = store.update(
            wanted: table.secretsInUse,
            secret: { snapshot.secrets[$0] },
            candidates: { table.certificate(serverName: $0)?.asCandidates ?? [] },
            now: SystemTime.now()
        )
        found.withLock { $0 = complaints }
    }

    /// Makes another default certificate when the one that is shown comes to its end.
    func renew() throws {
        let now = SystemTime.now()
        guard !standard.isGood(shown.withLock { $0 }, now) else { return }
        let certificate = try standard.obtain(now: now) { _ in }
        try store.show(standard: certificate)
        shown.withLock { $0 = certificate }
    }
}

extension CertificateReference {
    /// Best first.
    fileprivate var asCandidates: [CertificateCandidate] {
        if let secret { return [CertificateCandidate(secret: secret, mustNameHost: false)] }
        return candidates.map { CertificateCandidate(secret: $0, mustNameHost: true) }
    }
}
