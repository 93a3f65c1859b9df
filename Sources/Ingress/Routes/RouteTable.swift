package import ClusterState

/// Which requests go where: a pure function of the snapshot and the configuration.
///
/// It is made of a plan for each Ingress and a backend for each port of a service that one of them names. `update` makes
/// again only what changed, and equals a table from scratch.
package struct RouteTable: Sendable {
    /// Without these nothing is planned, nor without Nodes where names outside the cluster are called. Secrets are not among them: they may be kept from the disk or from us, and what
    /// needs one is refused, or is shown the default certificate, until it comes.
    package static let neededKinds: Set<ObjectKind> = [.ingress, .ingressClass, .service, .endpointSlice, .middleware]

    package let configuration: RouteConfiguration
    let seed: UInt64
    var classes: ServedClasses
    /// Whether a Secret that is not there is known to be none.
    var knowsSecrets = false
    /// Of all Ingresses, those of other classes too.
    var plans: [NamespacedName: IngressPlan] = [:]
    /// Who wants what of which host, in order: served Ingresses alone.
    var claims: [HostPattern: [ClaimOrder]] = [:]
    var backends = BackendTable()
    /// The Ingresses to be planned again when an object changes.
    var dependents: [ObjectKey: Set<NamespacedName>] = [:]
    var hosts = HostTable()
    var certificates = CertificateTable()
    /// What there is to say, by Ingress; of most Ingresses nothing.
    package internal(set) var reports: [NamespacedName: IngressReport] = [:]

    /// The table before anything is known.
    ///
    /// - Parameter seed: of hashes; no part of what the table says.
    package init(_ configuration: RouteConfiguration, seed: UInt64 = .random(in: .min ... .max)) {
        self.configuration = configuration
        self.seed = seed
        classes = ServedClasses(configuration.classes, in: ClusterSnapshot(sourceDescription: ""))
        hosts = HostTable(seed: seed)
    }
}
