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
    private let logger: Logger

    init(stateDirectory: String, keepsSecrets: Bool, logger: Logger) throws {
        self.logger = logger
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

    /// Makes another default certificate when the one that is shown comes to its end, and keeps that one till then, also if
    /// its file was removed.
    func renew() throws {
        let now = SystemTime.now()
        let current = shown.withLock { $0 }
        guard !standard.isGood(current, now) else { return keep(current) }
        let certificate = try standard.obtain(now: now) { _ in }
        try store.show(standard: certificate)
        shown.withLock { $0 = certificate }
    }
}

extension CertificateKeeper {
    private func keep(_ certificate: SelfSignedCertificate) {
        do throws(SystemCallError) {
            try standard.keep(certificate)
        } catch {
            // Said when it was made, and tried again by each pass: on a full disk for as long as that is full.
            logger.log(.debug, "the default certificate is good for this run alone", [.error: "\(error)"])
        }
    }
}

extension CertificateReference {
    /// Best first.
    fileprivate var asCandidates: [CertificateCandidate] {
        if let secret { return [CertificateCandidate(secret: secret, mustNameHost: false)] }
        return candidates.map { CertificateCandidate(secret: $0, mustNameHost: true) }
    }
}
