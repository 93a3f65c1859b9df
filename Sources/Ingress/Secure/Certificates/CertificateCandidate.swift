package import ClusterState

/// A Secret whose certificate may be the one of a host.
package struct CertificateCandidate: Hashable, Sendable {
    package let secret: NamespacedName
    /// Whether it counts only if its certificate names the host: nobody said that it is the host's.
    package let mustNameHost: Bool

    package init(secret: NamespacedName, mustNameHost: Bool) {
        self.secret = secret
        self.mustNameHost = mustNameHost
    }
}
