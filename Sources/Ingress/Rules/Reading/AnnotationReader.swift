package import ClusterState

/// Reads Traefik's annotations. Names are compared without regard to case, as Traefik does.
package enum AnnotationReader {
    package static let prefix = "traefik.ingress.kubernetes.io/"

    /// Those of an Ingress, with what is wrong with them.
    package static func read(
        _ ingress: ClusterState.Ingress
    ) -> (annotations: IngressAnnotations, complaints: [RuleComplaint]) {
        var reader = Lines(ObjectKey(.ingress, ingress.metadata.namespacedName), ingress.metadata.annotations)
        var annotations = IngressAnnotations()
        while let (name, value) = reader.next() {
            switch name {
            case "router.entrypoints": annotations.entryPoints = reader.entryPoints(value)
            case "router.middlewares": annotations.middlewares = MiddlewareReference.list(value)
            case "router.priority": annotations.priority = reader.priority(value)
            case "router.pathmatcher": annotations.pathMatch = reader.pathMatch(value)
            case "router.tls": annotations.requiresTLS = reader.requiresTLS(value) || annotations.requiresTLS
            case _ where name.hasPrefix("router.tls."):
                annotations.requiresTLS = true
                reader.complain("Linnet takes certificates from the Secrets that spec.tls names; remove this")
            case "router.rulesyntax":
                reader.complain("rules of an Ingress have one syntax; remove this")
            case _ where name.hasPrefix("router.observability."):
                reader.complain("what is logged and measured is one setting of the whole node; remove this")
            default: reader.complainOfUnknown(name, of: "router")
            }
        }
        return (annotations, reader.complaints)
    }

    /// Those of a service, with what is wrong with them.
    package static func read(_ service: Service) -> (annotations: ServiceAnnotations, complaints: [RuleComplaint]) {
        var reader = Lines(ObjectKey(.service, service.metadata.namespacedName), service.metadata.annotations)
        var annotations = ServiceAnnotations()
        while let (name, value) = reader.next() {
            switch name {
            case "service.serversscheme": annotations.scheme = reader.scheme(value)
            case "service.passhostheader": annotations.passesHost = reader.flag(value) ?? true
            case "service.middlewares": annotations.middlewares = MiddlewareReference.list(value)
            case _ where name.hasPrefix("service.sticky."): reader.sticky(name, value, &annotations.sticky)
            case "service.nativelb":
                if reader.flag(value) != false {
                    reader.complain("Linnet balances over the endpoints, never over the cluster IP; remove this")
                }
            case "service.nodeportlb":
                if reader.flag(value) != false {
                    reader.complain("Linnet balances over the endpoints, never over node ports; remove this")
                }
            case "service.serverstransport":
                reader.complain("ServersTransports are not read, so backends get the defaults; remove this")
            default: reader.complainOfUnknown(name, of: "service")
            }
        }
        return (annotations, reader.complaints)
    }
}

extension MiddlewareReference {
    static func list(_ text: String) -> [MiddlewareReference] {
        text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }.map { MiddlewareReference($0) }
    }
}
