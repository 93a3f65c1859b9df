import ClusterState
import NIOSSL

/// Which certificate is shown for which server name: as it was at one moment, replaced as a whole.
struct ShownCertificates: Sendable {
    /// By the Secrets that they are from.
    var bySecret: [NamespacedName: ServedCertificate] = [:]
    /// For a server name, in lower case and without a dot at its end: where its certificate may be, best first.
    var candidates: @Sendable (_ serverName: String) -> [CertificateCandidate] = { _ in [] }
    /// Where there is no other.
    var standard: ServedCertificate

    /// - Parameter serverName: as the client wrote it; nil if it asks for none, as one that has an address only.
    func certificate(for serverName: String?) -> ServedCertificate {
        guard var name = serverName?.lowercased() else { return standard }
        if name.hasSuffix(".") { name.removeLast() }
        for candidate in candidates(name) {
            guard let found = bySecret[candidate.secret] else { continue }
            if !candidate.mustNameHost || found.isFor(name) { return found }
        }
        return standard
    }
}
