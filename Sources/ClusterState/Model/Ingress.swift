/// Rules by which HTTP requests reach services (networking.k8s.io/v1 Ingress).
package struct Ingress: Hashable, Sendable {
    package static let legacyClassAnnotation = "kubernetes.io/ingress.class"

    package var metadata: ObjectMetadata
    /// `spec.ingressClassName`, else the annotation of old.
    package var className: String?
    package var defaultBackend: IngressBackend?
    package var rules: [IngressRule] = []
    package var tls: [IngressTLS] = []
    /// `status.loadBalancer.ingress`.
    package var loadBalancerIngress: [LoadBalancerIngress] = []

    package init(metadata: ObjectMetadata) { self.metadata = metadata }
}

/// The paths of one host.
package struct IngressRule: Hashable, Sendable {
    /// Nil stands for all hosts; `*.example.org` for all with one label more.
    package var host: String?
    /// Empty if the rule has no `http`: all of the host then goes to the default backend.
    package var paths: [IngressPath]

    package init(host: String?, paths: [IngressPath]) {
        self.host = host
        self.paths = paths
    }
}

/// A path with the backend that answers it.
package struct IngressPath: Hashable, Sendable {
    package enum Match: String, Hashable, Sendable, CaseIterable {
        case exact = "Exact"
        case prefix = "Prefix"
        case implementationSpecific = "ImplementationSpecific"
    }

    package var path: String
    package var match: Match
    package var backend: IngressBackend

    package init(path: String, match: Match, backend: IngressBackend) {
        self.path = path
        self.match = match
        self.backend = backend
    }
}

/// Who answers.
package enum IngressBackend: Hashable, Sendable {
    /// A service of the Ingress's namespace, by a port of the service.
    case service(name: String, port: PortReference)
    /// An object of another kind, which Linnet cannot ask.
    case resource(kind: String, name: String)
}

/// The certificate of some hosts.
package struct IngressTLS: Hashable, Sendable {
    package var hosts: [String]
    package var secretName: String?

    package init(hosts: [String], secretName: String?) {
        self.hosts = hosts
        self.secretName = secretName
    }
}

/// Which controller serves the Ingresses of a class (networking.k8s.io/v1 IngressClass).
package struct IngressClass: Hashable, Sendable {
    package static let defaultAnnotation = "ingressclass.kubernetes.io/is-default-class"

    package var metadata: ObjectMetadata
    package var controller: String

    package init(metadata: ObjectMetadata, controller: String) {
        self.metadata = metadata
        self.controller = controller
    }

    /// Whether Ingresses without a class are of this one.
    package var isDefault: Bool { metadata.annotations[Self.defaultAnnotation] == "true" }
}
