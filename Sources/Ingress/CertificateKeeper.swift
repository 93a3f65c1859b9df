import ClusterState
import LinuxSystem
import Logging
import Supervision
import Synchronization

/// Has the certificates that the routes name shown to clients.
final class CertificateKeeper: Sendable {
    let store: CertificateStore
    private let standard: DefaultCertificate
    private let logger: Logger
    private let shown: Mutex<SelfSignedCertificate>
    private let complaints = Mutex<[CertificateComplaint]>([])

    init(stateDirectory: String, keepsSecrets: Bool, logger: Logger) throws {
        standard = DefaultCertificate(stateDirectory: stateDirectory, isKept: keepsSecrets)
        self.logger = logger
        try? standard.tidy()
        let certificate = try standard.obtain(now: SystemTime.now()) { warning in
            logger.log(.warning, "the default certificate is good for this run alone", [.error: "\(warning)"])
        }
        shown = Mutex(certificate)
        store = try CertificateStore(standard: certificate, protocols: ["http/1.1"])
    }

    /// What is wrong with Secrets, by Secret.
    var problems: [String] { complaints.withLock { $0.map(\.description) } }

    /// Follows a snapshot and the routes that are made of it.
    func take(_ snapshot: ClusterSnapshot, _ table: RouteTable) {
        let found = store.update(
            wanted: table.secretsInUse,
            secret: { snapshot.secrets[$0] },
            candidates: { table.certificate(serverName: $0)?.asCandidates ?? [] },
            now: SystemTime.now()
        )
        let new = complaints.withLock { complaints in
            defer { complaints = found }
            return found.filter { !complaints.contains($0) }
        }
        for complaint in new {
            logger.log(.warning, "a certificate cannot be shown", [.error: "\(complaint)"])
        }
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
