import ClusterState

/// What an Ingress says of the certificates of hosts: an entry of `spec.tls`.
struct CertificateClaim: Hashable, Sendable {
    /// Of its namespace.
    let secret: NamespacedName
    /// Empty if the entry names none: then the names in the certificate count.
    let hosts: [HostPattern]
}
