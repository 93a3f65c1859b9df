package import ClusterState

/// Where the certificate of a server name is found.
package struct CertificateReference: Hashable, Sendable {
    /// The Secret that an Ingress names for the host.
    package let secret: NamespacedName?
    /// Where there is none: Secrets of the host's namespace, of which the first counts whose certificate is for the name.
    package let candidates: [NamespacedName]

    init(secret: NamespacedName) {
        self.secret = secret
        candidates = []
    }

    /// Nil if there are none.
    init?(candidates: [NamespacedName]) {
        guard !candidates.isEmpty else { return nil }
        secret = nil
        self.candidates = candidates
    }
}
